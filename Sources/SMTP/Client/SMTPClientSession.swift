/// A client's side of a conversation in SMTP, without I/O: octets and events go in, actions come
/// out (RFC 5321 §4).
///
/// States and what may follow: greeting → hello → (STARTTLS → securing → hello) → ready
/// → transaction → ready … → closed. After `.failed` or `.close` nothing follows.
public struct SMTPClientSession: Sendable {
    /// When to ask for TLS.
    public enum StartTLS: Sendable {
        case never
        case ifOffered
        case required
    }

    public struct Configuration: Sendable {
        /// The argument of EHLO: our name, or an address literal (RFC 5321 §4.1.1.1).
        public var hello: String
        public var startTLS: StartTLS
        public var usesPipelining: Bool
        public var usesChunking: Bool

        public init(
            hello: String, startTLS: StartTLS = .ifOffered, usesPipelining: Bool = true,
            usesChunking: Bool = true
        ) {
            self.hello = String(hello.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F })
            self.startTLS = startTLS
            self.usesPipelining = usesPipelining
            self.usesChunking = usesChunking
        }
    }

    /// What the owner of the connection does next, in order.
    public enum Action: Hashable, Sendable {
        case write([UInt8])
        /// Begin the handshake, then call `secured`. No octet received so far belongs to it.
        case startTLS
        /// A transaction may begin.
        case ready
        /// Send the content, then call `contentSent`; stop when `.close` comes first.
        case content(ContentFraming)
        case finished(SMTPTransactionOutcome)
        /// No transaction was possible at all. Close the connection.
        case failed(SMTPClientFailure)
        /// Close the connection; nobody minds.
        case close
    }

    /// What a reply answers.
    enum Awaited: Hashable, Sendable {
        case greeting, hello, plainHello, startTLS, mail
        case recipient(Int)
        case data, content
        /// The dot that ends DATA without recipients (RFC 2920 §3.1).
        case emptyContent
        case reset, quit
    }

    public let configuration: Configuration
    /// As the last EHLO told them.
    public internal(set) var extensions = ServerExtensions()
    /// The name in the answer to EHLO or HELO.
    public internal(set) var serverName: String?
    /// The answer to STARTTLS when it was no, and plain text went on.
    public internal(set) var startTLSRefusal: SMTPReply?
    public internal(set) var isSecured = false
    /// Whether the server is proved to be the one that was meant.
    public internal(set) var isAuthenticated = false

    /// Replies that have come, to tell one wait from the next.
    public private(set) var repliesTaken = 0

    var parser = SMTPReplyParser()
    /// Replies that are due; those before `answered` have come.
    var awaited: [Awaited] = [.greeting]
    var answered = 0
    var isSecuring = false
    var isOpen = false
    var isClosed = false
    var progress: TransactionProgress?
    /// Waits for the reply to RSET where commands go one by one.
    var deferred: SMTPTransaction?

    public init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Whether `begin` may be called.
    public var isReady: Bool { isOpen && !isClosed && progress == nil && deferred == nil }

    /// What the server owes us a reply to; nil when nothing.
    public var awaitedStage: SMTPStage? {
        if isSecuring { return .handshake }
        guard let next else { return nil }
        switch next {
        case .greeting: return .greeting
        case .hello, .plainHello: return .hello
        case .startTLS: return .startTLS
        case .mail: return .mail
        case .recipient: return .recipient
        case .data: return .data
        case .content, .emptyContent: return .content
        case .reset, .quit: return .reset
        }
    }

    /// Whether all of a message's content has gone out and its reply is due.
    public var isAwaitingVerdict: Bool { progress?.content == .sent }

    /// Takes what the server sent.
    public mutating func receive(_ octets: UnsafeRawBufferPointer) -> [Action] {
        var actions: [Action] = []
        var rest = octets[...]
        while !rest.isEmpty, !isClosed {
            guard !isSecuring else {
                end(.injection, nil, &actions)
                break
            }
            var consumed = 0
            do throws(SMTPReplyParser.Fault) {
                guard let reply = try parser.parse(rest, consumed: &consumed) else { break }
                rest = rest.dropFirst(consumed)
                take(reply, &actions)
            } catch {
                end(.notAReply(error), nil, &actions)
            }
        }
        return actions
    }

    /// The handshake has ended well: the conversation begins anew, and nothing learnt before counts
    /// (RFC 3207 §4.2).
    public mutating func secured(isAuthenticated: Bool) -> [Action] {
        guard isSecuring, !isClosed else { return [] }
        isSecuring = false
        isSecured = true
        self.isAuthenticated = isAuthenticated
        extensions = ServerExtensions()
        serverName = nil
        var actions: [Action] = []
        send("EHLO \(configuration.hello)", .hello, &actions)
        return actions
    }

    /// The connection is gone.
    public mutating func closed() -> [Action] { end(.closed) }

    /// A reply took too long.
    public mutating func timedOut() -> [Action] { end(.timeout) }

    /// We are to stop.
    public mutating func cancel() -> [Action] { end(.cancelled) }

    /// Says goodbye, when nothing else is due.
    public mutating func quit() -> [Action] {
        guard isReady else { return end(.cancelled) }
        isOpen = false
        var actions: [Action] = []
        send("QUIT", .quit, &actions)
        return actions
    }

    private mutating func end(_ reason: SMTPClientFailure.Reason) -> [Action] {
        var actions: [Action] = []
        end(reason, nil, &actions)
        return actions
    }

    /// Ends everything: what is under way fails.
    mutating func end(
        _ reason: SMTPClientFailure.Reason, _ reply: SMTPReply?, _ actions: inout [Action]
    ) {
        guard !isClosed else { return }
        let failure = SMTPClientFailure(awaitedStage ?? .mail, reason, reply: reply)
        if let progress {
            actions.append(.finished(progress.outcome(endedBy: failure)))
            actions.append(.close)
        } else if let deferred {
            let count = deferred.envelope.recipients.count
            actions.append(
                .finished(
                    SMTPTransactionOutcome(
                        recipients: Array(repeating: .failed(failure), count: count))))
            actions.append(.close)
        } else {
            let isBeforeReady = !isOpen && next != .quit
            actions.append(isBeforeReady ? .failed(failure) : .close)
        }
        progress = nil
        deferred = nil
        isClosed = true
    }

    var next: Awaited? { answered < awaited.count ? awaited[answered] : nil }

    mutating func expect(_ reply: Awaited) {
        if answered == awaited.count {
            awaited.removeAll(keepingCapacity: true)
            answered = 0
        }
        awaited.append(reply)
    }

    mutating func send(_ line: String, _ reply: Awaited, _ actions: inout [Action]) {
        var commands = CommandRendering()
        commands.line(line)
        actions.append(.write(commands.octets))
        expect(reply)
    }

    private mutating func take(_ reply: SMTPReply, _ actions: inout [Action]) {
        repliesTaken &+= 1
        guard let next else {
            // Nothing is due: 421 says goodbye, and everything else would be taken for the answer
            // to the next command.
            end(.unexpectedReply, reply, &actions)
            return
        }
        switch next {
        case .greeting, .hello, .plainHello, .startTLS: takeOpening(reply, next, &actions)
        case .quit:
            answered += 1
            isClosed = true
            actions.append(.close)
        case .reset:
            guard reply.isPositive else { return end(.refused, reply, &actions) }
            answered += 1
            if let deferred, answered == awaited.count {
                self.deferred = nil
                start(deferred, &actions)
            }
        default: takeInTransaction(reply, next, &actions)
        }
    }
}
