import Crypto
import NIOSSL
import SMTPClient
import Testing

@Suite struct DANETests {
    private let authority: TestAuthority
    private let issued: TestAuthority.Issued
    private static let certificate = Result {
        try TestAuthority.shared.get().issue("DNS:mx.to.example", subject: "/CN=cn.to.example")
    }

    init() throws {
        authority = try TestAuthority.shared.get()
        issued = try Self.certificate.get()
    }

    private func record(
        _ usage: UInt8, _ selector: UInt8, _ matching: UInt8, _ of: TestAuthority.Issued
    ) -> TLSAssociation {
        let selected = selector == 0 ? of.encoded : of.publicKey
        let data: [UInt8] =
            switch matching {
            case 0: selected
            case 1: Array(SHA256.hash(data: selected))
            default: Array(SHA512.hash(data: selected))
            }
        return TLSAssociation(usage: usage, selector: selector, matching: matching, data: data)
    }

    private func outcome(
        _ records: [TLSAssociation], names: [String] = ["mx.to.example"],
        now: Int64 = Samples.now, server tls: NIOSSLContext? = nil
    ) async throws -> String {
        let server = try await FakeServer(
            .securedMessages(tls ?? authority.server(issued)))
        let client = Samples.client(now: now)
        let result = await client.deliver(
            Samples.message(),
            to: Samples.target(server.port, .dane(records: records, names: names)))
        await client.shutDown()
        await server.stop()
        switch result.recipients[0] {
        case .delivered:
            if case .dane(let usage)? = result.connection.tls?.verification { return "\(usage)" }
            return "\(result.connection.tls?.verification.isAuthenticated ?? false)"
        case .failed(let failure): return failure.tlsFailure?.rawValue ?? failure.text
        case .refused(let reply): return "\(reply)"
        }
    }

    @Test(arguments: [UInt8(0), 1], [UInt8(0), 1, 2])
    func `DANE-EE looks at the certificate alone: no names, no dates, no authority`(
        _ selector: UInt8, _ matching: UInt8
    ) async throws {
        let record = record(3, selector, matching, issued)
        #expect(try await outcome([record], names: ["other.example"]) == "3")
        #expect(try await outcome([record], now: Samples.inTenYears) == "3")
        var wrong = record
        wrong.data[0] ^= 1
        #expect(try await outcome([wrong]) == "tlsa-invalid")
        #expect(try await outcome([wrong, record]) == "3")
        // The issuing authority is not the server.
        #expect(
            try await outcome([self.record(3, selector, matching, authority.issuing)])
                == "tlsa-invalid")
    }

    @Test(arguments: [UInt8(0), 1], [UInt8(0), 1, 2])
    func `DANE-TA takes any authority of the chain, and looks at names and dates`(
        _ selector: UInt8, _ matching: UInt8
    ) async throws {
        for anchor in [authority.issuing, authority.root] {
            let record = record(2, selector, matching, anchor)
            #expect(try await outcome([record]) == "2")
            #expect(
                try await outcome([record], names: ["other.example"])
                    == "certificate-host-mismatch")
            #expect(
                try await outcome([record], now: Samples.inTenYears) == "certificate-expired")
        }
        let stranger = try TestAuthority.stranger.get()
        #expect(
            try await outcome([record(2, selector, matching, stranger.root)])
                != "2")
    }

    @Test func `an authority that is whole in the DNS need not be shown`() async throws {
        let short = try authority.server(issued, chain: [])
        for selector: UInt8 in [0, 1] {
            let record = record(2, selector, 0, authority.issuing)
            let found = try await outcome([record], server: short)
            #expect(found == "2", "\(selector)")
            let digest = self.record(2, selector, 1, authority.issuing)
            #expect(try await outcome([digest], server: short) == "tlsa-invalid")
        }
    }

    @Test func `somebody else's certificate below the anchor is not enough`() async throws {
        let stranger = try TestAuthority.stranger.get()
        let forged = try stranger.issue("DNS:mx.to.example")
        // Shows the anchor as well, which did not sign anything here.
        let tls = try authority.server(
            forged, chain: [stranger.issuing.certificate, authority.root.certificate])
        let words = try await outcome([record(2, 0, 1, authority.root)], server: tls)
        #expect(words == "certificate-not-trusted")
    }

    @Test func `without DNS names the subject's name counts for DANE-TA`() async throws {
        let named = try authority.issue(nil, subject: "/CN=mx.to.example")
        let words = try await outcome(
            [record(2, 1, 1, authority.issuing)], server: authority.server(named))
        #expect(words == "2")
        let both = try await outcome(
            [record(2, 1, 1, authority.issuing)], names: ["cn.to.example"])
        #expect(both == "certificate-host-mismatch")
    }

    @Test func `the strongest digest alone counts`() async throws {
        let weak = record(3, 1, 1, issued)
        var strong = record(3, 1, 2, issued)
        strong.data[0] ^= 1
        #expect(try await outcome([weak, strong]) == "tlsa-invalid")
        // Of another selector or usage it is no substitute.
        strong.selector = 0
        #expect(try await outcome([weak, strong]) == "3")
    }

    @Test(arguments: [
        TLSAssociation(usage: 0, selector: 0, matching: 1, data: Array(repeating: 0, count: 32)),
        TLSAssociation(usage: 1, selector: 1, matching: 1, data: Array(repeating: 0, count: 32)),
        TLSAssociation(usage: 3, selector: 2, matching: 1, data: Array(repeating: 0, count: 32)),
        TLSAssociation(usage: 3, selector: 1, matching: 3, data: Array(repeating: 0, count: 32)),
        TLSAssociation(usage: 3, selector: 1, matching: 1, data: Array(repeating: 0, count: 31)),
        TLSAssociation(usage: 3, selector: 1, matching: 2, data: Array(repeating: 0, count: 32)),
        TLSAssociation(usage: 3, selector: 1, matching: 0, data: []),
    ])
    func `records that are all unusable leave TLS without a proof`(
        _ record: TLSAssociation
    ) async throws {
        #expect(!record.isUsable)
        #expect(try await outcome([record]) == "false")
        // Beside a usable one they do not count.
        var wrong = self.record(3, 1, 1, issued)
        wrong.data[0] ^= 1
        #expect(try await outcome([record, wrong]) == "tlsa-invalid")
    }

    @Test func `records are read as far as the limit`() async throws {
        var wrong = record(3, 1, 1, issued)
        wrong.data[0] ^= 1
        for count in [ClientLimits.associations - 1, ClientLimits.associations] {
            let records = Array(repeating: wrong, count: count) + [record(3, 1, 1, issued)]
            #expect(
                try await outcome(records)
                    == (count < ClientLimits.associations ? "3" : "tlsa-invalid"))
        }
    }

    @Test func `with records, a server without TLS gets nothing`() async throws {
        let server = try await FakeServer(.messages)
        let client = Samples.client()
        for records in [[record(3, 1, 1, issued)], []] {
            let result = await client.deliver(
                Samples.message(),
                to: Samples.target(server.port, .dane(records: records, names: [])))
            #expect(result.connection.tlsFailure == .startTLSNotSupported)
            #expect(Samples.words(result) == "failed startTLS 4.7.4")
        }
        await client.shutDown()
    }
}
