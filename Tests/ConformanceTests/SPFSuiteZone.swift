import DNS
import Identities

/// The DNS data of an SPF suite, in memory; it counts what it is asked.
final class SPFSuiteZone: DNSLookup {
    /// What stands at one name.
    struct Entry: Sendable {
        var records: [(type: RecordType, data: RecordData)] = []
        var alias: String?
        /// The suite says `TXT: NONE`: the SPF type does not stand in for TXT.
        var hasNoText = false
        /// Texts of the SPF type, which stand in for TXT where there is none: the suites were
        /// written for both.
        var spfTexts: [[[UInt8]]] = []
        /// Questions that nothing else answers run into a time-out.
        var isSilent = false
        /// Types whose every question fails.
        var failing: Set<RecordType> = []
    }

    private let entries: [String: Entry]

    init(_ entries: [String: Entry]) {
        var lowered: [String: Entry] = [:]
        lowered.reserveCapacity(entries.count)
        for (name, entry) in entries { lowered[Self.key(name)] = entry }
        self.entries = lowered
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        answer(name.text, type)
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        let text = Array(name.labels.joined(separator: [UInt8(ascii: ".")]))
        return answer(String(decoding: text, as: UTF8.self), type)
    }

    private func answer(_ name: String, _ type: RecordType) -> DNSAnswer {
        var name = Self.key(name)
        for _ in 0...16 {
            guard let entry = entries[name] else {
                let isParent = entries.keys.contains { $0.hasSuffix("." + name) }
                return DNSAnswer(isParent ? .noData : .nameError)
            }
            if entry.failing.contains(type) { return DNSAnswer(.failure("The suite fails it.")) }
            var found = entry.records.filter { $0.type == type }.map(\.data)
            if type == .txt, found.isEmpty, !entry.hasNoText {
                found = entry.spfTexts.map { .txt($0) }
            }
            if !found.isEmpty {
                let owner = DNSName(name) ?? .root
                return DNSAnswer(
                    .records,
                    records: found.map {
                        ResourceRecord(name: owner, type: type, timeToLive: 60, data: $0)
                    })
            }
            if entry.isSilent { return DNSAnswer(.failure("The suite lets it time out.")) }
            guard let alias = entry.alias else { return DNSAnswer(.noData) }
            name = Self.key(alias)
        }
        return DNSAnswer(.failure("The chain of aliases is too long."))
    }

    private static func key(_ name: String) -> String {
        let lowered = name.lowercased()
        return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
    }

    // MARK: Making entries

    /// A name of any octets; the root for an empty text.
    static func name(_ text: String) -> DNSName {
        let text = text.hasSuffix(".") ? text.dropLast() : text[...]
        return DNSName(labels: text.split(separator: ".").map { Array($0.utf8) }) ?? .root
    }

    /// Octets of a text that a suite writes with `\x80` for single octets.
    static func octets(_ text: String) -> [UInt8] {
        let scalars = text.unicodeScalars
        return scalars.allSatisfy { $0.value < 256 }
            ? scalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
    }

    static func strings(_ text: String) -> [[UInt8]] {
        let octets = octets(text)
        return stride(from: 0, to: max(octets.count, 1), by: 255).map {
            Array(octets[$0..<min($0 + 255, octets.count)])
        }
    }
}
