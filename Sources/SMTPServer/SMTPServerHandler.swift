internal import Identities
internal import Logging
internal import NIOCore
internal import NIOTLS
internal import SMTP

/// Drives one `SMTPServerSession` with the octets of one connection, asks the policy, and bounds
/// time and memory.
///
/// It reads only when it can use what comes: not while a policy thinks, a file is written, an error
/// is answered late, or the client does not take our replies.
final class SMTPServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where a connection is.
    enum Stage {
        /// A listed proxy must say whom it speaks for. Then `opening`.
        case proxyHeader
        /// The policy judges the connection. Then `greetingDelay`, `dialogue` or `closing`.
        case opening
        /// Who talks now is early. Then `dialogue` or `closing`.
        case greetingDelay
        /// Until `handshake` or `closing`.
        case dialogue
        /// After STARTTLS. Then `dialogue` or `closing`.
        case handshake
        /// The last reply is on its way.
        case closing
        case closed
    }

    /// Tells a handler that the listener takes its leave.
    struct Drain: Sendable {}

    let server: ListenerState
    var session: SMTPServerSession
    var context: ChannelHandlerContext?
    /// Under which the listener knows the connection.
    var identifier: ObjectIdentifier?
    var stage = Stage.opening
    /// The address at the other end of the socket.
    var peer = IPAddress(ipv4: 0)
    var client: ClientConnection
    var policy: (any ReceptionPolicy)?
    var place: ConnectionTable.Place?

    /// Octets not looked at yet.
    var input = ByteBuffer()
    /// The client will send nothing more.
    var isInputClosed = false
    /// The policy thinks.
    var isAsking = false
    /// Replies to an error wait.
    var isPaused = false
    /// A file is written.
    var isStoring = false
    var isProcessing = false
    var isDraining = false
    /// The client spoke before it was greeted.
    var isEarly = false
    /// A peer said whom it speaks for; it needs no greeting to know that it may talk.
    var isAfterXClient = false

    /// Octets of content that the process-wide budget was charged for.
    var charged = 0
    var writer: ContentWriter?
    /// Content came before the server said go on.
    var isContentEarly = false

    var timer: Scheduled<Void>?
    var timerAt = NIODeadline.distantFuture
    var deadline: NIODeadline?
    /// The client does not take our replies.
    var isWaitingToWrite = false
    /// When the content that comes now must be whole.
    var contentDeadline = NIODeadline.distantFuture
    /// Why the connection ends, for the record.
    var reason = "The client closed the connection."

    init(_ server: ListenerState) {
        self.server = server
        session = SMTPServerSession(SMTPServerOptions(hostName: server.configuration.hostName))
        client = ClientConnection(address: peer, port: 0, localPort: 0)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = buffer
        } else {
            input.writeBuffer(&buffer)
        }
        guard input.readableBytes <= Limits.waitingOctets else {
            finish("The client sent without waiting.")
            return
        }
        received()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readMore()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { process() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            process()
        case TLSUserEvent.handshakeCompleted:
            handshakeDone(context)
        case is Drain:
            drain()
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if stage == .handshake {
            server.count { $0.failedHandshakes += 1 }
            server.logger.info(
                "TLS handshake failed",
                metadata: ["client": "\(client.address)", "error": "\(error)"])
            reason = "The TLS handshake failed."
        } else {
            reason = "The connection broke."
        }
        stage = .closing
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    /// Sends what is to be sent and closes.
    func finish(_ reason: String) {
        guard stage != .closing, stage != .closed, let context else { return }
        self.reason = reason
        stage = .closing
        input.clear()
        isPaused = false
        let last = session.takeReplies()
        setDeadline(server.configuration.limits.writeTime)
        let closed: EventLoopFuture<Void>
        if last.isEmpty {
            closed = context.eventLoop.makeSucceededVoidFuture()
        } else {
            closed = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: last)))
        }
        closed.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func ended() {
        guard stage != .closed else { return }
        stage = .closed
        timer?.cancel()
        timer = nil
        deadline = nil
        if let place { server.table.leave(place) }
        place = nil
        // A message that the policy has in hand stays its own until it answers.
        if !isAsking { leave() }
    }

    /// The connection is closed, and the policy has nothing more in hand.
    func leave() {
        dropContent()
        policy?.closed(client, reason: reason)
        policy = nil
        if let identifier { server.remove(identifier) }
        identifier = nil
    }
}
