import Identities
import NIOCore
import NIOSSL
import SMTP
import SMTPClient
import Synchronization
import Testing

@Suite struct TLSTests {
    private let authority: TestAuthority
    private let issued: TestAuthority.Issued

    private static let certificate = Result {
        try TestAuthority.shared.get().issue("DNS:mx.to.example")
    }

    init() throws {
        authority = try TestAuthority.shared.get()
        issued = try Self.certificate.get()
    }

    private func client(now: Int64 = Samples.now) -> SMTPClient {
        var options = Samples.options()
        options.trustRoots = .file(authority.root.file)
        return Samples.client(options, now: now)
    }

    @Test func `opportunistic takes any certificate, and tells what it proved`() async throws {
        let server = try await FakeServer(.securedMessages(authority.server(issued)))
        let client = client()
        let target = Samples.target(server.port, .opportunistic)
        let result = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(result) == "delivered 250")
        let tls = try #require(result.connection.tls)
        #expect(tls.version == "TLSv1.3")
        #expect(tls.cipher.hasPrefix("TLS_"))
        #expect(tls.verification == .verified(name: "mx.to.example"))
        #expect(result.connection.tlsFailure == nil)
        var other = target
        other.name = "mx.other.example"
        let second = await client.deliver(Samples.message(), to: other)
        #expect(Samples.words(second) == "delivered 250")
        #expect(second.connection.tls?.verification == .unproven(.certificateHostMismatch))
        #expect(second.connection.tls?.verification.isAuthenticated == false)
        #expect(second.connection.tlsFailure == nil)
        await client.shutDown()
    }

    @Test func `TLS 1.2 is good enough, and its cipher has a name`() async throws {
        let tls = try authority.server(issued) { $0.maximumTLSVersion = .tlsv12 }
        let server = try await FakeServer(.securedMessages(tls))
        let client = client()
        for _ in 0..<2 {
            let result = await client.deliver(
                Samples.message(), to: Samples.target(server.port, .encrypted))
            #expect(Samples.words(result) == "delivered 250")
            #expect(result.connection.tls?.version == "TLSv1.2")
            #expect(result.connection.tls?.cipher.hasPrefix("TLS_ECDHE_ECDSA_") == true)
        }
        #expect(server.connections == 1)
        await client.shutDown()
    }

    @Test func `lower versions are no TLS: plain text if that may be, nothing otherwise`()
        async throws
    {
        let tls = try authority.server(issued) {
            $0.minimumTLSVersion = .tlsv1
            $0.maximumTLSVersion = .tlsv11
        }
        try await broken(.securedMessages(tls))
    }

    @Test func `a handshake that ends at once: the same`() async throws {
        try await broken(.greeting("STARTTLS") + [.hear(1), .say("220 go"), .close])
    }

    @Test func `a handshake that is none: the same`() async throws {
        try await broken(
            .greeting("STARTTLS") + [.hear(1), .say("220 go"), .octets(1), .say("250 hello")])
    }

    @Test func `plain text behind the answer to STARTTLS: the same`() async throws {
        try await broken(.greeting("STARTTLS") + [.hear(1), .say("220 go\r\n250 injected")])
    }

    /// The first connection's TLS is broken: opportunistic goes on in plain text, and tells.
    private func broken(_ script: [FakeServer.Step]) async throws {
        let client = client()
        let server = try await FakeServer(script, .messages)
        let result = await client.deliver(
            Samples.message(), to: Samples.target(server.port, .opportunistic))
        #expect(Samples.words(result) == "delivered 250")
        #expect(result.connection.tls == nil)
        #expect(result.connection.tlsFailure == .validationFailure)
        #expect(result.connection.tlsFailureText?.isEmpty == false)
        #expect(server.connections == 2)
        let other = try await FakeServer(script, .messages)
        for tls in [
            TLSRequirement.encrypted, .verified(names: ["mx.to.example"]),
            .dane(records: [], names: []),
        ] {
            let required = await client.deliver(
                Samples.message(), to: Samples.target(other.port, tls))
            guard case .failed(let failure) = required.recipients[0] else {
                Issue.record("delivered without TLS")
                return
            }
            if other.connections == 1 {
                #expect(failure.stage == .handshake && failure.isTemporary)
                #expect(failure.tlsFailure == .validationFailure)
                #expect(failure.status == EnhancedStatusCode(4, 7, 5))
            } else {
                // Plain text, as the script has it from the second connection on.
                #expect(failure.tlsFailure == .startTLSNotSupported)
            }
        }
        await client.shutDown()
    }

    @Test(arguments: [false, true])
    func `a server without STARTTLS, or one that refuses it`(_ isOffered: Bool) async throws {
        let script: [FakeServer.Step] =
            isOffered
            ? .greeting("STARTTLS", "PIPELINING") + [.hear(1), .say("454 4.7.0 not now")]
                + .message : .messages
        let server = try await FakeServer(script)
        let client = client()
        let result = await client.deliver(
            Samples.message(), to: Samples.target(server.port, .opportunistic))
        #expect(Samples.words(result) == "delivered 250")
        #expect(result.connection.tls == nil)
        #expect(result.connection.tlsFailure == .startTLSNotSupported)
        let required = await client.deliver(
            Samples.message(), to: Samples.target(server.port, .encrypted))
        guard case .failed(let failure) = required.recipients[0] else {
            Issue.record("delivered without TLS")
            return
        }
        #expect(failure.tlsFailure == .startTLSNotSupported && failure.isTemporary)
        #expect(failure.stage == .startTLS && failure.concernsServer)
        await client.shutDown()
    }

    @Test func `the server hears the host's name, and an address is no name`() async throws {
        let box = Names()
        let tls = try authority.server(issued) {
            $0.sslContextCallback = { values, promise in
                box.names.withLock { $0.append(values.serverHostname) }
                promise.succeed(.noChanges)
            }
        }
        let server = try await FakeServer(.securedMessages(tls))
        let client = client()
        for name in ["MX.to.example", "[127.0.0.1]", "127.0.0.1"] {
            var target = Samples.target(server.port, .encrypted)
            target.name = name
            let result = await client.deliver(Samples.message(), to: target)
            #expect(Samples.words(result) == "delivered 250")
        }
        #expect(box.names.withLock { $0 } == ["mx.to.example", nil, nil])
        await client.shutDown()
    }

    private final class Names: Sendable {
        let names = Mutex<[String?]>([])
    }

    @Test func `REQUIRETLS goes to a proved server, and not to one that is merely encrypted`()
        async throws
    {
        let tls = try authority.server(issued)
        let server = try await FakeServer(.securedMessages(tls, "REQUIRETLS"))
        let client = client()
        let message = Samples.message(parameters: MailParameters(requiresTLS: true))
        let proved = await client.deliver(
            message, to: Samples.target(server.port, .verified(names: ["mx.to.example"])))
        #expect(Samples.words(proved) == "delivered 250")
        #expect(server.heard.contains("MAIL FROM:<a@from.example> REQUIRETLS"))
        let encrypted = await client.deliver(
            message, to: Samples.target(server.port, .encrypted))
        #expect(Samples.words(encrypted) == "failed hello 5.7.30")
        await client.shutDown()
    }

    @Test func `a client certificate is shown to a server that requires one`() async throws {
        let identity = try authority.issue("DNS:gate.example")
        let stranger = try TestAuthority.stranger.get().issue("DNS:gate.example")
        let root = authority.root.certificate
        let tls = try authority.server(issued) {
            $0.certificateVerification = .noHostnameVerification
            $0.trustRoots = .certificates([root])
        }
        let server = try await FakeServer(.securedMessages(tls))
        var options = Samples.options()
        options.trustRoots = .file(authority.root.file)
        let chain = authority.folder + "/chain-\(UInt64.random(in: 0...UInt64.max)).pem"
        try Files.join([identity.file, authority.issuing.file], to: chain)
        options.identities = [
            "gate": .init(certificateFile: chain, keyFile: identity.keyFile),
            "stranger": .init(certificateFile: stranger.file, keyFile: stranger.keyFile),
            "broken": .init(certificateFile: "/nowhere", keyFile: identity.keyFile),
        ]
        let client = Samples.client(options)
        let expected = [
            "gate": "delivered 250", "stranger": "failed handshake 4.7.5",
            "broken": "failed connect 4.3.2", "unknown": "failed connect 4.3.2",
        ]
        for (name, words) in expected {
            var target = Samples.target(server.port, .encrypted)
            target.clientCertificate = name
            let result = await client.deliver(Samples.message(), to: target)
            #expect(Samples.words(result) == words, "\(name)")
        }
        let nobody = await client.deliver(
            Samples.message(), to: Samples.target(server.port, .encrypted))
        #expect(Samples.words(nobody) == "failed handshake 4.7.5")
        await client.shutDown()
    }

    @Test func `certificates are read again when that is asked for, and kept when they are bad`()
        async throws
    {
        let good = try authority.issue("DNS:gate.example")
        let stranger = try TestAuthority.stranger.get().issue("DNS:gate.example")
        let files = authority.folder + "/reload-\(UInt64.random(in: 0...UInt64.max))"
        try Files.join([stranger.file], to: files + ".pem")
        try Files.join([stranger.keyFile], to: files + ".key")
        let root = authority.root.certificate
        let tls = try authority.server(issued) {
            $0.certificateVerification = .noHostnameVerification
            $0.trustRoots = .certificates([root])
        }
        let server = try await FakeServer(.securedMessages(tls))
        var options = Samples.options()
        options.identities["gate"] = .init(
            certificateFile: files + ".pem", keyFile: files + ".key")
        let client = Samples.client(options)
        var target = Samples.target(server.port, .encrypted)
        target.clientCertificate = "gate"
        let refused = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(refused) == "failed handshake 4.7.5")
        try Files.join([good.file, authority.issuing.file], to: files + ".pem")
        try Files.join([good.keyFile], to: files + ".key")
        try client.reload()
        let taken = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(taken) == "delivered 250")
        try Files.join([], to: files + ".key")
        #expect(throws: (any Error).self) { try client.reload() }
        target.name = "another.example"
        let still = await client.deliver(Samples.message(), to: target)
        #expect(Samples.words(still) == "delivered 250")
        await client.shutDown()
    }
}
