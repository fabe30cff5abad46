import NIOSSL
import SMTPClient
import Testing

@Suite struct VerificationTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority.shared.get() }

    /// Delivers to a server that shows a chain; what was proved, or the word for a report.
    private func outcome(
        _ tls: NIOSSLContext, _ names: [String], now: Int64 = Samples.now, trust: String? = nil
    ) async throws -> String {
        let server = try await FakeServer(.securedMessages(tls))
        var options = Samples.options()
        options.trustRoots = .file(trust ?? authority.root.file)
        let client = Samples.client(options, now: now)
        let result = await client.deliver(
            Samples.message(), to: Samples.target(server.port, .verified(names: names)))
        await client.shutDown()
        await server.stop()
        switch result.recipients[0] {
        case .delivered:
            if case .verified(let name)? = result.connection.tls?.verification { return name }
            return "delivered without a proof"
        case .failed(let failure):
            #expect(failure.isTemporary && failure.tlsFailure == result.connection.tlsFailure)
            #expect(server.heard.count <= 2, "something was sent")
            return failure.tlsFailure?.rawValue ?? failure.text
        case .refused(let reply): return "\(reply)"
        }
    }

    @Test(arguments: [
        ("DNS:mx.to.example", ["mx.to.example"], "mx.to.example"),
        ("DNS:MX.to.example", ["mx.TO.example"], "mx.TO.example"),
        ("DNS:a.example,DNS:mx.to.example", ["b.example", "mx.to.example"], "mx.to.example"),
        ("DNS:*.to.example", ["mx.to.example"], "mx.to.example"),
        ("DNS:*.to.example", ["a.mx.to.example"], "certificate-host-mismatch"),
        ("DNS:*.to.example", ["to.example"], "certificate-host-mismatch"),
        ("DNS:m*.to.example", ["mx.to.example"], "certificate-host-mismatch"),
        ("DNS:mx.*.example", ["mx.to.example"], "certificate-host-mismatch"),
        ("DNS:*.example", ["to.example"], "certificate-host-mismatch"),
        ("DNS:*", ["example"], "certificate-host-mismatch"),
        ("DNS:xn--mx-yka.example", ["mxü.example"], "mxü.example"),
        ("DNS:mx.other.example", ["mx.to.example"], "certificate-host-mismatch"),
        ("IP:127.0.0.1", ["127.0.0.1"], "127.0.0.1"),
        ("DNS:127.0.0.1", ["127.0.0.1"], "certificate-host-mismatch"),
        ("email:a@to.example", ["mx.to.example"], "certificate-host-mismatch"),
        ("DNS:mx.to.example", [], "certificate-host-mismatch"),
    ])
    func `a certificate is for the names it holds`(
        _ holds: String, _ names: [String], _ words: String
    ) async throws {
        let issued = try authority.issue(holds)
        let found = try await outcome(authority.server(issued), names)
        #expect(found == words)
    }

    @Test func `the subject's name alone is no name`() async throws {
        let issued = try authority.issue(nil, subject: "/CN=mx.to.example")
        let words = try await outcome(authority.server(issued), ["mx.to.example"])
        #expect(words == "certificate-host-mismatch")
    }

    @Test func `an expired certificate, and one that nobody vouches for`() async throws {
        let names = ["mx.to.example"]
        let issued = try authority.issue("DNS:mx.to.example")
        let tls = try authority.server(issued)
        #expect(try await outcome(tls, names) == "mx.to.example")
        #expect(
            try await outcome(tls, names, now: Samples.inTenYears) == "certificate-expired")
        #expect(try await outcome(tls, names, now: 0) == "certificate-not-trusted")
        let stranger = try TestAuthority.stranger.get()
        let other = try stranger.issue("DNS:mx.to.example")
        #expect(
            try await outcome(stranger.server(other), names) == "certificate-not-trusted")
        // Without the issuing authority the chain has a hole.
        let gap = try authority.server(issued, chain: [authority.root.certificate])
        #expect(try await outcome(gap, names) == "certificate-not-trusted")
        // The root need not be shown.
        let short = try authority.server(issued, chain: [authority.issuing.certificate])
        #expect(try await outcome(short, names) == "mx.to.example")
        let words = try await outcome(tls, names, trust: "/nowhere")
        #expect(words == "certificate-not-trusted")
    }

    @Test func `the system's trust roots do not know the tests' authority`() async throws {
        let issued = try authority.issue("DNS:mx.to.example")
        let server = try await FakeServer(.securedMessages(authority.server(issued)))
        let client = Samples.client()
        let result = await client.deliver(
            Samples.message(),
            to: Samples.target(server.port, .verified(names: ["mx.to.example"])))
        #expect(result.connection.tlsFailure == .certificateNotTrusted)
        await client.shutDown()
    }

    @Test func `a chain is read as far as the limit`() async throws {
        let issued = try authority.issue("DNS:mx.to.example")
        for count in [ClientLimits.chainCertificates - 2, ClientLimits.chainCertificates - 1] {
            let filler = Array(repeating: issued.certificate, count: count)
            let tls = try authority.server(
                issued, chain: filler + [authority.issuing.certificate])
            let isRead = count + 2 <= ClientLimits.chainCertificates
            #expect(
                try await outcome(tls, ["mx.to.example"])
                    == (isRead ? "mx.to.example" : "certificate-not-trusted"))
        }
    }

    @Test func `a certificate above the limit is not read`() async throws {
        let names = (0..<4_000).map { "DNS:mx\($0).to.example" }.joined(separator: ",")
        let issued = try authority.issue(names)
        #expect(issued.encoded.count > ClientLimits.certificateOctets)
        let tls = try authority.server(issued)
        #expect(try await outcome(tls, ["mx1.to.example"]) == "certificate-not-trusted")
    }
}
