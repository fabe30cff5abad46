import DNS
import Gateway
import Identities
import MailAuthentication
import SMTP
import SMTPClient
import Synchronization
import Testing

/// How well the way to a mail host must be protected: DANE, MTA-STS, REQUIRETLS, the operator.
@Suite struct `The way to a mail host` {
    private let lookup = TableLookup()
    private let digest = [UInt8](repeating: 7, count: 32)

    init() throws {
        try lookup.setExchanges("example.com", [(10, "mx.example.com")], isAuthenticated: true)
        try lookup.setAddresses("mx.example.com", ["192.0.2.1"], isAuthenticated: true)
    }

    private func planner(
        _ tls: TLSDemand = .published, _ policies: MTASTSCache? = nil
    ) -> RoutePlanner {
        RoutePlanner(
            routes: RouteTable(fallback: MailRoute(name: "mx", tls: tls)), lookup: lookup,
            policies: policies)
    }

    private func plan(
        _ planner: RoutePlanner, requiresTLS: Bool = false
    ) async throws -> RoutePlan {
        await planner.plan(
            for: .domain(try domain("example.com")), requiresTLS: requiresTLS, now: 1_000)
    }

    private func target(_ plan: RoutePlan) throws -> PlannedTarget {
        guard case .servers(let servers) = plan else {
            Issue.record("no servers: \(plan)")
            throw `Routes`.Missing()
        }
        return servers.groups[0][0].addresses[0]
    }

    private func failure(_ plan: RoutePlan) throws -> RouteFailure {
        guard case .none(let failure) = plan else {
            Issue.record("servers: \(plan)")
            throw `Routes`.Missing()
        }
        return failure
    }

    private func setAssociations(
        _ usages: [UInt8] = [3], name: String = "_25._tcp.mx.example.com",
        isAuthenticated: Bool = true
    ) {
        lookup.set(
            name, .tlsa,
            usages.map { .tlsa(usage: $0, selector: 1, matching: 1, association: digest) },
            isAuthenticated: isAuthenticated)
    }

    private func policies(
        _ text: String, id: String = "1",
        saved: @escaping @Sendable (MTASTSCache.Entry) -> Void = {
            _ in
        }
    ) -> MTASTSCache {
        lookup.set("_mta-sts.example.com", .txt, [.text("v=STSv1; id=\(id);")])
        return MTASTSCache(
            lookup: lookup, fetch: { _, _ in .body(Array(text.utf8)) }, save: saved)
    }

    private static func policy(_ mode: String, _ host: String = "mx.example.com") -> String {
        "version: STSv1\r\nmode: \(mode)\r\nmx: \(host)\r\nmax_age: 604800\r\n"
    }

    // MARK: DANE

