import ArgumentParser

/// Where reports are fetched from, on the command line.
struct PlaceFlags: ParsableArguments, GivesFlags {
    @Option(
        help: """
            A mailbox or folder that reports are fetched from, such as \
            'imaps://USER@HOST/INBOX password-file=FILE after=archive:Done', 'folder:/PATH' or \
            'maildir:/PATH'; may be repeated.
            """)
    var place: [String] = []
    @Option(help: "Seconds between two looks into a mailbox. (default: 60)")
    var placeInterval: Int?
    @Option(help: "A server of yours whose Authentication-Results are believed; may be repeated.")
    var trustedReceiver: [String] = []
    @Option(help: "Reports about single messages: off or redacted. (default: off)")
    var failureReports: String?

    func give(to flags: inout GivenFlags) {
        flags.add("intake.places", place)
        flags.add("intake.interval", placeInterval)
        flags.add("intake.trusted-receivers", trustedReceiver)
        flags.add("intake.failure-reports", failureReports)
    }
}
