import DNS
import Identities
import MailAuthentication
import ReportConsumer
import Testing

/// Records that agree to be sent reports: there, missing, and not needed.
@Suite struct ReportDestinationsTests {
    @Test func `a missing agreement is named with the line to add`() async throws {
        let zone = """
            $TTL 60
            _dmarc.a.example. IN TXT "v=DMARC1; p=none; rua=mailto:r@gate.test,mailto:o@a.example"
            _dmarc.b.example. IN TXT "v=DMARC1; p=none; rua=mailto:r@gate.test; ruf=mailto:r@no.test"
            b.example._report._dmarc.gate.test. IN TXT "v=DMARC1;"
            _dmarc.c.example. IN TXT "v=DMARC1; p=none"
            """
        let check = ReportDestinations(
            lookup: ZoneLookup(records: try ZoneFile.parse(zone)), suffixes: .system)
        func answer(_ name: String) async throws -> ReportDestinations.Answer {
            await check.check(try #require(DomainName(name)))
        }
        guard case .destinations(let first, _) = try await answer("mail.a.example") else {
            Issue.record("The record of a.example was not found")
            return
        }
        #expect(first.map(\.found.verdict) == [.refused, .own])
        #expect(
            first.map(\.missingLine) == [
                "a.example._report._dmarc.gate.test. 3600 IN TXT \"v=DMARC1;\"", nil,
            ])
        guard case .destinations(let second, _) = try await answer("b.example") else {
            Issue.record("The record of b.example was not found")
            return
        }
        #expect(second.map(\.found.verdict) == [.authorized, .refused])
        #expect(second.map(\.kind) == [.aggregate, .failure])
        guard case .noAddresses = try await answer("c.example"),
            case .noRecord = try await answer("d.example")
        else {
            Issue.record("c.example names nobody, d.example has no record")
            return
        }
    }
}
