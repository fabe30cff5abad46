import DNS
import Identities

extension ZoneChange {
    /// Whether it changes what receivers do with mail that fails DMARC: more than where reports go.
    public var changesPolicy: Bool {
        sets.contains { set in
            // A DMARC record is a TXT record, and an alias or a delegation gives it away.
            guard set.name.domainName?.text.split(separator: ".").contains("_dmarc") == true else {
                return false
            }
            return Self.policies(set.before) != Self.policies(set.after)
        }
    }

    /// The tags of each record that a policy is made of; what is no such record, as it is.
    private static func policies(_ set: RecordSet?) -> [[String]] {
        guard let set else { return [] }
        guard set.texts.count == set.data.count else { return [["\(set.data)"]] }
        return set.texts.map { text in
            text.split(separator: ";").map {
                $0.filter { !$0.isWhitespace }.lowercased()
            }.filter { tag in
                !["rua=", "ruf=", "fo=", "ri=", "rf="].contains { tag.hasPrefix($0) }
            }.sorted()
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
