import DNS
import FoundationEssentials
import Gateway
import Identities
import MailAuthentication
import MailReports
import SMTP
import Spool
import Storage

/// The reports that the gateway sends about what it saw: off until a sender and a key are named.
enum GatewayReports {
    static func options(_ settings: Settings) throws -> ReportOptions? {
        let gateway = settings.gateway
        guard let sender = gateway.reportSender else { return nil }
        guard let path = gateway.signingKey, let selector = gateway.signingSelector else {
            throw PlainError(
                "Reports are signed: set gateway.signing-key and gateway.signing-selector beside "
                    + "gateway.report-sender.")
        }
        let key: SigningKey
        do {
            key = try SigningKey(pem: String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw PlainError("The signing key \(path) cannot be used: \(error)")
        }
        var options = ReportOptions(
            organisation: gateway.organisation ?? sender.domain.text, sender: sender,
            signers: [DKIMSigner(domain: sender.domain, selector: selector, key: key)])
        options.isEnabled = true
        if let problem = options.problem { throw PlainError(problem) }
        return options
    }

    static func composer(
        _ options: ReportOptions, house: House, spool: Spool, lookup: any DNSLookup,
        sessions: TLSTally, projection: MessageProjection,
        enqueue: @escaping @Sendable (SpoolMessage) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) -> ReportComposer {
        let store = MessageStore(database: house.database)
        let web = WebClient(lookup: lookup)
        let world = ReportComposer.Surroundings(
            lookup: lookup, suffixes: house.suffixes,
            send: { mail in
                let message = spoolMessage(mail, id: spool.nextIdentifier())
                try await spool.accept(message)
                enqueue(message)
            },
            wasTaken: { identifier in
                _ = try await projection.catchUp()
                let search = MessageSearch(terms: [[.messageID(identifier)]])
                return try await !store.search(search, limit: 1).messages.isEmpty
            },
            post: { await web.post($0) }, now: { clock() }, note: note)
        return ReportComposer(
            options: options, observations: ReportObservationStore(database: house.database),
            reports: OutgoingReportStore(database: house.database), world: world,
            sessions: sessions)
    }

    /// A report's mail with a record of its own, by which it is found again.
    private static func spoolMessage(_ mail: ReportMail, id: QueueIdentifier) -> SpoolMessage {
        let now = milliseconds()
        let about = mail.kind == .tls ? "TLS report" : "DMARC report"
        let record = MessageRecord(
            id: id, receivedAt: now, role: .internal, client: nil,
            reversePath: mail.envelope.reversePath,
            recipients: mail.envelope.recipients.map(\.path),
            header: RecordedHeader(
                subject: "\(about) for \(mail.domain)", messageID: mail.identifier),
            size: mail.octets.count,
            decision: Decision(.deliver, .report, "A \(about) of our own."))
        return SpoolMessage(
            id: id, receivedAt: now, envelope: mail.envelope, record: record.encoded(),
            content: .memory(mail.octets))
    }
}
