import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Testing

@Suite struct `What TLS reports are told` {
    private static func observe(
        _ prepare: @escaping @Sendable (DeliveryWorld) throws -> Void = { _ in },
        _ facts: ConnectionFacts, failure: DeliveryFailure? = nil
    ) async throws -> [TLSObservation] {
        try await VirtualTime.run { time in
            let world = try DeliveryWorld(time) { message, _ in
                guard let failure else { return .accepted(message, facts) }
                return DeliveryResult(
                    failure, recipients: message.envelope.recipients.count, connection: facts)
            }
            try world.addDomain("a.example")
            try prepare(world)
            try await world.run {
                try await world.send(["x@a.example"])
                await time.sleep(5_000)
            }
            return world.observations
        }
    }

    private static func tls(_ verification: TLSVerification) -> ConnectionFacts {
        var facts = ConnectionFacts(source: IPAddress("192.0.2.200"))
        facts.tls = ConnectionFacts.TLS(
            version: "TLSv1.3", cipher: "AES", verification: verification)
        return facts
    }

    @Test func `an encrypted session without a policy is a success`() async throws {
        let found = try await Self.observe(
            { _ in }, Self.tls(.unproven(.certificateNotTrusted)))
        #expect(found.count == 1)
        #expect(found.first?.result == nil)
        #expect(found.first?.policy.type == .noPolicyFound)
        #expect(found.first?.domain.text == "a.example")
        #expect(found.first?.host == "mx.a.example")
        #expect(found.first?.address == IPAddress("192.0.2.1"))
        #expect(found.first?.source == IPAddress("192.0.2.200"))
    }

    @Test func `a session in plain text is a failure`() async throws {
        var facts = ConnectionFacts()
        facts.extensions = ServerExtensions([.extended])
        let found = try await Self.observe({ _ in }, facts)
        #expect(found.map(\.result) == [.startTLSNotSupported])
    }

    @Test func `a connection that did not come about is nothing`() async throws {
        let failure = DeliveryFailure(
            stage: .connect, isTemporary: true, status: EnhancedStatusCode(4, 4, 1), text: "no")
        #expect(
            try await Self.observe({ _ in }, ConnectionFacts(), failure: failure).isEmpty)
    }

    @Test func `a second message over one connection is told of once`() async throws {
        var facts = Self.tls(.verified(name: "mx.a.example"))
        facts.wasReused = true
        #expect(try await Self.observe({ _ in }, facts).isEmpty)
    }

    @Test func `a certificate that does not fit the TLSA records is a failure`() async throws {
        let failure = DeliveryFailure(
            stage: .handshake, isTemporary: true, status: EnhancedStatusCode(4, 7, 5),
            text: "No TLSA record matches.", tlsFailure: .tlsaInvalid)
        let found = try await Self.observe(
            { world in
                try world.lookup.setExchanges(
                    "a.example", [(10, "mx.a.example")], isAuthenticated: true)
                try world.lookup.setAddresses(
                    "mx.a.example", ["192.0.2.1"], isAuthenticated: true)
                world.lookup.set(
                    "_25._tcp.mx.a.example", .tlsa,
                    [
                        .tlsa(
                            usage: 3, selector: 1, matching: 1,
                            association: [UInt8](repeating: 1, count: 32))
                    ], isAuthenticated: true)
            }, ConnectionFacts(), failure: failure)
        #expect(found.map(\.result) == [.tlsaInvalid])
        #expect(found.first?.policy.type == .tlsa)
        #expect(found.first?.detail == "No TLSA record matches.")
    }
}
