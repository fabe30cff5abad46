internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
internal import SMTP

/// Lets an `SMTPClientSession` talk over a connection: feeds it, does what it says, keeps the time.
final class ConversationHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where an opening connection stands.
    enum Opened: Sendable {
        case ready(Facts)
        /// The handshake is done, and the server's certificates wait to be judged.
        case secured(Handshake)
        case failed(SMTPClientFailure, String?)
    }

    /// What the session has learnt of the server.
    struct Facts: Sendable {
        var serverName: String?
        var extensions: ServerExtensions
        var startTLSRefusal: SMTPReply?
    }

    struct Handshake: Sendable {
        var version: String
        var cipher: String
        /// Encoded, the server's own first.
        var chain: [[UInt8]]
    }

    /// What is needed to begin TLS.
    struct TLSStart: Sendable {
        var context: NIOSSLContext
        /// For SNI; nil for an address.
        var serverName: String?
    }

    private var session: SMTPClientSession
    private let tls: TLSStart?
    private let clock: StageClock
    private var context: ChannelHandlerContext?
    private var opening: EventLoopPromise<Opened>?
    private var securedOpening: EventLoopPromise<Opened>?
    private var job: DeliveryJob?
    private var observer: CipherObserver?
    private var chain: [[UInt8]] = []
    private var tlsError: String?
    private var idleSince: NIODeadline = .distantPast

    init(
        _ session: SMTPClientSession, tls: TLSStart?, timeouts: DeliveryTimeouts,
        idleTime: Duration, opened: EventLoopPromise<Opened>
    ) {
        self.session = session
        self.tls = tls
        clock = StageClock(timeouts, idleTime: idleTime)
        opening = opened
    }

    // MARK: What the connection's owner asks for, on its event loop

    /// The server's certificates were judged: EHLO again.
    func proceed(isAuthenticated: Bool, _ promise: EventLoopPromise<Opened>) {
        guard let context, opening == nil, securedOpening == nil else {
            promise.succeed(.failed(SMTPClientFailure(.handshake, .closed), tlsError))
            return
        }
        securedOpening = promise
        perform(session.secured(isAuthenticated: isAuthenticated), context)
    }

    /// Begins a transaction. When the connection is gone the job ends without having begun.
    func start(_ job: DeliveryJob) {
        guard let context, self.job == nil, session.isReady else {
            job.end(.notBegun)
            return
        }
        var transaction = job.transaction
        if !clock.isFresh(idleSince, within: job.contentAheadTime, now: context.eventLoop.now) {
            transaction.allowsContentAhead = false
        }
        self.job = job
        clock.beginTransaction(now: context.eventLoop.now)
        perform(session.begin(transaction), context)
    }

    /// Ends whatever goes on, at once.
    func cancel() {
        guard let context else { return }
        perform(session.cancel(), context)
    }

    /// Says goodbye, when nothing goes on.
    func quit() {
        guard let context, job == nil else { return }
        perform(session.quit(), context)
    }

    // MARK: What the connection tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelActive(context: ChannelHandlerContext) {
        keepTime(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let octets = unwrapInboundIn(data)
        perform(octets.withUnsafeReadableBytes { session.receive($0) }, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, let opening {
            self.opening = nil
            clock.stop()
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
            opening.succeed(
                .secured(
                    Handshake(
                        version: Self.words(handler?.tlsVersion),
                        cipher: observer?.cipher ?? "unknown", chain: chain)))
            if let observer {
                context.pipeline.syncOperations.removeHandler(observer, promise: nil)
            }
            observer = nil
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOSSLError || error is BoringSSLError { tlsError = "\(error)" }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(session.closed(), context)
        end()
    }

    // MARK: Doing what the session says

    private func perform(_ actions: [SMTPClientSession.Action], _ context: ChannelHandlerContext) {
        var outcome: SMTPTransactionOutcome?
        var isClosing = false
        for action in actions {
            switch action {
            case .write(let octets):
                context.write(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
            case .startTLS: startTLS(context)
            case .ready: opened(.ready(facts))
            case .content: sendContent(context)
            case .finished(let result): outcome = result
            case .failed(let failure):
                opened(.failed(failure, tlsError))
                isClosing = true
            case .close: isClosing = true
            }
        }
        if let outcome, let job {
            self.job = nil
            idleSince = context.eventLoop.now
            clock.endTransaction()
            job.end(.ended(outcome, isReusable: !isClosing && session.isReady))
        }
        if isClosing {
            context.close(promise: nil)
        } else if !actions.isEmpty {
            context.flush()
        }
        keepTime(context)
    }

    private var facts: Facts {
        Facts(
            serverName: session.serverName, extensions: session.extensions,
            startTLSRefusal: session.startTLSRefusal)
    }

    private func opened(_ result: Opened) {
        if case .ready = result, let context { idleSince = context.eventLoop.now }
        (securedOpening ?? opening)?.succeed(result)
        (securedOpening, opening) = (nil, nil)
    }

    private func end() {
        guard context != nil else { return }
        context = nil
        clock.stop()
        opened(.failed(SMTPClientFailure(.greeting, .closed), tlsError))
        job?.end(.notBegun)
        job = nil
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        do {
            guard let tls else { throw NIOSSLError.failedToLoadCertificate }
            let handler = try NIOSSLClientHandler(
                context: tls.context, serverHostname: tls.serverName,
                customVerificationCallback: { [self] chain, promise in
                    self.chain = chain.map { (try? $0.toDERBytes()) ?? [] }
                    promise.succeed(.certificateVerified)
                })
            let observer = CipherObserver()
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(handler, position: .first)
            try pipeline.addHandler(observer, position: .first)
            self.observer = observer
        } catch {
            tlsError = "\(error)"
            context.close(promise: nil)
        }
    }

    // MARK: Content

    private func sendContent(_ context: ChannelHandlerContext) {
        guard let job else { return }
        switch job.content {
        case .none: break
        case .whole(let buffer):
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { [self] in
                session.contentSent()
                keepTime(context)
            }
            context.write(wrapOutboundOut(buffer), promise: written)
        case .streamed(let feed): sendPiece(feed, of: job.number, context)
        }
    }

    /// Reads a piece on another thread, writes it, and goes on when the network has taken it.
    private func sendPiece(_ feed: ContentFeed, of number: Int, _ context: ChannelHandlerContext) {
        let piece = job?.threads.runIfActive(eventLoop: context.eventLoop) {
            var feed = feed
            return (try feed.next(), feed)
        }
        piece?.assumeIsolated().whenComplete { [self] result in
            guard job?.number == number, self.context != nil else { return }
            guard case .success((let buffer, let feed)) = result else {
                perform(session.contentFailed(), context)
                return
            }
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { [self] in
                guard job?.number == number else { return }
                clock.progressed()
                if feed.isAtEnd {
                    session.contentSent()
                    keepTime(context)
                } else {
                    sendPiece(feed, of: number, context)
                }
            }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
            keepTime(context)
        }
    }

    // MARK: Time

    private func keepTime(_ context: ChannelHandlerContext) {
        guard self.context != nil else { return }
        clock.keep(session, on: context.eventLoop) { [self] in
            if session.awaitedStage == nil, session.isReady {
                quit()
            } else {
                perform(session.timedOut(), context)
            }
        }
    }

    private static func words(_ version: TLSVersion?) -> String {
        switch version {
        case .tlsv13: "TLSv1.3"
        case .tlsv12: "TLSv1.2"
        case .tlsv11: "TLSv1.1"
        case .tlsv1: "TLSv1"
        default: "unknown"
        }
    }
}
