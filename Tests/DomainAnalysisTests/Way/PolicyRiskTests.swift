import DNS
import DomainAnalysis
import FoundationEssentials
import Identities
import MailReports
import Testing

/// What a replay comes to for a person who decides.
@Suite struct PolicyRiskTests {
    private func name(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

    private func row(
        _ from: String, _ messages: Int64, dkim: String? = nil, _ sourceClass: SourceClass,
        sender: String
    ) throws -> ReplayRow {
        ReplayRow(
            headerFrom: try name(from), messages: messages,
            dkimPasses: try dkim.map { [try name($0)] } ?? [], spfPass: nil, senderKey: sender,
            senderName: "Name of \(sender)", sourceClass: sourceClass, observedDisposition: "none")
    }

    private func risk(
        _ rows: [ReplayRow], _ record: String = "v=DMARC1; p=reject", zone: String = "",
        isTruncated: Bool = false, failing: Set<String> = []
    ) async throws -> PolicyRisk {
        let day = UTCDay(number: 20_000)
        let result = try await Replay(
            domain: try name("example.com"), proposal: record,
            lookup: try CountingDNS("www.example.com. A 192.0.2.1\n" + zone, failing: failing)
        ).run(rows)
        return PolicyRisk(
            result, coverage: ReportCoverage(first: day, last: day), owners: ["b": "Ben"],
            isTruncated: isTruncated)
    }

    @Test func `legitimate mail at risk is counted by sender with who answers for it`() async throws
    {
        let rows = [
            try row("example.com", 100, dkim: "example.com", .compliant, sender: "a"),
            try row("example.com", 40, .misconfigured, sender: "b"),
            try row("example.com", 10, dkim: "example.com", .compliant, sender: "b"),
            try row("example.com", 5, .forwarded, sender: "c"),
            try row("example.com", 7, .unknown, sender: "d"),
            try row("example.com", 1_000, .spoofing, sender: "e"),
            try row("example.com", 500, .blocklisted, sender: "e"),
        ]
        let risk = try await risk(rows)
        #expect(risk.messages == 1_662 && risk.legitimate == 162 && risk.atRisk == 52)
        #expect(risk.forgedStopped == 1_500 && risk.undetermined == 0)
        #expect(risk.senders.map(\.key) == ["b", "d", "c", "a"] && risk.senderCount == 4)
        #expect(risk.senders[0].owner == "Ben" && risk.senders[1].owner == nil)
        #expect(risk.senders[0].own == 50 && risk.senders[0].ownPassing == 10)
        #expect(risk.senders[0].ownFailing == 40 && risk.senders[2].own == 0)
        #expect(risk.sentence.contains("162 messages that are or may be yours, 52 (32 %)"))
        #expect(risk.sentence.contains("3 senders"))
        let again = try JSONDecoder().decode(
            PolicyRisk.self, from: JSONEncoder().encode(risk))
        #expect(again == risk)
    }

    @Test func `mail counts as at risk when either kind of receiver would stop it`() async throws {
        // Aligned by the tree walk alone: the suffix's operator forgot psd=y.
        let rows = [
            ReplayRow(
                headerFrom: try name("anna.github.io"), messages: 4,
                dkimPasses: [try name("ben.github.io")], spfPass: nil, senderKey: "x",
                senderName: "x", sourceClass: .misconfigured, observedDisposition: "none")
        ]
        let result = try await Replay(
            domain: try name("anna.github.io"), proposal: "v=DMARC1; p=reject",
            lookup: try CountingDNS("_dmarc.github.io. TXT \"v=DMARC1; p=none\"")
        ).run(rows)
        let day = UTCDay(number: 1)
        #expect(PolicyRisk(result, coverage: ReportCoverage(first: day, last: day)).atRisk == 4)
    }

    @Test func `what the DNS keeps from us is said, and so is what was left out`() async throws {
        let risk = try await risk(
            [try row("www.example.com", 9, .unknown, sender: "a")], isTruncated: true,
            failing: ["_dmarc.www.example.com"])
        #expect(risk.undetermined == 9 && risk.atRisk == 0)
        #expect(risk.remarks.contains { $0.contains("more kinds of mail") })
        #expect(risk.remarks.contains { $0.contains("did not answer for 1 names") })
        #expect(!risk.isBelow(hundredths: 10_000))
    }

    @Test func `at most so many senders are listed, those with most at risk`() async throws {
        let rows = try (0..<80).map {
            try row("example.com", Int64($0 + 1), .unknown, sender: "s\($0)")
        }
        let risk = try await risk(rows)
        #expect(risk.senders.count == WayLimits.senders && risk.senderCount == 80)
        #expect(risk.senders.first?.key == "s79" && risk.atRisk == 80 * 81 / 2)
    }
}
