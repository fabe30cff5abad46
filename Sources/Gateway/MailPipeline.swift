import Identities
public import MailAuthentication
public import SMTP
public import SMTPServer
public import Spool

/// The walk of one message, from its last octet to our answer: parse, authenticate, decide, record
/// and enqueue, and only then reply.
///
/// The verdict comes before the 250, so that a refusal is the client's to tell its sender and we
/// send nothing to forged addresses. What fails inside us is 451, and what takes too long is held:
/// nothing passes unchecked, and nothing that was answered with 250 can be lost.
public struct MailPipeline: Sendable {
    /// Where a walk's results go. The rooms are joined by closures.
    public struct Outlets: Sendable {
        /// Tells the deliverer of a message that is now in the spool.
        public var accepted: @Sendable (SpoolMessage) -> Void = { _ in }
        /// Keeps the record of a message that was refused; those accepted have theirs in the spool.
        public var refused: @Sendable (MessageRecord) -> Void = { _ in }
        /// Tells the writer of DMARC reports what was seen.
        public var observed: @Sendable (ReceivedMessage, MessageAuthentication, Decision) -> Void =
            { _, _, _ in }
        /// Takes a mail with reports and what authentication found out about it, nil where it was
        /// not made or took too long; when it returns, the reports are durable.
        public var report:
            @Sendable (ReceivedMessage, MessageAuthentication?) async throws -> Void = { _, _ in
                throw CancellationError()
            }

        public init() {}
    }

    let options: GatewayOptions
    let authenticator: MessageAuthenticator
    let spool: Spool
    let outlets: Outlets
    let identifiers: @Sendable () -> QueueIdentifier
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    private let judge: AuthenticationJudge
    private let stamp: VerdictStamp
    private let finisher: MessageFinisher
    private let counters: GatewayCounters

    public init(
        options: GatewayOptions, authenticator: MessageAuthenticator, spool: Spool,
        secret: [UInt8], outlets: Outlets, counters: GatewayCounters,
        identifiers: @escaping @Sendable () -> QueueIdentifier,
        now: @escaping @Sendable () -> Int64
    ) {
        self.options = options
        self.authenticator = authenticator
        self.spool = spool
        self.outlets = outlets
        self.identifiers = identifiers
        self.now = now
        self.counters = counters
        judge = AuthenticationJudge(options: options.judge)
        stamp = VerdictStamp(secret: secret)
        finisher = MessageFinisher(
            options: options, forged: ForgedFields(authservID: options.authservID, stamp: stamp))
    }

    /// Takes a message, or refuses it.
    public func accept(_ received: ReceivedMessage, role: ListenerRole) async -> SMTPReply {
        let started = now()
        let id = identifiers()
        guard let parsed = ParsedContent(received.content) else {
            counters.count(.defer)
            return Self.failure("the message could not be read")
        }
        let (authentication, decision) = await judgement(of: received, parsed.message, role)
        let checked = now()
        if let authentication { outlets.observed(received, authentication, decision) }
        var record = MessageRecord(
            received, parsed.message, authentication, decision, id: id, role: role,
            durations: RecordedDurations(
                authenticate: Int(checked - started), total: Int(now() - started)),
            at: started)
        if isOwn(received, role), record.identities.organizational == nil {
            record.identities.organizational = record.header.authorDomain.flatMap {
                options.ownIdentity(ofAuthor: $0)
            }
        }
        switch decision.disposition {
        case .reject, .defer: return refuse(record, parsed)
        case .deliver, .hold:
            return await enqueue(received, parsed, authentication, record, role)
        }
    }

    private func refuse(_ record: MessageRecord, _ parsed: ParsedContent) -> SMTPReply {
        counters.count(record.decision.disposition)
        outlets.refused(record)
        parsed.discard()
        return Self.refusal(record.decision, record.id)
    }

    /// Takes a mail with reports to `ReportConsumer`: 250 means that they are in its store.
    func acceptReport(_ received: ReceivedMessage) async -> SMTPReply {
        guard let parsed = ParsedContent(received.content) else {
            counters.count(.defer)
            return Self.failure("the report could not be read")
        }
        let found = await authentication(of: received, parsed.message)
        do {
            try await outlets.report(received, found)
        } catch {
            counters.count(.defer)
            return Self.failure("the report could not be stored")
        }
        counters.countReport()
        return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Ok: the report is stored")
    }

    // MARK: Authenticate and decide

    /// Whether our own people or machines sent it, known by their network.
    private func isOwn(_ received: ReceivedMessage, _ role: ListenerRole) -> Bool {
        role == .internal || options.isOwnNetwork(received.client.address)
    }

