import Identities

/// Reporters that everybody gets reports from, and the domains that their mails are signed by.
///
/// All of them sign every report, so a report in such a name without a good signature is no
/// accident. What a name stands for was read off real reports.
enum KnownReporters {
    /// The organisational domains of a reporter's name; empty for one that is not well known.
    static func domains(of name: String) -> [DomainName] {
        let folded = name.lowercased()
        guard let texts = table[folded] else {
            // Names that are domains: `google.com`, and what lies below it.
            guard let domain = DomainName(folded) else { return [] }
            return wellKnown.filter { domain.isEqualOrBelow($0) }
        }
        return texts.compactMap { DomainName($0) }
    }

    private static let table: [String: [String]] = [
        "amazon-ses": ["amazonses.com"],
        "comcast.net": ["comcast.net"],
        "emailsrvr.com": ["emailsrvr.com"],
        "enterprise outlook": ["microsoft.com"],
        "fastmail pty ltd": ["fastmaildmarc.com", "fastmail.com"],
        "godaddy.com": ["secureserver.net", "godaddy.com"],
        "google.com": ["google.com"],
        "kddi.com": ["kddi.com"],
        "mail.ru": ["mail.ru"],
        "microsoft corporation": ["microsoft.com"],
        "mimecast": ["mimecastreport.com"],
        "outlook.com": ["microsoft.com"],
        "wp.pl": ["wp.pl"],
        "yahoo": ["yahoo.com", "yahooinc.com"],
        "zoho.com": ["zoho.com"],
    ]

    /// The domains of the table, for contacts below them.
    static let wellKnown: [DomainName] = Set(table.values.joined()).sorted()
        .compactMap { DomainName($0) }
}
