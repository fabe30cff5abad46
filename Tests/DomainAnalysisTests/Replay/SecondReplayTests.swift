import DNS
import DomainAnalysis
import Foundation
import Identities
import MailAuthentication
import TestSupport
import Testing

/// Our replay beside a second implementation that shares no code with it.
@Suite struct SecondReplayTests {
    /// The number of rows that the two treat differently, each told.
    private func differences(
        _ rows: [ReplayRow], _ second: SecondReplay, lookup: any DNSLookup,
        suffixes: PublicSuffixList, _ remark: String
    ) async throws -> Int {
        let domain = try #require(DomainName(second.domain))
        let result = try await Replay(
            domain: domain, proposal: second.proposal, lookup: lookup, suffixes: suffixes
        ).run(rows)
        #expect(result.rows.count == rows.count)
        var count = 0
        for (row, found) in zip(rows, result.rows) {
            for (outcome, byList) in [(found.treewalk, false), (found.psl, true)] {
                let expected = second.answer(
                    from: row.headerFrom.text, dkim: row.dkimPasses.map(\.text),
                    spf: row.spfPass?.text, byList: byList)
                let isSame =
                    outcome.disposition.rawValue == expected.disposition
                    && outcome.pass == expected.pass && outcome.tag?.rawValue == expected.tag
                    && (expected.tag == nil
                        || outcome.organizationalDomain?.text == expected.organization)
                if !isSame { count += 1 }
                #expect(
                    isSame,
                    """
                    \(remark), row \(found.row), by list: \(byList), from \(row.headerFrom), \
                    DKIM \(row.dkimPasses), SPF \(row.spfPass?.text ?? "none"), under \
                    \(second.proposal): \(outcome) is not \(expected)
                    """)
            }
        }
        return count
    }

    // MARK: Fixtures

    @Test func `both implementations agree on every fixture`() async throws {
        let root = SharedData.packageRoot + "/Tests/DomainAnalysisTests/Fixtures/replay/"
        var tried = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
            let folder = root + name + "/"
            let zone = String(decoding: try SharedData.bytes(folder + "dns.zone"), as: UTF8.self)
            var world = Self.world(zone)
            world.rules = String(
                decoding: try SharedData.bytes(folder + "suffixes.dat"), as: UTF8.self
            ).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("//") }
            let rows = try JSONDecoder().decode(
                [FixtureRow].self, from: Data(try SharedData.bytes(folder + "rows.json"))
            ).map(\.row)
            let variants = try FileManager.default.subpathsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix("record.txt") }
            #expect(variants.count >= 1)
            for variant in variants {
                let record = String(
                    decoding: try SharedData.bytes(folder + variant), as: UTF8.self)
                let second = SecondReplay(
                    world: world, domain: "oakbridge.example",
                    proposal: String(record.prefix { $0 != "\n" }))
                let found = try await differences(
                    rows, second, lookup: ZoneLookup(records: try ZoneFile.parse(zone)),
                    suffixes: try #require(PublicSuffixList(file: folder + "suffixes.dat")),
                    name + "/" + variant)
                #expect(found == 0)
                tried += rows.count
            }
        }
        #expect(tried >= 24)
    }

    /// The zone files of fixtures, read line by line: an origin, names, and their data.
    private static func world(_ zone: String) -> SecondReplay.World {
        var world = SecondReplay.World()
        var origin = ""
        var last = ""
        for line in zone.split(separator: "\n") {
            let plain = line.prefix { $0 != ";" || line.contains("\"") }
            if line.hasPrefix(";") || plain.allSatisfy(\.isWhitespace) { continue }
            let words = plain.split { $0 == " " || $0 == "\t" }.map(String.init)
            if words[0] == "$ORIGIN" {
                origin = String(words[1].dropLast())
                continue
            }
            if words[0].hasPrefix("$") { continue }
            if let first = plain.first, !first.isWhitespace {
                last = words[0] == "@" ? origin : "\(words[0]).\(origin)"
            }
            let quoted = plain.split(separator: "\"", omittingEmptySubsequences: false)
            let isText = words.contains("TXT") && quoted.count > 1
            world.add(last, text: isText ? String(quoted[1]) : nil)
        }
        return world
    }

    // MARK: Random worlds

    @Test func `both implementations agree on 1,000 random rows under random records`()
        async throws
    {
        let folder = "/tmp/sealgate-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var tried = 0
        var dispositions: [String: Int] = [:]
        for seed in 1...100 {
            var chance = Chance(seed: UInt64(seed) &* 0x9E37_79B9)
            let world = chance.world()
            let file = folder + "/\(seed).dat"
            try Data((world.rules.joined(separator: "\n") + "\n").utf8)
                .write(to: URL(filePath: file))
            let second = SecondReplay(
                world: world, domain: chance.domain(), proposal: chance.record(isOffered: true))
            let rows = try (0..<10).map { _ in try chance.row(below: second.domain) }
            let found = try await differences(
                rows, second, lookup: WorldLookup(world: world),
                suffixes: try #require(PublicSuffixList(file: file)), "seed \(seed)")
            #expect(found == 0)
            tried += rows.count
            for row in rows {
                let answer = second.answer(
                    from: row.headerFrom.text, dkim: row.dkimPasses.map(\.text),
                    spf: row.spfPass?.text, byList: false)
                dispositions[answer.disposition, default: 0] += 1
            }
        }
        #expect(tried == 1_000)
        // The worlds are such that every outcome occurs.
        for each in ["none", "quarantine", "reject", "notCovered"] {
            #expect(dispositions[each, default: 0] >= 50, "\(dispositions)")
        }
    }
}

