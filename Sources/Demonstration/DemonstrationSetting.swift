/// What the DNS says about a made-up domain on a day, as receivers find it.
struct DemonstrationSetting {
    /// The tags of its DMARC record.
    var tags: [String: String]
    /// Names below the domain, in lower case, at which there is a key; of the days before anybody
    /// changed something, nobody asks.
    var keys: Set<String> = []
    /// Days on which its policy was to reject, before this one.
    var daysRejected = 0

    init(record: String) {
        tags = [:]
        for part in record.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let name = pair[0].filter { $0 != " " }
            if name != "v" { tags[name] = pair[1].filter { $0 != " " } }
        }
    }

    /// How mail of a sender arrives.
    enum Manner {
        case usual(DemonstrationSender.Manner)
        /// It signs as the domain since a key of its service is published, with this selector.
        case signing(String)
    }

    func manner(of sender: DemonstrationSender) -> Manner {
        guard let key = sender.keys.first(where: keys.contains) else {
            return .usual(sender.manner)
        }
        return .signing(String(key.prefix { $0 != "." }))
    }

    /// What receivers do with mail that fails (RFC 9989 §4.7: in test mode one level less).
    func disposition(isBelow: Bool) -> String {
        let asked = (isBelow ? tags["sp"] : nil) ?? tags["p"] ?? "none"
        guard tags["t"] == "y" else { return asked }
        return asked == "reject" ? "quarantine" : "none"
    }

    /// Whether receivers send reports at all: only a record that asks for them has any.
    var hasReports: Bool { tags["p"] != nil && tags["rua"] != nil }
}
