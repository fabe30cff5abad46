import NIOCore
import NIOPosix
import NIOSSL
import SMTP

/// The client's end of a connection, as a test drives it.
final class Wire {
    struct Closed: Error {}

    let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received: [UInt8] = []
    private var parser = SMTPReplyParser()
    /// The greeting has been read.
    var isGreeted = false
    /// Pieces in which octets arrived.
    private(set) var pieces = 0

    private init(
        _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.channel = channel
        self.inbound = inbound
    }

    /// Connects over loopback, and closes when the body is done.
    static func connect<Result>(
        _ port: Int, from address: String? = nil, host: String = "127.0.0.1",
        _ body: (Wire) async throws -> Result
    ) async throws -> Result {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let address {
            bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: address, port: 0))
        }
        let channel = try await bootstrap.connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, _ in
            try await body(Wire(channel.channel, inbound.makeAsyncIterator()))
        }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ octets: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
    }

    /// Writes without waiting until it is sent.
    func push(_ octets: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: octets), promise: nil)
    }

    /// The next reply; throws when the connection ends before it.
    func reply() async throws -> SMTPReply {
        while true {
            var consumed = 0
            let reply = try parser.parse(received, consumed: &consumed)
            received.removeFirst(consumed)
            if let reply { return reply }
            guard var piece = try? await inbound.next(isolation: #isolation) else { throw Closed() }
            pieces += 1
            received += piece.readBytes(length: piece.readableBytes) ?? []
        }
    }

    func replies(_ count: Int) async throws -> [Int] {
        var codes: [Int] = []
        for _ in 0..<count { codes.append(try await reply().code) }
        return codes
    }

    /// Sends one command and waits for its reply.
    @discardableResult
    func ask(_ line: String) async throws -> SMTPReply {
        try await send(line + "\r\n")
        return try await reply()
    }

    /// All replies until the server closes.
    func rest() async -> [Int] {
        var codes: [Int] = []
        while let reply = try? await reply() { codes.append(reply.code) }
        return codes
    }

    /// Greeting, EHLO, MAIL and RCPT.
    func begin(parameters: String = "") async throws {
        _ = try await reply()
        _ = try await ask("EHLO client.example")
        _ = try await ask("MAIL FROM:<a@client.example>\(parameters)")
        _ = try await ask("RCPT TO:<b@example.org>")
    }

    /// STARTTLS and the handshake.
    func startTLS(_ files: Certificates? = nil) async throws {
        _ = try await ask("STARTTLS")
        try await shakeHands(files)
    }

    func shakeHands(_ files: Certificates? = nil) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        if let files {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: files.key, format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let channel = channel
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: context, serverHostname: nil), position: .first)
        }.get()
    }

    /// The serial number of the certificate that the server showed.
    func serverCertificate() async throws -> NIOSSLCertificate? {
        let channel = channel
        return try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
                .peerCertificate
        }.get()
    }
}
