import DNS
import DNSResolver
import Gateway
import Identities
import Logging
import SMTP
import SMTPClient
import Spool
import Synchronization
import TestSupport
import Testing

/// The real spool, the real client and a real resolver, with servers from Debian's packages.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `Delivery to real servers` {
    /// A gateway's way out, on its own folder.
    private final class Outlet: Sendable {
        let spool: Spool
        let scheduler: DeliveryScheduler
        private let client: SMTPClient

        init(_ servers: RealServers, _ planner: RoutePlanner) throws {
            var options = SpoolOptions()
            options.segmentOctets = 4 << 20
            options.awaitsProjection = false
            spool = try Spool.open(servers.folder + "/spool", options: options).0
            var client = SMTPClientOptions(hostName: "gate.example")
            client.trustRoots = .file(try servers.certificates().authority)
            client.timeouts.greeting = .seconds(20)
            let sender = SMTPClient(
                options: client, now: SystemTime.milliseconds, logger: Logger(label: "test"))
            self.client = sender
            let box = Box()
            self.box = box
            scheduler = DeliveryScheduler(
                spool: spool, planner: planner,
                options: DeliveryOptions(hostName: try domain("gate.example")), clock: .system,
                seed: 1,
                sinks: DeliveryScheduler.Sinks(observe: { box.add($0) })
            ) { message, target in await sender.deliver(message, to: target) }
        }

        private final class Box: Sendable {
            let all = Mutex<[TLSObservation]>([])
            func add(_ one: TLSObservation) { all.withLock { $0.append(one) } }
        }

        private let box: Box
        var observations: [TLSObservation] { box.all.withLock { $0 } }

        func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.scheduler.run() }
                group.addTask {
                    defer { self.scheduler.stop() }
                    try await body()
                }
                try await group.waitForAll()
            }
            await client.shutDown()
            spool.close()
        }

        func send(_ recipient: String, subject: String = "hello") async throws -> QueueIdentifier {
            let text = "Subject: \(subject)\r\nMessage-ID: <\(subject)@b.test>\r\n\r\nText\r\n"
            let message = SpoolMessage(
                id: spool.nextIdentifier(), receivedAt: SystemTime.milliseconds(),
                envelope: Envelope(
                    reversePath: ReversePath(
                        Mailbox(try #require(EmailAddress("sender@back.test")))),
                    recipients: [
                        EnvelopeRecipient(
                            ForwardPath(Mailbox(try #require(EmailAddress(recipient)))))
                    ]), content: .memory(Array(text.utf8)))
            try await spool.accept(message)
            scheduler.enqueue(message)
            return message.id
        }

        /// What the spool recorded of a message, until one of these is there.
        func outcome(of id: QueueIdentifier) async throws -> QueueChange {
            for _ in 0..<1_200 {
                var position: UInt64 = 0
                while true {
                    let entries = try spool.changes(after: position, limit: 1_000)
                    for case (_, .changed(let change)) in entries where change.id == id {
                        switch change {
                        case .delivered, .attempted, .bounced: return change
                        default: break
                        }
                    }
                    guard let last = entries.last else { break }
                    position = last.position
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("Nothing became of \(id).")
            throw RealServers.Missing(description: "no outcome")
        }
    }

    private static func resolver(_ port: Int) throws -> StubResolver {
        var configuration = ResolverConfiguration(servers: [
            try #require(ResolverAddress("127.0.0.1:\(port)"))
        ])
        configuration.trustsAuthenticatedData = true
        return StubResolver(configuration: configuration)
    }

    private static func planner(
        _ resolver: StubResolver, _ port: Int, _ policies: MTASTSCache? = nil
    ) -> RoutePlanner {
        var options = RoutePlanner.Options()
        options.allowsLoopback = true
        options.usesIPv6 = false
        return RoutePlanner(
            routes: RouteTable(fallback: MailRoute(name: "mx", port: port)), lookup: resolver,
            policies: policies, options: options)
    }

    private static let head = """
        $TTL 60
        @ SOA ns hostmaster 1 3600 600 86400 60
        @ NS ns
        ns A 127.0.0.1

        """

    /// One domain with the right TLSA record, one with a wrong one, and one to tamper with.
    private static func zone(_ port: Int, _ digest: String) -> String {
        "$ORIGIN dane.test.\n" + head + """
            @ MX 10 mx
            mx A 127.0.0.1
            _\(port)._tcp.mx TLSA 3 1 1 \(digest)
            wrong MX 10 mx.wrong
            mx.wrong A 127.0.0.1
            _\(port)._tcp.mx.wrong TLSA 3 1 1 \(String(repeating: "ab", count: 32))
            bogus MX 10 mx.bogus
            mx.bogus A 127.0.0.1
            _\(port)._tcp.mx.bogus TLSA 3 1 1 \(String(repeating: "cd", count: 32))

            """
    }

    @Test func `DANE lets mail through to the right Postfix, and to no other`() async throws {
        try await RealServers.run { servers in
            let port = try LoopbackPort.free()
            try servers.certificates().make("mx", for: ["mx.dane.test"])
            try await servers.startPostfix(
                certificate: "mx", port: port,
                domains: ["dane.test", "wrong.dane.test", "bogus.dane.test", "back.test"])
            let zone = Self.zone(port, try servers.certificates().keyDigest("mx"))
            let plain = "$ORIGIN back.test.\n" + Self.head + "@ MX 10 mx\nmx A 127.0.0.1\n"
            let dns = try await servers.startDNS([
                .init(
                    "dane.test", zone, isSigned: true,
                    tampering: (
                        String(repeating: "cd", count: 32), String(repeating: "ce", count: 32)
                    )),
                .init("back.test", plain),
            ])
            let resolver = try Self.resolver(dns)
            let outlet = try Outlet(servers, Self.planner(resolver, port))
            try await outlet.run {
                let good = try await outlet.send("x@dane.test", subject: "good")
                guard
                    case .delivered(_, _, _, let host, _, let tls?) =
                        try await outlet.outcome(of: good)
                else {
                    Issue.record("not delivered under TLS")
                    return
                }
                #expect(host == "mx.dane.test[127.0.0.1]:\(port)")
                #expect(tls.hasPrefix("TLSv1."))
                let wrong = try await outlet.send("x@wrong.dane.test", subject: "wrong")
                guard case .attempted = try await outlet.outcome(of: wrong) else {
                    Issue.record("delivered to the wrong server")
                    return
                }
                let bogus = try await outlet.send("x@bogus.dane.test", subject: "bogus")
                guard
                    case .attempted(_, _, _, nil, let reply, _) =
                        try await outlet.outcome(of: bogus)
                else {
                    Issue.record("delivered although the TLSA records are not genuine")
                    return
                }
                #expect(reply.contains("TLSA records of mx.bogus.dane.test"))
                // Without DNSSEC it is opportunistic.
                let plain = try await outlet.send("x@back.test", subject: "plain")
                guard case .delivered = try await outlet.outcome(of: plain) else {
                    Issue.record("not delivered without DANE")
                    return
                }
            }
            let results = outlet.observations.map {
                "\($0.policy.type.rawValue) \($0.result?.rawValue ?? "good")"
            }
            #expect(
                Set(results) == [
                    "tlsa good", "tlsa tlsa-invalid", "tlsa dnssec-invalid", "no-policy-found good",
                ])
            let log = servers.postfixLog
            #expect(log.contains("message-id=<good@b.test>"))
            #expect(log.contains("message-id=<plain@b.test>"))
            #expect(!log.contains("message-id=<wrong@b.test>"))
            #expect(!log.contains("message-id=<bogus@b.test>"))
            await resolver.shutDown()
        }
    }

    @Test func `MTA-STS lets mail through to the named Postfix with its certificate alone`()
        async throws
    {
        try await RealServers.run { servers in
            let (port, web) = (try LoopbackPort.free(), try LoopbackPort.free())
            try servers.certificates().make("mx", for: ["mx.sts.test", "mx.back.test"])
            try servers.certificates().make("web", for: ["mta-sts.sts.test", "mta-sts.other.test"])
            try await servers.startPostfix(
                certificate: "mx", port: port, domains: ["sts.test", "other.test", "nocert.test"])
            try await servers.startPolicyHost(certificate: "web", port: web)
            try servers.write(
                "version: STSv1\nmode: enforce\nmx: mx.sts.test\nmax_age: 86400\n", "policy")
            let dns = try await servers.startDNS(
                ["sts.test", "other.test", "nocert.test"].map { name in
                    .init(
                        name,
                        "$ORIGIN \(name).\n" + Self.head
                            + "@ MX 10 mx\nmx A 127.0.0.1\nmta-sts A 127.0.0.1\n"
                            + "_mta-sts TXT \"v=STSv1; id=1\"\n")
                })
            let resolver = try Self.resolver(dns)
            var options = WebClient.Options()
            options.trustRoots = try servers.certificates().authority
            options.port = web
            options.allowsPrivateNetworks = true
            let client = WebClient(lookup: resolver, options: options)
            let cache = MTASTSCache(lookup: resolver, fetch: { await client.policy(of: $0, $1) })
            let outlet = try Outlet(servers, Self.planner(resolver, port, cache))
            try await outlet.run {
                let good = try await outlet.send("x@sts.test", subject: "good")
                guard case .delivered(_, _, _, _, _, .some) = try await outlet.outcome(of: good)
                else {
                    Issue.record("not delivered under TLS")
                    return
                }
                // Its policy names another host.
                let other = try await outlet.send("x@other.test", subject: "other")
                guard
                    case .attempted(_, _, _, nil, let reply, _) =
                        try await outlet.outcome(of: other)
                else {
                    Issue.record("delivered to a host that the policy does not name")
                    return
                }
                #expect(reply.contains("MTA-STS policy of other.test"))
                // Its policy cannot be had: the web host's certificate is not for it.
                let open = try await outlet.send("x@nocert.test", subject: "open")
                guard case .delivered = try await outlet.outcome(of: open) else {
                    Issue.record("not delivered without a policy")
                    return
                }
            }
            let results = Set(
                outlet.observations.map {
                    "\($0.domain) \($0.policy.type.rawValue) \($0.result?.rawValue ?? "good")"
                })
            #expect(results.contains("sts.test sts good"))
            #expect(results.contains("other.test sts validation-failure"))
            #expect(results.contains("nocert.test sts sts-webpki-invalid"))
            let log = servers.postfixLog
            #expect(log.contains("message-id=<good@b.test>"))
            #expect(!log.contains("message-id=<other@b.test>"))
            await resolver.shutDown()
        }
    }

    @Test func `a certificate for another host stops mail where a policy is enforced`()
        async throws
    {
        try await RealServers.run { servers in
            let port = try LoopbackPort.free()
            try servers.certificates().make("mx", for: ["mx.elsewhere.test"])
            try await servers.startPostfix(
                certificate: "mx", port: port, domains: ["sts.test"])
            let lookup = TableLookup()
            try lookup.setExchanges("sts.test", [(10, "mx.sts.test")])
            try lookup.setAddresses("mx.sts.test", ["127.0.0.1"])
            lookup.set("_mta-sts.sts.test", .txt, [.text("v=STSv1; id=1")])
            let cache = MTASTSCache(
                lookup: lookup,
                fetch: { _, _ in
                    .body(
                        Array(
                            "version: STSv1\nmode: enforce\nmx: mx.sts.test\nmax_age: 86400\n".utf8)
                    )
                })
            var options = RoutePlanner.Options()
            options.allowsLoopback = true
            let outlet = try Outlet(
                servers,
                RoutePlanner(
                    routes: RouteTable(fallback: MailRoute(name: "mx", port: port)), lookup: lookup,
                    policies: cache, options: options))
            try await outlet.run {
                let id = try await outlet.send("x@sts.test", subject: "stopped")
                guard case .attempted = try await outlet.outcome(of: id) else {
                    Issue.record("delivered to a server that proved nothing")
                    return
                }
            }
            #expect(outlet.observations.map(\.result) == [.certificateHostMismatch])
            #expect(!servers.postfixLog.contains("message-id=<stopped@b.test>"))
        }
    }

    @Test(arguments: [
        ("taken", [], "delivered"), ("put off", ["-r", "RCPT"], "attempted"),
        ("refused", ["-f", "RCPT"], "bounced"),
        ("cut off before the content", ["-q", "DATA"], "attempted"),
        ("cut off before the reply", ["-q", "."], "uncertain"),
    ])
    func `smtp-sink does what it is told, and the spool knows`(
        name: String, words: [String], expected: String
    ) async throws {
        try await RealServers.run { servers in
            let (port, back) = (try LoopbackPort.free(), try LoopbackPort.free())
            try await servers.startSink(words, port: port)
            try await servers.startSink([], port: back)
            var routes = RouteTable(fallback: Self.loopback("sink", port))
            routes.exact[try domain("back.test")] = Self.loopback("back", back)
            let outlet = try Outlet(servers, RoutePlanner(routes: routes, lookup: TableLookup()))
            let spool = outlet.spool
            try await outlet.run {
                let id = try await outlet.send("x@a.test")
                let change = try await outlet.outcome(of: id)
                let entries = try spool.changes(after: 0, limit: 1_000)
                let isRisky = entries.contains {
                    if case .changed(.duplicateRisk) = $0.entry { true } else { false }
                }
                switch change {
                case .delivered: #expect(expected == "delivered")
                case .attempted: #expect(expected == (isRisky ? "uncertain" : "attempted"))
                case .bounced(_, _, _, let report?):
                    #expect(expected == "bounced")
                    guard case .delivered = try await outlet.outcome(of: report) else {
                        Issue.record("The report did not arrive.")
                        return
                    }
                default: Issue.record("\(change)")
                }
            }
        }
    }

    private static func loopback(_ name: String, _ port: Int) -> MailRoute {
        MailRoute(
            name: name,
            nextHop: .smartHost(
                SmartHost(.address(IPAddress(ipv4: 0x7F00_0001)), port: port, tls: .never)))
    }

    @Test func `many messages go through one smtp-sink, each once`() async throws {
        try await RealServers.run { servers in
            let port = try LoopbackPort.free()
            try await servers.startSink(["-c"], port: port)
            let outlet = try Outlet(
                servers,
                RoutePlanner(
                    routes: RouteTable(fallback: Self.loopback("sink", port)), lookup: TableLookup()
                ))
            try await outlet.run {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<20 {
                        group.addTask {
                            for index in 0..<50 {
                                _ = try await outlet.send("u\(worker)-\(index)@a.test")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                for _ in 0..<600 where outlet.spool.count > 0 {
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(outlet.spool.count == 0)
                #expect(outlet.scheduler.statistics.delivered == 1_000)
            }
        }
    }
}