/// The DNS of a made-up world.
private struct WorldLookup: DNSLookup {
    let world: SecondReplay.World

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard world.exists(name.text) else { return DNSAnswer(.nameError) }
        guard type == .txt, let texts = world.texts[name.text],
            let owner = DNSName(name.text + ".")
        else { return DNSAnswer(.noData) }
        return DNSAnswer(
            .records,
            records: texts.map {
                ResourceRecord(name: owner, type: .txt, timeToLive: 60, data: .text($0))
            })
    }
}

/// Random worlds from a seed.
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    private mutating func isTrue(_ percent: Int) -> Bool { below(100) < percent }
    private mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    mutating func domain() -> String {
        one(of: ["corp.example", "brand.co.example", "unit.corp.example", "a.sites.example"])
    }

    private mutating func name(below domain: String) -> String {
        let depth = isTrue(15) ? 5 + below(5) : below(4)
        let labels = (0..<depth).map { _ in one(of: ["a", "b", "mail", "news", "tenants"]) }
        return (labels + [domain]).joined(separator: ".")
    }

    mutating func record(isOffered: Bool) -> String {
        let policies = ["none", "quarantine", "quarantine", "reject", "Reject"]
        var tags: [String] = []
        if isTrue(92) { tags.append("p=" + (isTrue(96) ? one(of: policies) : "block")) }
        if isTrue(35) { tags.append("sp=" + (isTrue(95) ? one(of: policies) : "x")) }
        if isTrue(35) { tags.append("np=" + one(of: policies)) }
        if isTrue(25) { tags.append("t=" + one(of: ["y", "n", "Y", "maybe"])) }
        if isTrue(30) { tags.append("adkim=" + one(of: ["r", "s", "S", "q"])) }
        if isTrue(30) { tags.append("aspf=" + one(of: ["r", "s"])) }
        if isTrue(isOffered ? 10 : 35) { tags.append("psd=" + one(of: ["y", "n", "u", "?"])) }
        if isTrue(40) { tags.append("rua=" + one(of: ["mailto:a@corp.example", "nonsense"])) }
        if isTrue(15) { tags.append("pct=" + one(of: ["0", "50", "100"])) }
        if isTrue(10) { tags.append("unheard=of") }
        for index in tags.indices.reversed() { tags.swapAt(index, below(index + 1)) }
        let separator = one(of: ["; ", ";", " ; "])
        return (["v=DMARC1"] + tags).joined(separator: separator) + (isTrue(30) ? ";" : "")
    }

    mutating func world() -> SecondReplay.World {
        var world = SecondReplay.World()
        world.rules = ["example", "test"]
        if isTrue(50) { world.rules.append("co.example") }
        if isTrue(50) { world.rules.append("sites.example") }
        if isTrue(30) { world.rules.append("*.tenants.corp.example") }
        if isTrue(20) { world.rules.append("!mail.tenants.corp.example") }
        for top in ["corp.example", "brand.co.example", "sites.example", "other.test"] {
            world.add(top)
            for _ in 0..<12 { world.add(name(below: top)) }
        }
        for place in ["example", "co.example", "sites.example", "corp.example", "other.test"]
        where isTrue(35) {
            world.add("_dmarc." + place, text: record(isOffered: false))
        }
        for name in world.names.sorted() where isTrue(25) && !name.hasPrefix("_") {
            world.add("_dmarc." + name, text: record(isOffered: false))
            if isTrue(15) { world.add("_dmarc." + name, text: record(isOffered: false)) }
            if isTrue(15) { world.add("_dmarc." + name, text: "v=spf1 -all") }
            if isTrue(8) { world.add("_dmarc." + name, text: "v=DMARC2; p=reject") }
        }
        return world
    }

    mutating func row(below domain: String) throws -> ReplayRow {
        let author = isTrue(25) ? domain : name(below: isTrue(92) ? domain : "corp.example")
        func identifier(_ chance: inout Chance) -> String {
            switch chance.below(6) {
            case 0: return author
            case 1: return domain
            case 2: return chance.name(below: "other.test")
            case 3: return author.split(separator: ".").dropFirst().joined(separator: ".")
            default: return chance.name(below: domain)
            }
        }
        let dkim = (0..<below(3)).map { _ in identifier(&self) }
        let spf = isTrue(40) ? identifier(&self) : nil
        return ReplayRow(
            headerFrom: try #require(DomainName(author)), messages: Int64(1 + below(100)),
            dkimPasses: try dkim.map { try #require(DomainName($0)) },
            spfPass: try spf.map { try #require(DomainName($0)) }, senderKey: "x",
            senderName: "x", sourceClass: one(of: SourceClass.allCases),
            observedDisposition: "none")
    }
}
