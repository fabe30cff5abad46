import DNS
import FoundationEssentials
import Gateway
import Identities
import MailAuthentication
import MailReports
import SMTP
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// A gateway's surroundings for tests of reports: a clock that is set by hand, a DNS that is a
/// table, and a spool that only remembers.
final class ReportWorkshop: Sendable {
    /// 2026-11-21T12:00:00Z.
    static let noon: Int64 = 1_795_262_400
    /// The first second of the day after.
    static let midnight: Int64 = 1_795_305_600

    static let zone = [
        "acme.example": "v=spf1 ip4:192.0.2.1 -all",
        "_dmarc.acme.example":
            "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example,mailto:d@service.example",
        "acme.example._report._dmarc.service.example": "v=DMARC1",
        "_smtp._tls.acme.example":
            "v=TLSRPTv1; rua=mailto:tls@acme.example,https://tls.acme.example/report?a=1",
    ]

    struct Refused: Error {}

    private struct State {
        var now = ReportWorkshop.noon
        var zone: [String: String] = ReportWorkshop.zone
        var failing: Set<String> = []
        var outbox: [ReportMail] = []
        var posts: [ReportPost] = []
        var answers: [ReportPost.Answer] = []
        var refusals = 0
        var random = ReportRandom(seed: 7)
        var notes: [String] = []
    }

    private let state = Mutex(State())
    let signer: DKIMSigner
    let options: ReportOptions

    init() throws {
        let key = try SigningKey.generate(.ed25519)
        signer = DKIMSigner(domain: try reportDomain("receiver.example"), selector: "r1", key: key)
        var options = ReportOptions(
            organisation: "Receiver Söhne",
            sender: try #require(EmailAddress("reports@receiver.example")),
            contact: EmailAddress("postmaster@receiver.example"),
            submitter: try reportDomain("mx.receiver.example"), signers: [signer])
        options.isEnabled = true
        options.spread = 600
        self.options = options
        set("r1._domainkey.receiver.example", key.keyRecord)
    }

    var now: Int64 {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }
    var outbox: [ReportMail] { state.withLock { $0.outbox } }
    var posts: [ReportPost] { state.withLock { $0.posts } }
    var notes: [String] { state.withLock { $0.notes } }

    func set(_ name: String, _ text: String?) {
        state.withLock { $0.zone[name] = text }
    }

    func fail(_ names: Set<String>) {
        state.withLock { $0.failing = names }
    }

    /// What web servers answer from now on; 204 when nothing is left.
    func answer(_ answers: [ReportPost.Answer]) {
        state.withLock { $0.answers = answers }
    }

    /// How many mails the spool refuses from now on.
    func refuse(_ count: Int) {
        state.withLock { $0.refusals = count }
    }

    func composer(
        _ database: any SQLDatabase, options: ReportOptions? = nil,
        limits: ReportObservationLimits = ReportObservationLimits(),
        documentOctets: Int = 1 << 20, mailOctets: Int = 1 << 20
    ) -> ReportComposer {
        ReportComposer(
            options: options ?? self.options,
            observations: ReportObservationStore(database: database, limits: limits),
            reports: OutgoingReportStore(database: database),
            world: ReportComposer.Surroundings(
                lookup: Table(workshop: self), suffixes: .system,
                send: { [self] mail in
                    try state.withLock { state in
                        guard state.refusals == 0 else {
                            state.refusals -= 1
                            throw Refused()
                        }
                        state.outbox.append(mail)
                    }
                },
                wasTaken: { [self] identifier in
                    state.withLock { $0.outbox.contains { $0.identifier == identifier } }
                },
                post: { [self] post in
                    state.withLock { state in
                        state.posts.append(post)
                        return state.answers.isEmpty
                            ? .status(204) : state.answers.removeFirst()
                    }
                },
                now: { [self] in now }, random: { [self] in state.withLock { $0.random.next() } },
                note: { [self] note in state.withLock { $0.notes.append(note) } }),
            documentOctets: documentOctets, mailOctets: mailOctets)
    }

    /// What authentication finds for a message from a client, by the table's DNS.
    func authenticate(
        _ client: String, from: String = "a@acme.example", mailFrom: String? = nil,
        header: String = ""
    ) async -> MessageAuthentication {
        let text = "\(header)From: \(from)\r\nSubject: x\r\n\r\nHello\r\n"
        return await MessageAuthenticator(lookup: Table(workshop: self), suffixes: .system)
            .authenticate(
                MessageAuthenticatorRequest(
                    message: RawMessage(Array(text.utf8), lineEnds: .asSent),
                    client: IPAddress(client), helo: "client.example", mailFrom: mailFrom ?? from,
                    recipients: ["b@receiver.example"], now: now))
    }

    /// The DNS.
    var lookup: any DNSLookup { Table(workshop: self) }

    private struct Table: DNSLookup {
        let workshop: ReportWorkshop

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            workshop.state.withLock { state in
                if state.failing.contains(name.text) { return DNSAnswer(.failure("SERVFAIL")) }
                guard type == .txt, let text = state.zone[name.text] else {
                    return DNSAnswer(.nameError)
                }
                let record = ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 60,
                    data: .txt([Array(text.utf8)]))
                return DNSAnswer(.records, records: [record])
            }
        }
    }
}

func reportDomain(_ text: String) throws -> DomainName { try #require(DomainName(text)) }

/// Random numbers that can be repeated.
struct ReportRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What our own reader finds in a mail or a file.
struct FoundReports: ReportVisitor {
    var aggregates: [(report: AggregateReport, records: [AggregateRecord])] = []
    var tls: [TLSReport] = []
    var refusals: [ReportRefusal] = []
    private var records: [AggregateRecord] = []

    init(_ octets: [UInt8]) throws {
        try ReportReader().read(octets, name: "mail.eml", into: &self)
    }

    mutating func begin(path: String) { records = [] }
    mutating func aggregateRecord(_ record: AggregateRecord) { records.append(record) }
    mutating func aggregateReport(_ report: AggregateReport) {
        aggregates.append((report, records))
    }
    mutating func tlsReport(_ report: TLSReport) { tls.append(report) }
    mutating func failureReport(_ report: FailureReport) {}
    mutating func refused(_ refusal: ReportRefusal) { refusals.append(refusal) }
}
