import Identities

/// Finds the most specific catalogue domain at or above a name, with one hash look-up per label.
struct SuffixIndex: Sendable {
    struct Entry: Sendable {
        var service: Int
        var isOnlyBelow: Bool
    }

    private var entries: [Substring: Entry] = [:]

    /// False when another service has this domain already.
    mutating func insert(_ pattern: DomainPattern, service: Int) -> Bool {
        let key = Substring(pattern.domain)
        if let present = entries[key] {
            guard present.service == service else { return false }
            // Both `x` and `*.x` in one row: the wider one counts.
            if !pattern.isOnlyBelow { entries[key]?.isOnlyBelow = false }
            return true
        }
        entries[key] = Entry(service: service, isOnlyBelow: pattern.isOnlyBelow)
        return true
    }

    func match(_ name: DomainName) -> (service: Int, suffix: Substring)? {
        var rest = Substring(name.text)
        var isWhole = true
        while true {
            if let entry = entries[rest], !(isWhole && entry.isOnlyBelow) {
                return (entry.service, rest)
            }
            guard let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
            rest = rest[rest.utf8.index(after: dot)...]
            isWhole = false
        }
    }
}
