internal import Logging
internal import NIOCore
internal import NIOSSL
internal import SMTP

extension SMTPServerHandler {
    /// After the 220 to STARTTLS. What came in plain text behind the command was put there by
    /// somebody between (CVE-2011-0411): it is dropped, and never read as if it were secured.
    func startTLS() {
        guard let context, let tls = server.configuration.tls else { return }
        dropContent()
        if input.readableBytes > 0 {
            server.logger.warning(
                "Octets in plain text after STARTTLS were dropped",
                metadata: ["client": "\(client.address)", "octets": "\(input.readableBytes)"])
        }
        input.clear()
        let reply = session.takeReplies()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: reply)), promise: nil)
        stage = .handshake
        client.helo = nil
        client.isExtended = false
        setDeadline(server.configuration.limits.handshakeTime)
        do {
            try context.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: tls.context), position: .first)
            // Nearer to the wire than TLS: it sees what goes out.
            try context.pipeline.syncOperations.addHandler(CipherObserver(), position: .first)
        } catch {
            finish("TLS cannot begin: \(error)")
            return
        }
        readMore()
    }

    func handshakeDone(_ context: ChannelHandlerContext) {
        guard stage == .handshake else { return }
        server.count { $0.handshakes += 1 }
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let version =
            switch handler?.tlsVersion {
            case .tlsv13: "TLSv1.3"
            case .tlsv12: "TLSv1.2"
            default: "TLS"
            }
        let observer = try? context.pipeline.syncOperations.handler(type: CipherObserver.self)
        client.tls = TLSFacts(
            version: version, cipher: observer?.cipher ?? "",
            clientCertificateName: handler?.peerCertificate.flatMap(Self.name))
        if let observer { context.pipeline.syncOperations.removeHandler(observer, promise: nil) }
        session.secured()
        stage = .dialogue
        awaitCommand()
        process()
    }

    /// The host that a certificate is for, or whose it is.
    private static func name(_ certificate: NIOSSLCertificate) -> String? {
        let host = certificate._subjectAlternativeNames().first { $0.nameType == .dnsName }
        let text =
            host.map { String(decoding: $0.contents, as: UTF8.self) }
            ?? certificate.subjectName.last { $0.type == .commonName }?.value
        guard let text, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        return String(text.prefix(Limits.certificateNameOctets))
    }
}
