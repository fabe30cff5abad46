import DNS
import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// Random SPF trees, judged by pyspf and by us from the same zone data.
///
/// Debian's python3-spf evaluates each tree twice: as it is, and with the corrections that
/// Peers/spf_differential.py names with the section that decides each. Ours must always be the
/// corrected result, so that a difference from pyspf without such a rule fails.
@Suite struct SPFDifferentialTests {
    static let seed = 7_208
    static let count = 10_000

    @Test func `ten thousand random trees have no difference from pyspf without a rule's name`()
        async throws
    {
        print("SPF DIFFERENTIAL seed \(Self.seed), trees \(Self.count)")
        let folder = SharedData.packageRoot + "/Tests/ConformanceTests/Peers"
        let output = FileManager.default.temporaryDirectory.path() + "/spf-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        // Debian's python has Debian's pyspf.
        try Command.run([
            "/usr/bin/python3", "-B", folder + "/spf_differential.py", "\(Self.seed)",
            "\(Self.count)", output,
        ])
        var tally = Tally()
        var common: [String: SPFSuiteZone.Entry]?
        var tree = Tree()
        for line in try SharedData.bytes(output).split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: 9, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            switch parts[0] {
            case "Q":
                // What comes before the first case stands in every zone.
                if common == nil { common = tree.entries }
                tree = Tree(parts, common ?? [:])
            case "Z": tree.take(parts)
            default: tally.take(tree, await tree.found(), parts)
            }
        }
        tally.finish()
        #expect(tally.trees == Self.count)
    }

    /// One zone and one check.
    private struct Tree {
        var request = SPFRequest(client: IPAddress(ipv4: 0), helo: "", mailFrom: "")
        var entries: [String: SPFSuiteZone.Entry] = [:]

        init() {}

        init(_ parts: [String], _ common: [String: SPFSuiteZone.Entry]) {
            entries = common
            guard parts.count == 4, let client = IPAddress(parts[1]) else { return }
            request = SPFRequest(client: client, helo: parts[2], mailFrom: parts[3])
        }

        mutating func take(_ parts: [String]) {
            guard parts.count == 4 else { return }
            let text = parts[3]
            var entry = entries[parts[1]] ?? SPFSuiteZone.Entry()
            switch parts[2] {
            case "A": IPAddress(text).map { entry.records.append((.a, .a($0))) }
            case "AAAA": IPAddress(text).map { entry.records.append((.aaaa, .aaaa($0))) }
            case "PTR": entry.records.append((.ptr, .ptr(SPFSuiteZone.name(text))))
            case "TXT": entry.records.append((.txt, .text(text)))
            case "MX":
                let words = text.split(separator: " ")
                entry.records.append(
                    (
                        .mx,
                        .mx(
                            preference: UInt16(words[0]) ?? 0,
                            exchange: SPFSuiteZone.name(String(words[1])))
                    ))
            case "CNAME": entry.alias = text
            case "FAIL": RecordType(text).map { _ = entry.failing.insert($0) }
            default: break
            }
            entries[parts[1]] = entry
        }

        func found() async -> SPFEvaluation {
            await SPFEvaluator(lookup: SPFSuiteZone(entries)).evaluate(request)
        }
    }

    private struct Tally {
        var trees = 0
        var same = 0
        var rules: [String: Int] = [:]
        var results: [String: Int] = [:]
        var unexplained = 0

        mutating func take(_ tree: Tree, _ found: SPFEvaluation, _ parts: [String]) {
            let (theirs, corrected, names) = (parts[1], parts[2], parts[3])
            trees += 1
            results[found.result.rawValue, default: 0] += 1
            SPFConformanceTests.proveSane(found, "tree \(trees)")
            if found.result.rawValue == theirs { same += 1 }
            if names != "-" {
                for name in names.split(separator: ",") { rules[String(name), default: 0] += 1 }
            }
            guard found.result.rawValue != corrected else { return }
            unexplained += 1
            guard unexplained <= 10 else { return }
            Issue.record(
                """
                tree \(trees): pyspf \(theirs), corrected \(corrected) by \(names), ours \
                \(found.result): \(found.reason)
                \(tree.request)
                \(Self.zone(tree))
                """)
        }

        func finish() {
            print(
                "CONFORMANCE SPF differential with pyspf: cases \(trees),",
                "met \(trees - unexplained), not met \(unexplained)")
            print("SPF DIFFERENTIAL same as pyspf \(same); results", results.sorted { $0 < $1 })
            for (name, count) in rules.sorted(by: { $0.key < $1.key }) {
                print("SPF DIFFERENTIAL rule \(name): \(count) trees")
            }
            #expect(unexplained == 0)
            #expect(results.count == SPFResult.allCases.count, "the trees lost their variety")
        }

        private static func zone(_ tree: Tree) -> String {
            tree.entries.sorted { $0.key < $1.key }.map { name, entry in
                let facts = entry.records.map { "\($0.type) \($0.data.presentation(as: $0.type))" }
                let alias = entry.alias.map { ["CNAME \($0)"] } ?? []
                let failing = entry.failing.map { "FAIL \($0)" }
                return "\(name): " + (facts + alias + failing).joined(separator: " | ")
            }.joined(separator: "\n")
        }
    }
}
