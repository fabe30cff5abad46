import DNS
import Identities
import Synchronization

/// What was read out of the TXT records of names, each reading good as long as the DNS says the
/// same.
///
/// The DNS is asked each time, because how long an answer holds is the resolver's business; what is
/// saved is reading the records again.
final class TextRecordCache<Reading: Sendable>: Sendable {
    private final class Entry: Sendable {
        let outcome: DNSAnswer.Outcome
        let records: [[[UInt8]]]
        let reading: Reading

        init(_ outcome: DNSAnswer.Outcome, _ records: [[[UInt8]]], _ reading: Reading) {
            self.outcome = outcome
            self.records = records
            self.reading = reading
        }

        func isGood(for answer: DNSAnswer) -> Bool {
            guard outcome == answer.outcome else { return false }
            var index = 0
            for record in answer.records {
                guard case .txt(let strings) = record.data else { continue }
                guard index < records.count, records[index] == strings else { return false }
                index &+= 1
            }
            return index == records.count
        }
    }

    /// Two halves: when the young one is full it becomes the old one, and what was old and not
    /// asked for since is forgotten.
    private struct Halves {
        var young: [DomainName: Entry] = [:]
        var old: [DomainName: Entry] = [:]
    }

    private let names: Int
    private let octets: Int
    private let halves = Mutex(Halves())

    /// Remembers this many names, each with records of this many octets at most: an attacker's
    /// large records must not push out others.
    init(names: Int, octets: Int) {
        self.names = names
        self.octets = octets
    }

    /// What the records under a name say; `read` is asked where that is not known.
    func reading(
        of name: DomainName, in answer: DNSAnswer, _ read: ([[[UInt8]]]) -> Reading
    ) -> Reading {
        if let known = find(name), known.isGood(for: answer) { return known.reading }
        var records: [[[UInt8]]] = []
        var size = 0
        for record in answer.records {
            guard case .txt(let strings) = record.data else { continue }
            records.append(strings)
            for string in strings { size &+= string.count }
        }
        let reading = read(records)
        if size <= octets {
            keep(Entry(answer.outcome, records, reading), for: name)
        }
        return reading
    }

    private func find(_ name: DomainName) -> Entry? {
        let (entry, isOld) = halves.withLock { halves -> (Entry?, Bool) in
            if let entry = halves.young[name] { return (entry, false) }
            return (halves.old[name], true)
        }
        if let entry, isOld { keep(entry, for: name) }
        return entry
    }

    private func keep(_ entry: Entry, for name: DomainName) {
        halves.withLock { halves in
            if halves.young.count >= names / 2 {
                halves.old = halves.young
                halves.young = [:]
            }
            halves.young[name] = entry
        }
    }
}