    @Test func `is proved by TLSA records when every answer is authenticated`() async throws {
        setAssociations([3, 2])
        let target = try target(await plan(planner()))
        let records = [3, 2].map {
            TLSAssociation(usage: UInt8($0), selector: 1, matching: 1, data: digest)
        }
        #expect(
            target.target.tls
                == .dane(records: records, names: ["mx.example.com", "example.com"]))
        #expect(target.policy?.type == .tlsa)
        #expect(target.policy?.domain.text == "mx.example.com")
        #expect(target.policy?.text.first?.hasPrefix("3 1 1 0707") == true)
    }

    @Test func `asks for no TLSA records where MX or address are not authenticated`() async throws {
        setAssociations()
        try lookup.setExchanges("example.com", [(10, "mx.example.com")])
        #expect(try target(await plan(planner())).target.tls == .opportunistic)
        try lookup.setExchanges("example.com", [(10, "mx.example.com")], isAuthenticated: true)
        try lookup.setAddresses("mx.example.com", ["192.0.2.1"])
        #expect(try target(await plan(planner())).target.tls == .opportunistic)
        #expect(!lookup.asked.contains { $0.hasPrefix("_25._tcp") })
    }

    @Test func `passes over TLSA records that are not authenticated`() async throws {
        setAssociations(isAuthenticated: false)
        #expect(try target(await plan(planner())).target.tls == .opportunistic)
    }

    @Test func `is encrypted at least where TLSA records cannot be used`() async throws {
        setAssociations([0, 1])
        let plan = try await plan(planner())
        #expect(try target(plan).target.tls == .encrypted)
        guard case .servers(let servers) = plan else { return }
        #expect(servers.observations.map(\.result) == [.tlsaInvalid])
    }

    @Test func `waits when the TLSA records cannot be looked up`() async throws {
        lookup.fail("_25._tcp.mx.example.com", .tlsa)
        let failure = try failure(await plan(planner()))
        #expect(failure.isTemporary)
        #expect(failure.observations.map(\.result) == [.dnssecInvalid])
        // Another host of the domain is used meanwhile.
        try lookup.setExchanges(
            "example.com", [(10, "mx.example.com"), (20, "mx2.example.com")],
            isAuthenticated: true)
        try lookup.setAddresses("mx2.example.com", ["192.0.2.2"], isAuthenticated: true)
        #expect(try target(await plan(planner())).target.name == "mx2.example.com")
    }

    @Test func `takes the TLSA records of the name at the end of the aliases first`() async throws {
        try lookup.setAddresses(
            "mx.example.com", ["192.0.2.1"], isAuthenticated: true, aliases: ["real.example.net"])
        setAssociations(name: "_25._tcp.real.example.net")
        let target = try target(await plan(planner()))
        guard case .dane(_, let names) = target.target.tls else {
            Issue.record("\(target.target.tls)")
            return
        }
        #expect(names == ["real.example.net", "mx.example.com", "example.com"])
        #expect(target.policy?.domain.text == "real.example.net")
    }

    @Test func `waits where DANE is demanded and not to be had`() async throws {
        let failure = try failure(await plan(planner(.dane)))
        #expect(failure.isTemporary)
        #expect(failure.observations.map(\.result) == [.daneRequired])
        setAssociations([0])
        #expect(try self.failure(await plan(planner(.dane))).isTemporary)
        setAssociations([3])
        #expect(try target(await plan(planner(.dane))).policy?.type == .tlsa)
    }

    @Test func `has a bounded number of TLSA records`() async throws {
        setAssociations([UInt8](repeating: 3, count: Gateway.Limits.associations + 10))
        guard case .dane(let records, _) = try target(await plan(planner())).target.tls else {
            Issue.record("no DANE")
            return
        }
        #expect(records.count == Gateway.Limits.associations)
    }

    // MARK: MTA-STS

    @Test func `is proved by a certificate where an MTA-STS policy is enforced`() async throws {
        let planner = planner(.published, policies(Self.policy("enforce")))
        let target = try target(await plan(planner))
        #expect(target.target.tls == .verified(names: ["mx.example.com"]))
        #expect(target.policy?.type == .sts)
        #expect(target.policy?.hosts == ["mx.example.com"])
        #expect(
            target.policy?.text == [
                "version: STSv1", "mode: enforce", "mx: mx.example.com", "max_age: 604800",
            ])
    }

    @Test func `is closed where the policy does not name the host`() async throws {
        let planner = planner(.published, policies(Self.policy("enforce", "*.other.example")))
        let failure = try failure(await plan(planner))
        #expect(failure.isTemporary)
        #expect(failure.status == EnhancedStatusCode(4, 7, 5))
        #expect(failure.observations.map(\.result) == [.validationFailure])
    }

    @Test func `is open and watched while the policy is in testing`() async throws {
        let good = try target(
            await plan(planner(.published, policies(Self.policy("testing")))))
        #expect(good.target.tls == .opportunistic)
        #expect(good.isTesting)
        #expect(good.policy?.type == .sts)
        let plan = try await plan(
            planner(.published, policies(Self.policy("testing", "x.example"), id: "2")))
        #expect(try target(plan).target.tls == .opportunistic)
        guard case .servers(let servers) = plan else { return }
        #expect(servers.observations.map(\.result) == [.validationFailure])
    }

    @Test func `counts no policy of mode none`() async throws {
        let target = try target(await plan(planner(.published, policies(Self.policy("none")))))
        #expect(target.target.tls == .opportunistic)
        #expect(target.policy?.type == .noPolicyFound)
    }

    @Test func `follows DANE where there are both`() async throws {
        setAssociations()
        let planner = planner(.published, policies(Self.policy("enforce", "x.example")))
        #expect(try target(await plan(planner)).policy?.type == .tlsa)
    }

    @Test func `tells of a policy that cannot be fetched`() async throws {
        lookup.set("_mta-sts.example.com", .txt, [.text("v=STSv1; id=9;")])
        let cache = MTASTSCache(
            lookup: lookup,
            fetch: { _, _ in .failure(.stsPolicyFetchError, text: "The server is away.") })
        let plan = try await plan(planner(.published, cache))
        #expect(try target(plan).target.tls == .opportunistic)
        guard case .servers(let servers) = plan else { return }
        #expect(servers.observations.map(\.result) == [.stsPolicyFetchError])
    }

    // MARK: The operator, REQUIRETLS

    @Test(arguments: [
        (TLSDemand.never, TLSRequirement.never), (.opportunistic, .opportunistic),
        (.encrypted, .encrypted), (.verified(names: []), .verified(names: ["mx.example.com"])),
        (.verified(names: ["x.example"]), .verified(names: ["x.example"])),
    ])
    func `is protected as the operator demands`(
        demand: TLSDemand, requirement: TLSRequirement
    ) async throws {
        #expect(try target(await plan(planner(demand))).target.tls == requirement)
    }

    @Test func `must prove the server for REQUIRETLS`() async throws {
        // DNSSEC proves which host it is, its certificate that this is it.
        #expect(
            try target(await plan(planner(), requiresTLS: true)).target.tls
                == .verified(names: ["mx.example.com"]))
        setAssociations()
        #expect(
            try target(await plan(planner(), requiresTLS: true)).policy?.type == .tlsa)
        try lookup.setExchanges("example.com", [(10, "mx.example.com")])
        let failure = try failure(await plan(planner(), requiresTLS: true))
        #expect(!failure.isTemporary)
        #expect(failure.status == EnhancedStatusCode(5, 7, 30))
        // Or a policy does.
        let planner = planner(.published, policies(Self.policy("testing")))
        #expect(
            try target(await plan(planner, requiresTLS: true)).target.tls
                == .verified(names: ["mx.example.com"]))
    }

    @Test(arguments: [
        (TLSDemand.never, false), (.opportunistic, false), (.encrypted, false),
        (.verified(names: ["x.example"]), true),
    ])
    func `to an address without a name cannot be proved, unless a name is given`(
        demand: TLSDemand, isProvable: Bool
    ) async throws {
        let host = SmartHost(.address(try #require(IPAddress("192.0.2.5"))), tls: demand)
        let route = MailRoute(name: "smart", nextHop: .smartHost(host))
        let planner = RoutePlanner(routes: RouteTable(fallback: route), lookup: lookup)
        let plan = await planner.plan(for: .route("smart"), requiresTLS: true, now: 0)
        if case .servers = plan { #expect(isProvable) } else { #expect(!isProvable) }
    }
}
