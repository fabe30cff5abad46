/// What one request may cost.
public enum Limits {
    /// Bytes of an upload, all files and the form around them.
    public static let upload = 25 << 20
    /// Bytes of any other form.
    public static let form = 64 << 10
    /// Of a form that is too large, this many times its limit is still read and thrown away, so
    /// that the answer arrives instead of a broken connection.
    public static let drainedTimes = 8
    /// Connections open at the same time, and seconds without a byte after which one is closed.
    public static let connections = 1_024
    public static let idleConnection: Int64 = 75
    /// Fields of a form, files of an upload.
    public static let formFields = 64
    public static let uploadParts = 200
    /// Bytes of the header of one part of an upload.
    public static let partHeader = 8 << 10
    /// Characters of the query of an address.
    public static let query = 8 << 10

    /// Characters shown of a foreign name, and of the whole of it behind it.
    public static let foreignShown = 72
    public static let foreignWhole = 1_000
    /// Characters of a label or a hint in a picture.
    public static let pictureLabel = 300

    /// Octets of a text that is drawn for a camera.
    public static let qrText = 1_000

    /// Rows of a report, reports and quarantined items on a page.
    public static let reportRows = 200
    public static let recentReports = 20
    public static let changeRows = 50
    public static let alertRows = 50
    public static let quarantineRows = 20
    /// Places that reports are fetched from, on the page of the intake.
    public static let intakePlaces = 50
    /// Domains on a page of the portfolio.
    public static let portfolioDomains = 100
    /// Combinations of results that a sender's page shows at once; the rest can be opened.
    public static let identitiesShown = 10
    /// Senders drawn in the replay's picture; the rest is one band.
    public static let flowSenders = 9
    /// Findings of a search.
    public static let searchResults = 50
    public static let searchedDomains = 40
    /// Bytes of a quarantined item that its page shows, and that an export hands out.
    public static let excerpt = 2_048
    public static let export = 256 << 20

    /// Domains and reports of one answer to a program, days that it may ask for, senders of a
    /// replay that it is told, and changes of the DNS.
    public static let apiDomains = 1_000
    public static let apiReports = 500
    public static let apiDays = 400
    public static let apiSenders = 1_000
    public static let apiChanges = 200
    /// Proposed policies on a domain's page.
    public static let wayProposals = 20
    /// Octets of what a program shows to be let in.
    public static let bearer = 200
    /// Domains drawn in one column of the programme, and choices of its filters.
    public static let boardCards = 100
    public static let boardChoices = 200
    /// Names that an owner of a sender can be chosen from.
    public static let peopleOffered = 200
    /// Organisations on a page.
    public static let organisations = 20

    /// Failed sign-ins for one name or from one address before both wait, and for how long
    /// (seconds).
    public static let failedSignIns = 5
    public static let failedSignInsFromAddress = 20
    public static let signInPause: Int64 = 900
    /// Names and addresses whose failures are remembered.
    public static let rememberedFailures = 10_000
}
