internal import Glibc
internal import Identities
internal import NIOCore
internal import NIOPosix
internal import SMTP
internal import Synchronization

/// Opens a connection to one target: TCP, greeting, EHLO, and TLS as far as the target wants it.
struct ConnectionOpening: Sendable {
    /// No connection came about.
    struct Failed: Error {
        var failure: DeliveryFailure
        var facts: ConnectionFacts
        /// TLS broke in a way that plain text would not.
        var isTLSBroken = false
    }

    let target: DeliveryTarget
    let options: SMTPClientOptions
    let group: any EventLoopGroup
    let material: TLSMaterial
    /// Seconds since 1970.
    let now: Int64

    func open() async throws(Failed) -> ServerConnection {
        do throws(Failed) {
            return try await attempt(usesTLS: target.tls != .never, ConnectionFacts())
        } catch {
            // RFC 7435 §3: where opportunistic TLS does not work, plain text does, over a new
            // connection.
            guard error.isTLSBroken, target.tls == .opportunistic, !Task.isCancelled else {
                throw error
            }
            var facts = ConnectionFacts()
            facts.tlsFailure = error.failure.tlsFailure
            facts.tlsFailureText = error.failure.text
            return try await attempt(usesTLS: false, facts)
        }
    }

    private func attempt(
        usesTLS: Bool, _ facts: ConnectionFacts
    ) async throws(Failed) -> ServerConnection {
        var facts = facts
        let start = try usesTLS ? tlsStart(facts) : nil
        let loop = group.next()
        let opened = loop.makePromise(of: ConversationHandler.Opened.self)
        let conversation = try await connect(start, loop, opened, facts)
        facts.source = conversation.channel.localAddress?.ipAddress.flatMap { IPAddress($0) }
        var state = await conversation.wait(opened)
        if case .secured(let handshake) = state {
            let verdict = await examine(handshake)
            facts.tls = ConnectionFacts.TLS(
                version: handshake.version, cipher: handshake.cipher,
                verification: verdict.verification)
            if isProofRequired, let failure = verdict.failure {
                facts.tlsFailure = failure
                facts.tlsFailureText = verdict.text
                conversation.channel.close(promise: nil)
                throw Failed(
                    failure: DeliveryFailure(
                        failure, stage: .handshake, verdict.text ?? failure.rawValue),
                    facts: facts)
            }
            state = await conversation.proceed(isAuthenticated: isProofRequired)
        }
        switch state {
        case .ready(let learnt):
            add(learnt, to: &facts, usesTLS: usesTLS)
            return ServerConnection(conversation.channel, conversation.handler, facts, options)
        case .failed(let failure, let tlsError): throw failed(failure, tlsError, facts)
        case .secured: throw failed(SMTPClientFailure(.handshake, .closed), nil, facts)
        }
    }

    private func tlsStart(
        _ facts: ConnectionFacts
    ) throws(Failed) -> ConversationHandler.TLSStart {
        do {
            return ConversationHandler.TLSStart(
                context: try material.context(target.clientCertificate),
                serverName: IPAddress(target.name) == nil ? DomainName(target.name)?.text : nil)
        } catch {
            throw Failed(failure: DeliveryFailure(local: "\(error)"), facts: facts)
        }
    }

    private func connect(
        _ start: ConversationHandler.TLSStart?, _ loop: any EventLoop,
        _ opened: EventLoopPromise<ConversationHandler.Opened>, _ facts: ConnectionFacts
    ) async throws(Failed) -> Conversation {
        let session = SMTPClientSession(
            SMTPClientSession.Configuration(
                hello: options.hostName,
                startTLS: start == nil ? .never : isTLSRequired ? .required : .ifOffered,
                usesPipelining: options.usesPipelining, usesChunking: options.usesChunking))
        let opening = OpeningChannel()
        do {
            var bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(TimeAmount(options.timeouts.connect))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { [options] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = ConversationHandler(
                            session, tls: start, timeouts: options.timeouts,
                            idleTime: options.idleTime, opened: opened)
                        try channel.pipeline.syncOperations.addHandler(handler)
                        opening.began(
                            channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                    }
                }
            if let source = target.source {
                bootstrap = bootstrap.bind(
                    to: try SocketAddress(ipAddress: source.description, port: 0))
            }
            let address = try SocketAddress(
                ipAddress: target.address.description, port: target.port)
            let connecting = bootstrap.connect(to: address)
            let channel = try await withTaskCancellationHandler {
                try await connecting.get()
            } onCancel: {
                opening.close()
            }
            guard let handler = opening.handler else { throw ChannelError.ioOnClosedChannel }
            return Conversation(channel: channel, handler: handler)
        } catch {
            opened.succeed(.failed(SMTPClientFailure(.connect, .closed), nil))
            let failure =
                Task.isCancelled ? .cancelled : DeliveryFailure.unreachable(Self.words(error))
            throw Failed(failure: failure, facts: facts)
        }
    }