    private func judgement(
        of received: ReceivedMessage, _ message: RawMessage, _ role: ListenerRole
    ) async -> (MessageAuthentication?, Decision) {
        let hops = message.fields.count { $0.isNamed("Received") }
        guard hops <= Limits.receivedFields else {
            return (
                nil,
                Decision(
                    .reject, .mailLoop,
                    "The message has passed \(hops) servers already; it goes round in a circle.")
            )
        }
        if isOwn(received, role), !options.checksOwnNetworks {
            return (
                nil, Decision(.deliver, .ownNetwork, "It comes from one of your own networks.")
            )
        }
        guard let found = await authentication(of: received, message) else {
            return (
                nil,
                Decision(
                    .hold, .overran,
                    "The checks took longer than \(options.deadline.components.seconds) seconds. "
                        + "The mail is kept until somebody looks at it.")
            )
        }
        return (found, judge.decide(found, message))
    }

    /// Nil when it takes longer than it may.
    private func authentication(
        of received: ReceivedMessage, _ message: RawMessage
    ) async -> MessageAuthentication? {
        let request = MessageAuthenticatorRequest(
            message: message, client: received.client.address, helo: received.client.helo ?? "",
            mailFrom: received.envelope.reversePath.description,
            recipients: received.envelope.recipients.map(\.path.description),
            receiver: options.hostName.text, now: received.receivedAt)
        let authenticator = authenticator
        return await Deadline.run(options.deadline) { await authenticator.authenticate(request) }
    }

    // MARK: Finish, record and enqueue

    private func enqueue(
        _ received: ReceivedMessage, _ parsed: ParsedContent,
        _ authentication: MessageAuthentication?, _ record: MessageRecord, _ role: ListenerRole
    ) async -> SMTPReply {
        var record = record
        let judged = MessageFinisher.Judged(
            received: received, content: parsed, authentication: authentication,
            isOwn: isOwn(received, role),
            prefix: prefix(received, authentication, record))
        var leaving: LeavingMessage
        switch await finisher.finish(judged, now: now() / 1_000) {
        case .leaving(let message): leaving = message
        case .failed:
            counters.count(.defer)
            return Self.failure("the message could not be stored")
        case .defer(let reason):
            record.decision = Decision(.defer, [reason] + record.decision.reasons)
            return refuse(record, parsed)
        }
        record.acts = leaving.acts
        if let reason = leaving.holdReason {
            record.decision = Decision(.hold, [reason] + record.decision.reasons)
            // The verdict says so too; nothing is signed that it could break.
            leaving.prefix = prefix(received, authentication, record)
        }
        return await keep(leaving, received, record)
    }

    /// The fields that we put before a message.
    private func prefix(
        _ received: ReceivedMessage, _ authentication: MessageAuthentication?,
        _ record: MessageRecord
    ) -> [UInt8] {
        TraceFields(hostName: options.hostName, stamp: stamp).render(
            received, id: record.id,
            results: authentication?.authenticationResults(authservID: options.authservID),
            record.decision, now: received.receivedAt)
    }

    private func keep(
        _ leaving: LeavingMessage, _ received: ReceivedMessage, _ record: MessageRecord
    ) async -> SMTPReply {
        let decision = record.decision
        let message = SpoolMessage(
            id: record.id, receivedAt: record.receivedAt, envelope: received.envelope,
            record: record.encoded(),
            disposition: decision.disposition == .hold
                ? .hold(reason: decision.reasons[0].sentence) : .deliver,
            prefix: leaving.prefix, content: leaving.content, routing: "")
        do {
            try await spool.accept(message)
        } catch {
            counters.count(.defer)
            if case .full = error {
                return SMTPReply(452, EnhancedStatusCode(4, 3, 1), "No room left; try later")
            }
            return Self.failure("it could not be stored")
        }
        // From here on the message is ours, whatever happens.
        counters.count(decision.disposition)
        outlets.accepted(message)
        return SMTPReply(250, EnhancedStatusCode(2, 0, 0), "Ok: kept as \(record.id)")
    }

    // MARK: Replies

    /// The sentence that decided, and our name for the message; no detail of our insides.
    static func refusal(_ decision: Decision, _ id: QueueIdentifier) -> SMTPReply {
        let reason = decision.reasons.first
        let isTemporary = decision.disposition == .defer
        var status = reason?.code.status ?? EnhancedStatusCode(5, 7, 1)
        if isTemporary, status.status != 4 {
            status = EnhancedStatusCode(4, status.subject, status.detail)
        }
        return SMTPReply(
            isTemporary ? 451 : 550, status,
            "\(reason?.sentence ?? "Refused.") (\(id))")
    }

    static func failure(_ what: String) -> SMTPReply {
        SMTPReply(
            451, EnhancedStatusCode(4, 3, 0), "Something failed here, \(what); try again later")
    }
}
