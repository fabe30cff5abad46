import DNS
import DomainAnalysis
import FoundationEssentials
import Identities
import MailAuthentication
import TestSupport
import Testing

/// The twelve rows of `Fixtures/replay/twelve-rows`, whose answers were worked out by hand (why.md
/// there has the way to each).
@Suite struct ReplayFixtureTests {
    static let folder =
        SharedData.packageRoot + "/Tests/DomainAnalysisTests/Fixtures/replay/twelve-rows/"

    @Test(arguments: ["", "plain-reject/"])
    func `the twelve rows come out as worked out by hand`(variant: String) async throws {
        let result = try await replay(variant)
        let expected = try decode(ReplayResult.self, variant + "expected.json")
        #expect(result.rows.count == 12)
        for (row, wanted) in zip(result.rows, expected.rows) {
            #expect(row.treewalk == wanted.treewalk, "row \(row.row), tree walk")
            #expect(row.psl == wanted.psl, "row \(row.row), list")
        }
        #expect(result.methods.treewalk == expected.methods.treewalk)
        #expect(result.methods.psl == expected.methods.psl)
        #expect(result.divergences == expected.divergences)
        #expect(result == expected)
    }

    @Test(arguments: ["", "plain-reject/"])
    func `the JSON has the keys of the hand-made file and no others`(variant: String) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let result = String(decoding: try encoder.encode(try await replay(variant)), as: UTF8.self)
        let keys = Set(keys(of: result))
        let expected = String(
            decoding: try SharedData.bytes(Self.folder + variant + "expected.json"), as: UTF8.self)
        #expect(keys == Set(self.keys(of: expected)))
        #expect(keys.isSuperset(of: ["methods", "treewalk", "psl", "atRisk", "divergences"]))
    }

    @Test func `every message is counted once, by either method`() async throws {
        for variant in ["", "plain-reject/"] {
            let result = try await replay(variant)
            for method in DiscoveryMethod.allCases {
                let summary = result.methods[method]
                let totals = summary.totals
                let parts = [
                    totals.pass, totals.none, totals.quarantine, totals.reject, totals.notCovered,
                    totals.undetermined,
                ]
                #expect(totals.messages == 1_000)
                #expect(parts.reduce(0, +) == totals.messages)
                #expect(summary.senders.map(\.messages).reduce(0, +) == totals.messages)
                #expect(summary.classes.map(\.messages).reduce(0, +) == totals.messages)
                let affected = summary.senders.map(\.affected).reduce(0, +)
                #expect(affected == totals.quarantine + totals.reject)
                #expect(summary.atRisk.legitimate + summary.atRisk.forged == affected)
            }
        }
    }

    @Test func `without the private suffix the list follows the tree walk in row 8`() async throws {
        let result = try await replay("", suffixes: .system)
        #expect(result.rows[7].psl.pass == true)
        #expect(result.rows[7].psl.covered)
        #expect(result.divergences.map(\.row) == [9, 12])
    }

    private func replay(
        _ variant: String, suffixes: PublicSuffixList? = nil
    ) async throws -> ReplayResult {
        let zone = try SharedData.bytes(Self.folder + "dns.zone")
        let proposal = String(
            decoding: try SharedData.bytes(Self.folder + variant + "record.txt"), as: UTF8.self)
        let fixtureList = try #require(PublicSuffixList(file: Self.folder + "suffixes.dat"))
        let replay = Replay(
            domain: try #require(DomainName("oakbridge.example")),
            proposal: String(proposal.prefix { $0 != "\n" }),
            lookup: ZoneLookup(records: try ZoneFile.parse(zone, origin: nil)),
            suffixes: suffixes ?? fixtureList)
        let rows = try decode([FixtureRow].self, "rows.json")
        return try await replay.run(rows.map(\.row))
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ file: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(try SharedData.bytes(Self.folder + file)))
    }

    /// What stands in quotes before a colon.
    private func keys(of json: String) -> [String] {
        var keys: [String] = []
        var rest = json[...]
        while let open = rest.firstIndex(of: "\"") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "\"") else { break }
            rest = inside[inside.index(after: close)...]
            if rest.drop(while: { $0 == " " }).first == ":" {
                keys.append(String(inside[..<close]))
            }
        }
        return keys
    }
}

/// A row as `rows.json` has it.
struct FixtureRow: Decodable {
    var headerFrom: DomainName
    var messages: Int64
    var dkimPasses: [DomainName]
    var spfPass: DomainName?
    var senderKey: String
    var senderName: String
    var sourceClass: SourceClass
    var observedDisposition: String

    var row: ReplayRow {
        ReplayRow(
            headerFrom: headerFrom, messages: messages, dkimPasses: dkimPasses, spfPass: spfPass,
            senderKey: senderKey, senderName: senderName, sourceClass: sourceClass,
            observedDisposition: observedDisposition)
    }
}
