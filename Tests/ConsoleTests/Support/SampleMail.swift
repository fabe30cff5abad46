import Console
import Gateway
import Identities
import SMTP
import SQLDatabase
import Spool
import Storage
import Synchronization

/// A gateway's mail for the pages: a store with messages of every fate, and a queue that remembers
/// what it was asked.
final class SampleMail: Sendable {
    enum Size: CaseIterable, Sendable { case empty, small, large, hostile }

    let store: MessageStore
    let size: Size
    /// What people asked for, in order.
    let requests = Mutex<[QueueRequest]>([])

    /// Noon of the sample clock's day, in milliseconds since 1970.
    static let now = (SampleDomains.now + 43_200) * 1_000
    static let script = "{{x}}\"><script>alert(1)</script>&amp;"

    init(_ size: Size) async throws {
        self.size = size
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        store = MessageStore(database: database)
        switch size {
        case .empty: break
        case .small: try await fill(1, hostile: false)
        case .large: try await fill(60, hostile: false)
        case .hostile: try await fill(1, hostile: true)
        }
    }

    var services: GatewayServices {
        GatewayServices(messages: store, queue: { self.snapshot }) { request in
            self.requests.withLock { $0.append(request) }
            if request.person == "nobody" { return .refused("It is too late.") }
            return .done(messages: 3)
        }
    }

    /// The id of a sample message: 1 delivered, 2 on its way, 3 held, 4 refused, 5 failed, 6 told to
    /// come again, 7 released and delivered to some, 8 one for many.
    static func id(_ number: Int, round: Int = 0) -> QueueIdentifier {
        let instant = now - Int64(round) * 3_600_000 - 60_000
        return QueueIdentifier(rawValue: UInt64(instant) << 20 | UInt64(number))
    }

    private func fill(_ rounds: Int, hostile: Bool) async throws {
        var batch = MessageBatch()
        var number: Int64 = 1
        for round in 0..<rounds {
            for kind in 1...8 {
                let record = Self.record(kind, round: round, hostile: hostile)
                batch.add(record.entry(standsFor: kind == 8 ? 1_204 : 1))
                for event in Self.events(kind, record, hostile: hostile) {
                    var event = event
                    event.number = number
                    number += 1
                    batch.add(event)
                }
            }
        }
        try await store.write(batch)
    }

    // MARK: Records

