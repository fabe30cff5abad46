import Gateway
import Identities
import MailReports
import SMTP
import Storage
import Synchronization
import TestSupport
import Testing

/// Nobody is sent a bigger mail than he takes.
struct ReportSizeTests {
    /// The mails that go out for a `rua`, by their recipients.
    private static func recipients(
        _ rua: String, messages: Int = 1
    ) async throws -> (sent: [String], remark: String) {
        let workshop = try ReportWorkshop()
        workshop.set("_dmarc.acme.example", "v=DMARC1; p=reject; RUA = \(rua)")
        let recipients = Mutex<[String]>([])
        let remark = Mutex("")
        try await TestDatabase.each(.sqlite) { database in
            try await Schema.prepare(database)
            let composer = workshop.composer(database)
            for number in 0..<messages {
                let found = await workshop.authenticate("198.51.100.\(number % 256)")
                let observation = try #require(
                    DMARCObservation(found, Decision(.reject, .policyReject, "")))
                composer.messages.add(observation, at: workshop.now)
            }
            _ = try await composer.step()
            workshop.now = ReportWorkshop.midnight + 3_600
            _ = try await composer.step()
            let reports = try await OutgoingReportStore(database: database).recent(limit: 5)
            remark.withLock { $0 = reports.map(\.remark).joined() }
            recipients.withLock {
                $0 = workshop.outbox.flatMap { $0.envelope.recipients.map(\.path.description) }
            }
        }
        return (recipients.withLock { $0 }, remark.withLock { $0 })
    }

    @Test func `a size in the record counts`() async throws {
        let (sent, remark) = try await Self.recipients(
            "mailto:small@acme.example!1k, mailto:large@acme.example!10M ,mailto:any@acme.example,"
                + "mailto:odd@acme.example!99999999999999999999t")
        #expect(
            sent == ["large@acme.example", "any@acme.example", "odd@acme.example"])
        #expect(remark.contains("small@acme.example: The mail would have"))
        #expect(remark.contains("1024 are taken"))
    }

    @Test func `each address gets one mail, and only so many get one`() async throws {
        let many = (0..<14).map { "mailto:d\($0 % 12)@acme.example" }.joined(separator: ",")
        let (sent, remark) = try await Self.recipients(many)
        #expect(sent == (0..<Limits.reportDestinations).map { "d\($0)@acme.example" })
        #expect(remark.contains("at most \(Limits.reportDestinations) addresses"))
    }
}
