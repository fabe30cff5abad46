import Gateway
import Identities
import SMTP
import Spool
import Testing

/// Records as the pipeline makes them.
enum RecordSamples {
    /// 2026-11-22T12:00:00Z in milliseconds.
    static let noon: Int64 = 1_795_348_800_000

    static func mailbox(_ text: String) throws -> Mailbox {
        Mailbox(try #require(EmailAddress(text)))
    }

    static func accepted(
        _ number: UInt64 = 1, from sender: String = "Anna@news.example.org",
        to recipients: [String] = ["ben@example.com"], at instant: Int64 = noon
    ) throws -> MessageRecord {
        let author = try #require(EmailAddress(sender))
        return MessageRecord(
            id: QueueIdentifier(rawValue: UInt64(instant) << 20 | number), receivedAt: instant,
            role: .inbound, client: IPAddress("192.0.2.17"),
            heloName: "mail.example.org",
            tls: RecordedTLS(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384"),
            reversePath: ReversePath(try mailbox("bounces@news.example.org")),
            recipients: try recipients.map { ForwardPath(try mailbox($0)) },
            header: RecordedHeader(
                authorAddress: sender, authorName: "Anna Ünal",
                subject: "Invoice 4711 for November",
                messageID: "<4711.\(number)@news.example.org>",
                date: "Sun, 22 Nov 2026 12:00:00 +0000"),
            size: 10_240,
            identities: ValidatedIdentities(
                dkim: [author.domain], spf: author.domain,
                organizational: DomainName("example.org")),
            checks: [
                RecordedCheck(
                    .spf, "pass", domain: "news.example.org", "The server may send for it."),
                RecordedCheck(
                    .dkim, "pass", domain: "news.example.org", "The signature is genuine."),
                RecordedCheck(.dmarc, "pass", domain: "example.org", "SPF and DKIM match."),
            ],
            decision: Decision(.deliver, .authenticated, "The author's domain is proved."),
            durations: RecordedDurations(authenticate: 12, total: 15), route: "inside")
    }

    static func refused(
        _ number: UInt64 = 1, at instant: Int64 = noon
    ) throws -> MessageRecord {
        var record = try accepted(number, at: instant)
        record.identities = ValidatedIdentities()
        record.checks = [
            RecordedCheck(.spf, "fail", domain: "example.org", "The server may not send for it.")
        ]
        record.decision = Decision(
            .reject, .policyReject, "Its author's domain asks to refuse what it did not sign.")
        return record
    }
}
