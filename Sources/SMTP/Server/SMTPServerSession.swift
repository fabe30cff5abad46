/// The server's side of one SMTP dialogue, without any input or output of its own (RFC 5321).
///
/// Octets go in by `advance`, in any chunking; what the outside has to decide or do comes out as an
/// action. Replies collect in `replies`, the decoded content in `content`, for the caller to take
/// when it suits. While an action waits for its answer no octet is used.
public struct SMTPServerSession: Sendable {
    /// What the caller has to do.
    public enum Action: Hashable, Sendable {
        /// May this client say this? `answer` goes on.
        case hello(String, isExtended: Bool)
        case mail(ReversePath, MailParameters)
        case recipient(EnvelopeRecipient)
        /// Content follows: `content` grows. DATA ends a group of commands, BDAT does not.
        case contentBegins(isChunked: Bool)
        /// The message is whole, its content taken from `content`: `answer` goes on.
        case message(Set<TransportDefect>)
        /// The content so far is of no use any more.
        case discarded
        /// Send the replies, then shake hands, then `secured`. Octets that come before are dropped.
        case startTLS
        /// A peer speaks for this client: `greet` goes on.
        case xclient(XClientAttributes)
        /// Send the replies after a while, then `resume`.
        case pause
        /// Send the replies and close.
        case close
    }

    enum State: Sendable {
        /// Nothing is said before `greet`.
        case greeting
        /// What follows: any command.
        case commands
        /// What follows: `answer`.
        case waiting(Question)
        /// What follows: `resume`.
        case paused
        /// After DATA: until CRLF "." CRLF.
        case data
        /// After BDAT: octets left of the chunk, and what is wrong with it.
        case chunk(left: Int, isLast: Bool, refusal: SMTPReply?)
        /// After STARTTLS: `secured`.
        case handshake
        case closed
    }

    enum Question: Sendable {
        case hello(isExtended: Bool)
        case mail(ReversePath, MailParameters)
        case recipient(EnvelopeRecipient)
        case message
    }

    let options: SMTPServerOptions
    var state = State.greeting
    /// A partial command line.
    var line: [UInt8] = []
    /// Octets passed over of a line too long.
    var overlong = 0

    var hasHello = false
    var isSecured = false
    var isDraining = false
    /// Nil outside a transaction.
    var transaction: Transaction?
    var errors = 0
    var idle = 0
    var messages = 0

    // Actions that come before the next octet is used.
    var needsDiscard = false
    var needsPause = false
    var needsClose = false

    /// Replies not yet taken, as they go on the wire.
    public internal(set) var replies: [UInt8] = []
    /// Content decoded and not yet taken.
    public internal(set) var content: [UInt8] = []

    public init(_ options: SMTPServerOptions) { self.options = options }

    /// The envelope so far; nil outside a transaction.
    public var envelope: Envelope? { transaction?.envelope }

    /// Whether content of a message is awaited.
    public var isInContent: Bool {
        switch state {
        case .data, .chunk: true
        default: false
        }
    }

    /// Whether a message has been begun and has no final reply yet.
    public var isInTransaction: Bool { transaction != nil }

    /// Octets of content so far, of the message that comes now.
    public var contentOctets: Int { transaction?.decoder.octets ?? 0 }

    /// Uses octets up to the next action. With nil all octets are used, or an answer is awaited.
    public mutating func advance(_ octets: Span<UInt8>, consumed: inout Int) -> Action? {
        consumed = 0
        while true {
            if let action = notice() { return action }
            switch state {
            case .greeting, .waiting, .paused, .closed: return nil
            case .handshake:
                // Whatever comes in plain text after STARTTLS was put there by somebody between.
                consumed = octets.count
                return nil
            case .commands:
                guard readLine(octets, &consumed) else {
                    if needsClose { continue }
                    return nil
                }
                let action = command()
                line.removeAll(keepingCapacity: true)
                if let action { return action }
            case .data:
                guard consumed < octets.count else { return nil }
                if let action = data(octets, &consumed) { return action }
            case .chunk(let left, let isLast, let refusal):
                guard left == 0 || consumed < octets.count else { return nil }
                if let action = chunk(octets, &consumed, left, isLast, refusal) { return action }
            }
        }
    }

    /// Begins the dialogue with 220, or ends it with another reply.
    ///
    /// - Parameter hasHello: A peer told the client's HELO name by XCLIENT.
    public mutating func greet(refusing refusal: SMTPReply? = nil, hasHello: Bool = false) {
        guard case .greeting = state else { return }
        if let refusal {
            write(refusal)
            needsClose = true
            return
        }
        write(options.greeting)
        self.hasHello = hasHello
        state = .commands
    }

    /// Goes on after `Action.pause`.
    public mutating func resume() {
        if case .paused = state { state = .commands }
    }

    /// The handshake is done: the dialogue starts anew, nothing said before counts
    /// (RFC 3207 §4.2).
    public mutating func secured() {
        guard case .handshake = state else { return }
        isSecured = true
        hasHello = false
        line = []
        state = .commands
    }

    /// The dialogue begins within TLS: a peer spoke for another client before.
    public mutating func startSecured() {
        if case .greeting = state { isSecured = true }
    }

    /// The replies so far; they are the caller's to send.
    public mutating func takeReplies() -> [UInt8] {
        defer { replies.removeAll(keepingCapacity: false) }
        return replies
    }

    /// The content so far; it is the caller's to keep.
    public mutating func takeContent() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &content)
        return taken
    }

    /// Says 421 as soon as no message is in progress (RFC 5321 §3.8).
    public mutating func drain() {
        isDraining = true
        if case .commands = state, transaction == nil, line.isEmpty { sayGoodbye() }
    }

    /// The client was silent too long.
    public mutating func timeOut() {
        end(Replies.timeout)
    }

    /// Content cannot be kept: the reply comes at its end, and until then it is passed over.
    public mutating func refuseContent(_ reply: SMTPReply) {
        transaction?.failure = reply
    }

    private mutating func notice() -> Action? {
        if needsDiscard {
            needsDiscard = false
            content = []
            return .discarded
        }
        if needsClose {
            needsClose = false
            needsPause = false
            state = .closed
            return .close
        }
        if needsPause {
            needsPause = false
            state = .paused
            return .pause
        }
        return nil
    }
}
