import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct ReportDestinationTests {
    private static let zone = """
        _dmarc.example.com. TXT "v=DMARC1; p=none"
        example.com._report._dmarc.yes.example. TXT "v=DMARC1"
        *._report._dmarc.all.example. TXT "v=DMARC1;"
        example.com._report._dmarc.other.example. TXT "reports welcome"
        example.com._report._dmarc.move.example. TXT "v=DMARC1; rua=mailto:in@move.example; ruf=mailto:f@move.example"
        example.com._report._dmarc.loop.example. TXT "v=DMARC1; rua=mailto:in@victim.example"
        """

    private func verify(
        _ uris: [String], _ kind: ReportDestinationVerifier.Kind = .aggregate,
        at name: String = "example.com", failing: Set<String> = [], psd: PublicSuffixFlag = .no
    ) async throws -> [ExternalReportDestination] {
        let verifier = ReportDestinationVerifier(
            lookup: try TestDNS(Self.zone, failing: failing), suffixes: .system)
        let record = DMARCRecord(
            publicSuffixDomain: psd, aggregateReportURIs: kind == .aggregate ? uris : [],
            failureReportURIs: kind == .failure ? uris : [])
        return await verifier.verify(kind, of: record, at: try domain(name))
    }

    @Test(arguments: [
        ("mailto:r@example.com", ExternalReportDestination.Verdict.own, ["r@example.com"]),
        ("mailto:r@reports.example.com", .own, ["r@reports.example.com"]),
        ("MAILTO:r@yes.example", .authorized, ["r@yes.example"]),
        ("mailto:r@yes.example?cc=x@victim.example", .authorized, ["r@yes.example"]),
        ("mailto:r%2Bdmarc@all.example", .authorized, ["r+dmarc@all.example"]),
        ("mailto:r@no.example", .refused, []), ("mailto:r@other.example", .refused, []),
        ("mailto:r@move.example", .authorized, ["in@move.example"]),
        ("mailto:r@loop.example", .refused, []),
        ("mailto:x%40victim.example%2Cr@yes.example", .unusable, []),
        ("https://yes.example/in", .unusable, []), ("mailto:r@", .unusable, []),
        ("mailto:r%4@yes.example", .unusable, []),
    ])
    func `each address is sent reports only with consent`(
        uri: String, verdict: ExternalReportDestination.Verdict, mailboxes: [String]
    ) async throws {
        let found = try await verify([uri])
        #expect(found.count == 1)
        #expect(found.first?.verdict == verdict, "\(found.first?.reason ?? "")")
        #expect(found.first?.mailboxes.map(\.description) == mailboxes)
        #expect(found.first?.reason.isEmpty == false)
    }

    @Test func `failure reports go by their own tag`() async throws {
        let found = try await verify(["mailto:r@move.example"], .failure)
        #expect(found.first?.mailboxes.map(\.description) == ["f@move.example"])
        let suffix = try await verify(["mailto:r@example.com"], .failure, psd: .yes)
        #expect(suffix.first?.verdict == .refused)
    }

    @Test func `a failing look-up is no consent, and no refusal`() async throws {
        let found = try await verify(
            ["mailto:r@yes.example"], failing: ["example.com._report._dmarc.yes.example"])
        #expect(found.first?.verdict == .unknown)
        #expect(found.first?.consentName == "example.com._report._dmarc.yes.example")
    }

    @Test func `a name that is too long is a refusal`() async throws {
        let long = (0..<4).map { _ in String(repeating: "x", count: 55) }.joined(separator: ".")
        let found = try await verify(["mailto:r@yes.example"], at: long + ".example")
        #expect(found.first?.verdict == .refused)
        #expect(found.first?.consentName == nil)
    }

    @Test func `no more hosts are asked than the limit says`() async throws {
        let uris = (0...Limits.externalReportHosts).map { "mailto:r@h\($0).all.example" }
        let dns = try TestDNS(Self.zone)
        let verifier = ReportDestinationVerifier(lookup: dns, suffixes: .system)
        let found = await verifier.verify(
            .aggregate, of: DMARCRecord(aggregateReportURIs: uris + ["mailto:s@h0.all.example"]),
            at: try domain("example.com"))
        #expect(found.count == uris.count + 1)
        #expect(
            await dns.questions.filter { $0.contains("._report.") }.count
                == Limits.externalReportHosts)
    }
}
