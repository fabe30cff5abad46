import DNS
import Identities
import Testing

/// Counts the cases of a suite and names each one that is not met.
struct DMARCTally {
    let suite: String
    private(set) var cases = 0
    private var unmet: [(name: String, detail: String)] = []

    init(_ suite: String) { self.suite = suite }

    mutating func compare(_ name: String, _ expected: String, _ found: String) {
        cases += 1
        guard expected != found else { return }
        unmet.append((name, "\(name): expected \(expected), found \(found)"))
    }

    /// Prints the row of the table; fails for differences that are not meant, and for meant ones
    /// that are gone.
    func finish(meant: Set<String>) {
        print(
            "CONFORMANCE \(suite): cases \(cases), met \(cases - unmet.count),",
            "not met \(unmet.count)")
        for (name, detail) in unmet {
            print("CONFORMANCE \(suite): not met: \(detail)")
            #expect(meant.contains(name), "\(detail)")
        }
        for name in meant {
            #expect(unmet.contains { $0.name == name }, "\(name) is met now")
        }
    }
}

/// The DNS as a suite states it: a zone file, and the questions that get no answer.
struct DMARCSuiteDNS: DNSLookup {
    private let zones: ZoneLookup
    private let failing: Set<String>

    init(_ zone: String, failing: Set<String> = []) throws {
        zones = ZoneLookup(records: try ZoneFile.parse("$TTL 300\n$ORIGIN .\n" + zone))
        self.failing = failing
    }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        if failing.contains("\(name) \(type)") { return DNSAnswer(.failure("timeout")) }
        return zones.answer(name, type)
    }
}