    private var isTLSRequired: Bool {
        switch target.tls {
        case .never, .opportunistic: false
        case .encrypted, .verified, .dane: true
        }
    }

    /// Whether a certificate that proves nothing ends it.
    private var isProofRequired: Bool {
        switch target.tls {
        case .never, .opportunistic, .encrypted: false
        case .verified: true
        case .dane(let records, _): records.prefix(Limits.associations).contains(where: \.isUsable)
        }
    }

    private func examine(
        _ handshake: ConversationHandler.Handshake
    ) async -> CertificateExamination.Verdict {
        do {
            let examination = CertificateExamination(roots: try material.trustRoots(), now: now)
            switch target.tls {
            case .dane(let records, let names) where isProofRequired:
                return await examination.examine(handshake.chain, records: records, names: names)
            case .verified(let names), .dane(_, let names):
                return await examination.examine(handshake.chain, names: names)
            case .never, .opportunistic, .encrypted:
                return await examination.examine(handshake.chain, names: [target.name])
            }
        } catch {
            return CertificateExamination.Verdict(.certificateNotTrusted, "\(error)")
        }
    }

    private func add(
        _ learnt: ConversationHandler.Facts, to facts: inout ConnectionFacts, usesTLS: Bool
    ) {
        facts.serverName = learnt.serverName
        facts.extensions = learnt.extensions
        guard usesTLS, facts.tls == nil else { return }
        facts.tlsFailure = .startTLSNotSupported
        facts.tlsFailureText =
            learnt.startTLSRefusal.map { "The server refused STARTTLS: \($0)" }
            ?? "The server does not offer STARTTLS."
    }

    private func failed(
        _ failure: SMTPClientFailure, _ tlsError: String?, _ facts: ConnectionFacts
    ) -> Failed {
        var facts = facts
        if Task.isCancelled { return Failed(failure: .cancelled, facts: facts) }
        let isSecuring = failure.stage == .handshake && failure.reason != .cancelled
        // A server that refuses our certificate says so behind the handshake (RFC 8446 §4.4.2.4).
        if isSecuring || tlsError != nil {
            facts.tlsFailure = .validationFailure
            facts.tlsFailureText = "The TLS handshake failed: \(tlsError ?? failure.text)"
            return Failed(
                failure: DeliveryFailure(
                    .validationFailure, stage: .handshake, facts.tlsFailureText ?? ""),
                facts: facts, isTLSBroken: true)
        }
        if failure.stage == .startTLS, isTLSRequired {
            facts.tlsFailure = .startTLSNotSupported
            facts.tlsFailureText = failure.text
        }
        return Failed(
            failure: DeliveryFailure(failure, tlsFailure: facts.tlsFailure), facts: facts)
    }

    /// `Connection refused` of an error that also tells the call.
    private static func words(_ error: any Error) -> String {
        let first = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        let text = (first as? IOError).map { String(cString: strerror($0.errnoCode)) }
        return "No connection: \(text ?? "\(first)")"
    }
}

/// The channel while it is being opened, so that it can be closed meanwhile.
private final class OpeningChannel: Sendable {
    private struct State {
        var channel: (any Channel)?
        var handler: NIOLoopBound<ConversationHandler>?
        var isClosed = false
    }

    private let state = Mutex(State())

    var handler: NIOLoopBound<ConversationHandler>? { state.withLock { $0.handler } }

    func began(_ channel: any Channel, _ handler: NIOLoopBound<ConversationHandler>) {
        let isClosed = state.withLock { state in
            state.channel = channel
            state.handler = handler
            return state.isClosed
        }
        if isClosed { channel.close(promise: nil) }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            return state.channel
        }?.close(promise: nil)
    }
}

/// A channel with its handler, until it is a `ServerConnection`.
private struct Conversation: Sendable {
    let channel: any Channel
    let handler: NIOLoopBound<ConversationHandler>

    func wait(
        _ promise: EventLoopPromise<ConversationHandler.Opened>
    ) async -> ConversationHandler.Opened {
        await withTaskCancellationHandler {
            do {
                return try await promise.futureResult.get()
            } catch {
                return .failed(SMTPClientFailure(.greeting, .closed), nil)
            }
        } onCancel: {
            channel.eventLoop.execute { handler.value.cancel() }
        }
    }

    func proceed(isAuthenticated: Bool) async -> ConversationHandler.Opened {
        let promise = channel.eventLoop.makePromise(of: ConversationHandler.Opened.self)
        channel.eventLoop.execute {
            handler.value.proceed(isAuthenticated: isAuthenticated, promise)
        }
        return await wait(promise)
    }
}