    private static func record(_ kind: Int, round: Int, hostile: Bool) -> MessageRecord {
        let id = id(kind, round: round)
        let instant = Int64(id.rawValue >> 20)
        var record = MessageRecord(
            id: id, receivedAt: instant, role: .inbound, client: IPAddress("192.0.2.\(kind)"),
            heloName: "mail.supplier.example",
            tls: RecordedTLS(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384"),
            reversePath: ReversePath(mailbox("bounces@news.supplier.example")),
            recipients: recipients(kind),
            header: RecordedHeader(
                authorAddress: "anna.larsen@supplier.example", authorName: "Anna Larsen",
                subject: subjects[kind - 1], messageID: "<4711.\(round).\(kind)@supplier.example>",
                date: "Fri, 14 Nov 2025 08:11:00 +0100"),
            size: 12_400 * kind,
            identities: isGood(kind)
                ? ValidatedIdentities(
                    dkim: domains("supplier.example"), spf: DomainName("news.supplier.example"),
                    organizational: DomainName("supplier.example")) : ValidatedIdentities(),
            checks: checks(isGood: isGood(kind)),
            decision: decision(kind), durations: RecordedDurations(authenticate: 38, total: 46),
            route: "microsoft-365")
        if hostile { spoil(&record) }
        return record
    }

    private static func isGood(_ kind: Int) -> Bool { ![3, 4, 8].contains(kind) }

    private static func spoil(_ record: inout MessageRecord) {
        let text = script + "\u{202E}\u{1B}[31m" + String(repeating: "Ω̖", count: 300)
        record.header = RecordedHeader(
            authorAddress: text, authorName: text, subject: text, messageID: text, date: text)
        record.heloName = text
        record.tls = RecordedTLS(version: text, cipher: text, clientCertificateName: text)
        record.route = text
        record.checks = RecordedCheck.Method.allCases.map {
            RecordedCheck($0, text, domain: text, text)
        }
        record.decision.reasons = [DecisionReason(.policyReject, text)]
        if let local = Mailbox(
            localPart: "<script>'\"&{{x}}", host: .domain(domains("xn--bcher-kva.example")[0]))
        {
            record.reversePath = ReversePath(local)
            record.recipients = [ForwardPath(local)]
            record.recipientCount = 40
        }
    }

    private static let subjects = [
        "Invoice 4711 for November", "Your order of 12 November", "Payment details have changed",
        "URGENT: wire transfer today", "Minutes of Tuesday", "Newsletter", "Contract, signed",
        "You have won",
    ]

    private static func mailbox(_ text: String) -> Mailbox? { EmailAddress(text).map(Mailbox.init) }

    private static func domains(_ text: String) -> [DomainName] {
        [DomainName(text)].compactMap { $0 }
    }

    private static func recipients(_ kind: Int) -> [ForwardPath] {
        let names = kind == 7 ? ["ben", "eva", "joão"] : ["ben"]
        return names.compactMap { mailbox("\($0)@example.org").map(ForwardPath.init) }
    }

    private static func checks(isGood: Bool) -> [RecordedCheck] {
        if isGood {
            return [
                RecordedCheck(
                    .spf, "pass", domain: "news.supplier.example",
                    "192.0.2.1 is listed by news.supplier.example (ip4:192.0.2.0/24)."),
                RecordedCheck(
                    .dkim, "pass", domain: "supplier.example",
                    "The signature with the key “s1” is genuine, and the text is unchanged."),
                RecordedCheck(
                    .dmarc, "pass", domain: "supplier.example",
                    "SPF and DKIM both prove supplier.example."),
            ]
        }
        return [
            RecordedCheck(
                .spf, "fail", domain: "supplier.example",
                "supplier.example says that 192.0.2.4 may not send for it (-all)."),
            RecordedCheck(.dkim, "none", "The message carries no signature."),
            RecordedCheck(
                .dmarc, "fail", domain: "supplier.example",
                "Nothing proves supplier.example, which asks to refuse such mail (p=reject)."),
        ]
    }

    private static func decision(_ kind: Int) -> Decision {
        switch kind {
        case 3:
            Decision(
                .hold, .policyQuarantine,
                "Nothing proves supplier.example, which asks to put such mail aside.")
        case 4, 8:
            Decision(
                .reject,
                [
                    DecisionReason(
                        .policyReject,
                        "Nothing proves supplier.example, which asks to refuse such mail."),
                    DecisionReason(.listedClient, "Two lists know 192.0.2.4 as a sender of spam."),
                ])
        case 6: Decision(.defer, .dnsUnavailable, "DNS did not answer for supplier.example.")
        default:
            Decision(.deliver, .authenticated, "SPF and DKIM both prove supplier.example.")
        }
    }

    // MARK: What became of them

    private static func events(
        _ kind: Int, _ record: MessageRecord, hostile: Bool
    ) -> [MessageEvent] {
        func event(
            _ kind: MessageEvent.Kind, _ recipients: [Int], after: Int64, reply: String? = nil,
            detail: String? = nil, nextAt: Int64? = nil
        ) -> MessageEvent {
            let text = hostile ? script + "\u{202E}" : nil
            let remote = kind == .held || kind == .released || kind == .bounced
            return MessageEvent(
                messageID: record.id.storedValue, number: 0, happenedAt: record.receivedAt + after,
                kind: kind, recipients: recipients,
                host: remote ? nil : text ?? "mx1.example.org [198.51.100.7]",
                reply: reply.map { text ?? $0 }, detail: detail.map { text ?? $0 }, nextAt: nextAt)
        }
        switch kind {
        case 1:
            return [
                event(
                    .delivered, [0], after: 1_800, reply: "250 2.6.0 Queued as 8F31A",
                    detail: "TLSv1.3 TLS_AES_256_GCM_SHA384")
            ]
        case 2:
            return [
                event(
                    .attempted, [0], after: 2_000, reply: "451 4.7.500 Server busy, try later",
                    nextAt: record.receivedAt + 302_000)
            ]
        case 5:
            return [
                event(
                    .failed, [0], after: 900, reply: "550 5.1.1 There is no user ben here"),
                event(.bounced, [0], after: 1_000, detail: "0DPK2V3S00001"),
            ]
        case 7:
            return [
                event(.held, [], after: 100, reply: "Ada wanted to look at it."),
                event(.released, [], after: 40_000, detail: "Ada"),
                event(.delivered, [0, 1], after: 41_000, reply: "250 2.6.0 Queued"),
                event(
                    .attempted, [2], after: 41_500, reply: "450 4.2.1 Mailbox busy",
                    nextAt: record.receivedAt + 341_000),
            ]
        default: return []
        }
    }

    // MARK: The queue

    private var snapshot: QueueSnapshot {
        let now = Self.now
        let names =
            switch size {
            case .empty: [String]()
            case .small: ["example.org"]
            case .large: ["example.org"] + (1...40).map { "branch-\($0).example.org" }
            case .hostile: [Self.script + "\u{202E}" + String(repeating: "x", count: 400)]
            }
        let destinations = names.enumerated().map { index, name in
            QueueSnapshot.Destination(
                name: name, waiting: 1_200 / (index + 1), underway: index == 0 ? 4 : 0,
                held: index == 0 ? 2 : 0, oldestAt: now - 7_300_000 / Int64(index + 1),
                nextAt: index.isMultiple(of: 2) ? now + 240_000 : nil,
                lastError: index.isMultiple(of: 2)
                    ? (size == .hostile
                        ? Self.script : "The server mx1.example.org does not answer (timed out).")
                    : nil)
        }
        return QueueSnapshot(
            destinations: destinations, otherDestinations: size == .large ? 17 : 0,
            waiting: destinations.reduce(0) { $0 + $1.waiting },
            held: size == .empty ? 0 : 3, oldestAt: destinations.first?.oldestAt)
    }
}

extension SampleConsole {
    /// A console with a gateway behind it.
    init(
        mail: SampleMail, operations: OperationsServices = OperationsServices()
    ) async throws {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        accounts = AccountStore(database: database, cost: .none)
        let domains = SampleDomains(size: .small)
        let reports = SampleReports(.small)
        let clock = clock
        clock.advance(by: 43_200)
        services = ConsoleServices(
            domains: domains, reports: reports, intake: reports, accounts: accounts,
            door: reports, adviser: SampleAdviser(domains: domains), now: { clock.now },
            gateway: mail.services, operations: operations)
    }
}
