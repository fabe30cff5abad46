/// A made-up source of mail for a made-up domain.
struct DemonstrationSender {
    /// How its mail arrives at the reporters.
    enum Manner {
        /// Signed as the domain itself; MAIL FROM as given.
        case aligned
        /// Only SPF proves it: MAIL FROM below the domain, no signature.
        case spfOnly
        /// The service signs and bounces as itself.
        case unaligned
        /// The domain's own mail, passed on by another host; a broken signature stays.
        case forwarded
        /// A mailing list: forwarded, and the receiver says so.
        case mailingList
        /// No proof at all, MAIL FROM is the domain itself.
        case forged
        /// The service signs for the domain on some days only.
        case flaky
    }

    var name: String
    var manner: Manner
    /// `d=` and `s=` of the signature.
    var dkimDomain: String?
    var selector: String?
    var mailFrom: String
    /// `198.51.100.` and so on: addresses are this with numbers from `firstHost`.
    var network: String
    var firstHost: Int
    var hosts: Int
    /// The name that its addresses have, with `#` for the number; nil for none.
    var reverseName: String?
    /// False: the name does not lead back to the address.
    var isConfirmed = true
    /// Messages on a working day.
    var daily: Double
    /// Subdomain that the From addresses use; nil for the domain.
    var subdomain: String?
    /// It began so many days before the last; nil for long ago.
    var fromDaysAgo: Int?
    /// Rows a report has for it at most.
    var rows = 2
    /// Names below the domain at which the service has its customers publish keys: once one of
    /// them is in the DNS, it signs as the domain.
    var keys: [String] = []
    /// Somebody who sends less every day that receivers refuse all of it.
    var givesUp = false
}

/// A made-up domain.
struct DemonstrationDomain {
    var name: String
    /// The DMARC record, from so many days before the last day on; newest first.
    var records: [(daysAgo: Int, text: String)]
    var spf: String?
    var mx: [String]
    var senders: [DemonstrationSender]
    /// Other records of the domain's zone, in zone-file form.
    var zone: String = ""
}
