import DNS
import DNSResolver
import Foundation
import Gateway
import Identities
import Logging
import SMTP
import SMTPClient
import TestSupport
import Testing

/// The doctor's questions to real servers.
@Suite(.timeLimit(.minutes(3))) struct `What the doctor sees` {
    private let signed = """
        $ORIGIN dane.test.
        $TTL 3600
        @ SOA ns hostmaster 1 3600 600 86400 60
        @ NS ns
        ns A 127.0.0.1
        @ MX 10 mx
        mx A 127.0.0.1

        """
    private let plain = """
        $ORIGIN plain.test.
        $TTL 3600
        @ SOA ns hostmaster 1 3600 600 86400 60
        @ NS ns
        ns A 127.0.0.1

        """

    private func resolver(_ port: Int, _ body: (StubResolver) async throws -> Void) async throws {
        let server = try #require(ResolverAddress("127.0.0.1:\(port)"))
        let resolver = StubResolver(configuration: ResolverConfiguration(servers: [server]))
        try await body(resolver)
        await resolver.shutDown()
    }

    @Test func `a resolver that validates, one that does not, and one that is not there`()
        async throws
    {
        try await RealServers.run { servers in
            let port = try await servers.startDNS([
                .init("dane.test", signed, isSigned: true), .init("plain.test", plain),
            ])
            let (dane, plain) = (try domain("dane.test"), try domain("plain.test"))
            try await resolver(port) { resolver in
                let well = await ResolverCheck(resolver, at: "unbound", domains: [dane]).look()
                #expect(well.contains { $0.state == .ok && $0.sentence.contains("validates") })
                #expect(!well.contains { $0.state == .wrong })
                let poor = await ResolverCheck(resolver, at: "unbound", domains: [plain]).look()
                #expect(poor.contains { $0.state == .look && $0.sentence.contains("DANE is off") })
                #expect(poor.contains { $0.sentence.contains("has no MX record") })
            }
            let nobody = try LoopbackPort.free()
            try await resolver(nobody) { resolver in
                let none = await ResolverCheck(resolver, at: "nobody", domains: [dane]).look()
                #expect(none.map(\.state) == [.wrong])
            }
        }
    }

    @Test func `a next server with a certificate that is proved, and with one that is not`()
        async throws
    {
        try await RealServers.run { servers in
            try servers.certificates().make("good", for: ["localhost"])
            let port = try LoopbackPort.free()
            try await servers.startPostfix(
                certificate: "good", port: port, domains: ["example.org"])
            let authority = try servers.certificates().authority
            let stranger = try servers.certificates().certificate("good")
            let host = try domain("localhost")
            try await look(
                host, port, .verified(names: []), authority, .ok, "is good for localhost")
            try await look(host, port, .opportunistic, stranger, .look, "proves nothing")
            try await look(host, port, .verified(names: []), stranger, .wrong, "Nobody we trust")
        }
    }

    private func look(
        _ host: DomainName, _ port: Int, _ demand: TLSDemand, _ roots: String,
        _ state: Finding.State, _ words: String
    ) async throws {
        var options = SMTPClientOptions(hostName: "mx.example.org")
        options.trustRoots = .file(roots)
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
        let client = SMTPClient(options: options, now: now, logger: Logger(label: "doctor"))
        let lookup = TableLookup()
        try lookup.setAddresses("localhost", ["127.0.0.1"])
        let hop = SmartHost(.domain(host), port: port, tls: demand)
        let planner = RoutePlanner(
            routes: RouteTable(fallback: MailRoute(name: "hop", nextHop: .smartHost(hop))),
            lookup: lookup)
        let findings = await NextHopCheck(planner: planner, client: client, now: now())
            .look(at: .route("hop"))
        #expect(
            findings.contains { $0.state == state && $0.sentence.contains(words) },
            "\(demand): \(findings)")
        if state != .wrong {
            #expect(findings.contains { $0.sentence.contains("PIPELINING, ") })
        }
        await client.shutDown()
    }

    @Test func `the open files are raised as far as the system lets us`() {
        let most = OpenFiles.limit.most
        #expect(OpenFiles.raise() == most)
        #expect(OpenFiles.limit.now == most)
    }
}
