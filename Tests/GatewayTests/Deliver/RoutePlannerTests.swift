import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Testing

@Suite struct `Routes` {
    private let lookup = TableLookup()

    private func planner(
        _ routes: RouteTable = RouteTable(),
        _ change: (inout RoutePlanner.Options) -> Void = { _ in }
    ) -> RoutePlanner {
        var options = RoutePlanner.Options()
        change(&options)
        return RoutePlanner(routes: routes, lookup: lookup, options: options)
    }

    private func plan(
        _ name: String, _ planner: RoutePlanner? = nil
    ) async throws -> RoutePlan {
        await (planner ?? self.planner()).plan(for: .domain(try domain(name)), now: 0)
    }

    private func servers(_ plan: RoutePlan) throws -> PlannedServers {
        guard case .servers(let servers) = plan else {
            Issue.record("no servers: \(plan)")
            throw Missing()
        }
        return servers
    }

    struct Missing: Error {}

    private func failure(_ plan: RoutePlan) throws -> RouteFailure {
        guard case .none(let failure) = plan else {
            Issue.record("servers: \(plan)")
            throw Missing()
        }
        return failure
    }

    private func names(_ servers: PlannedServers) -> [[String]] {
        servers.groups.map { group in
            group.map { host in
                "\(host.addresses[0].target.name) "
                    + host.addresses.map(\.target.address.description).joined(separator: " ")
            }
        }
    }

    @Test func `follow MX records by preference, with both kinds of addresses`() async throws {
        try lookup.setExchanges(
            "example.com", [(20, "b.example.net"), (10, "a.example.net"), (10, "c.example.net")])
        try lookup.setAddresses("a.example.net", ["192.0.2.1", "2001:db8::1", "192.0.2.11"])
        try lookup.setAddresses("b.example.net", ["192.0.2.2"])
        try lookup.setAddresses("c.example.net", ["192.0.2.3"])
        let found = try servers(await plan("example.com"))
        #expect(
            names(found) == [
                ["a.example.net 2001:db8::1 192.0.2.1 192.0.2.11", "c.example.net 192.0.2.3"],
                ["b.example.net 192.0.2.2"],
            ])
        #expect(found.groups[0][0].addresses[0].target.port == 25)
        #expect(found.groups[0][0].addresses[0].target.tls == .opportunistic)
    }

    @Test func `shuffle servers of one preference, and never put a worse one first`() async throws {
        try lookup.setExchanges(
            "example.com", [(10, "a.example.net"), (10, "b.example.net"), (20, "z.example.net")])
        for (index, name) in ["a", "b", "z"].enumerated() {
            try lookup.setAddresses("\(name).example.net", ["192.0.2.\(index + 1)"])
        }
        let found = try servers(await plan("example.com"))
        var first: [String: Int] = [:]
        var random = SeededNumbers(seed: 7)
        for _ in 0..<1_000 {
            let targets = found.targets(using: &random)
            first[targets[0].target.name, default: 0] += 1
            #expect(targets.count == 3)
            #expect(targets[2].target.name == "z.example.net")
        }
        #expect(first.keys.sorted() == ["a.example.net", "b.example.net"])
        #expect((first["a.example.net"] ?? 0) > 400)
        #expect((first["b.example.net"] ?? 0) > 400)
        // The same seed gives the same order.
        var again = SeededNumbers(seed: 7)
        var other = SeededNumbers(seed: 7)
        #expect(found.targets(using: &again) == found.targets(using: &other))
    }

    @Test func `take the domain itself when it has no MX`() async throws {
        lookup.set("example.com", .mx, [])
        try lookup.setAddresses("example.com", ["192.0.2.9"])
        #expect(names(try servers(await plan("example.com"))) == [["example.com 192.0.2.9"]])
    }

    @Test func `end at a domain that takes no mail`() async throws {
        try lookup.setExchanges("example.com", [(0, ".")])
        let found = try failure(await plan("example.com"))
        #expect(!found.isTemporary)
        #expect(found.status == EnhancedStatusCode(5, 1, 10))
    }

    @Test func `end at a domain that does not exist, or has no address`() async throws {
        lookup.remove("nowhere.example")
        let gone = try failure(await plan("nowhere.example"))
        #expect(!gone.isTemporary)
        #expect(gone.status == EnhancedStatusCode(5, 1, 2))
        let empty = try failure(await plan("empty.example"))
        #expect(!empty.isTemporary)
        #expect(empty.status == EnhancedStatusCode(5, 4, 4))
    }

    @Test func `wait while the DNS fails`() async throws {
        lookup.fail("a.example", .mx)
        try lookup.setExchanges("b.example", [(10, "mx.b.example")])
        lookup.fail("mx.b.example", .a)
        lookup.fail("mx.b.example", .aaaa)
        for name in ["a.example", "b.example"] {
            let found = try failure(await plan(name))
            #expect(found.isTemporary)
            #expect(found.status == EnhancedStatusCode(4, 4, 3))
        }
        // One kind of address is enough.
        try lookup.setExchanges("c.example", [(10, "mx.c.example")])
        lookup.fail("mx.c.example", .aaaa)
        lookup.set("mx.c.example", .a, [.a(try #require(IPAddress("192.0.2.1")))])
        #expect(names(try servers(await plan("c.example"))) == [["mx.c.example 192.0.2.1"]])
    }

    @Test func `never lead back to ourselves or past ourselves`() async throws {
        try lookup.setExchanges(
            "example.com", [(10, "a.example.net"), (20, "gate.example.org"), (30, "c.example.net")])
        for (index, name) in ["a.example.net", "gate.example.org", "c.example.net"].enumerated() {
            try lookup.setAddresses(name, ["192.0.2.\(index + 1)"])
        }
        let own = planner {
            $0.ownNames = [DomainName("gate.example.org")].compactMap(\.self).asSet
        }
        #expect(
            names(try servers(await plan("example.com", own))) == [["a.example.net 192.0.2.1"]])
        let address = planner {
            $0.ownAddresses = [IPAddress("192.0.2.1")].compactMap(\.self).asSet
        }
        let loop = try failure(await plan("example.com", address))
        #expect(!loop.isTemporary)
        #expect(loop.status == EnhancedStatusCode(5, 4, 6))
    }

    @Test func `never lead to loopback, whatever the DNS says`() async throws {
        try lookup.setExchanges("example.com", [(10, "mx.example.com")])
        try lookup.setAddresses(
            "mx.example.com", ["127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "ff02::1"])
        #expect(
            try failure(await plan("example.com")).status == EnhancedStatusCode(5, 4, 4))
        let test = planner { $0.allowsLoopback = true }
        #expect(try servers(await plan("example.com", test)).groups.count == 1)
    }

    @Test func `follow aliases`() async throws {
        try lookup.setExchanges("example.com", [(10, "mx.example.com")])
        try lookup.setAddresses(
            "mx.example.com", ["192.0.2.1"], aliases: ["real.example.net"])
        #expect(names(try servers(await plan("example.com"))) == [["mx.example.com 192.0.2.1"]])
    }

    @Test func `take a bounded number of hosts, addresses and attempts`() async throws {
        try lookup.setExchanges(
            "example.com", (0..<200).map { (UInt16($0), "mx\($0).example.com") })
        for index in 0..<200 {
            try lookup.setAddresses(
                "mx\(index).example.com", (1...50).map { "192.0.2.\($0)" })
        }
        let found = try servers(await plan("example.com"))
        #expect(found.groups.count == Gateway.Limits.mailHosts)
        #expect(found.groups[0][0].addresses.count == Gateway.Limits.hostAddresses)
        var random = SeededNumbers(seed: 1)
        let targets = found.targets(using: &random)
        #expect(targets.count == Gateway.Limits.serversTried)
        #expect(
            targets.count { $0.target.name == "mx0.example.com" } == Gateway.Limits.addressesTried)
        #expect(lookup.asked.count <= 1 + 2 * Gateway.Limits.mailHosts)
    }

    @Test func `go to an address literal as it stands`() async throws {
        let address = try #require(IPAddress("192.0.2.77"))
        let found = try servers(await planner().plan(for: .address(address), now: 0))
        #expect(names(found) == [["[192.0.2.77] 192.0.2.77"]])
        let own = planner { $0.ownAddresses = [address] }
        #expect(
            try failure(await own.plan(for: .address(address), now: 0)).status
                == EnhancedStatusCode(5, 4, 6))
    }

    @Test func `are chosen by the domain, a domain above it, or the default`() throws {
        var table = RouteTable(fallback: MailRoute(name: "default"))
        table.exact[try domain("example.com")] = MailRoute(name: "exact")
        table.below[try domain("example.com")] = MailRoute(name: "below")
        table.below[try domain("deep.example.com")] = MailRoute(name: "deeper")
        for (name, route) in [
            ("example.com", "exact"), ("a.example.com", "below"), ("a.b.example.com", "below"),
            ("a.deep.example.com", "deeper"), ("deep.example.com", "below"),
            ("other.example", "default"), ("notexample.com", "default"),
        ] {
            #expect(table.route(for: try domain(name)).name == route, "\(name)")
        }
    }

    @Test func `put all mail for the same smart host into one queue`() throws {
        let local = try domain("gate.example")
        let smart = MailRoute(
            name: "cloud",
            nextHop: .smartHost(SmartHost(.domain(try domain("in.cloud.example")))))
        var table = RouteTable()
        table.exact[try domain("a.example")] = smart
        table.exact[try domain("b.example")] = smart
        table.named["held"] = MailRoute(name: "held", nextHop: smart.nextHop)
        func destination(_ text: String, _ routing: String = "") throws -> DeliveryDestination {
            let mailbox = Mailbox(try #require(EmailAddress(text)))
            return table.destination(
                of: ForwardPath(mailbox), routing: routing, localDomain: local)
        }
        #expect(try destination("x@a.example") == .route("cloud"))
        #expect(try destination("x@b.example") == .route("cloud"))
        #expect(try destination("x@c.example") == .domain(try domain("c.example")))
        #expect(try destination("x@c.example", "held") == .route("held"))
        #expect(try destination("x@c.example", "unknown") == .domain(try domain("c.example")))
        #expect(
            table.destination(of: .postmaster, localDomain: local) == .domain(local))
    }

    @Test func `share the load of several hosts by weight and fail over by priority`() async throws
    {
        try lookup.setAddresses("one.example", ["192.0.2.1"])
        try lookup.setAddresses("two.example", ["192.0.2.2"])
        try lookup.setAddresses("spare.example", ["192.0.2.3"])
        let route = MailRoute(
            name: "pair",
            nextHop: .hosts([
                SmartHost(.domain(try domain("spare.example")), priority: 1),
                SmartHost(.domain(try domain("one.example")), port: 2525, weight: 3),
                SmartHost(
                    .domain(try domain("two.example")), tls: .encrypted,
                    clientCertificate: "ours"),
            ]))
        let found = try servers(
            await planner(RouteTable(fallback: route)).plan(for: .route("pair"), now: 0))
        #expect(
            names(found) == [
                ["one.example 192.0.2.1", "two.example 192.0.2.2"], ["spare.example 192.0.2.3"],
            ])
        var random = SeededNumbers(seed: 3)
        var first: [String: Int] = [:]
        for _ in 0..<1_000 {
            let targets = found.targets(using: &random).map(\.target)
            first[targets[0].name, default: 0] += 1
            #expect(targets[2].name == "spare.example")
        }
        #expect((650...850).contains(first["one.example"] ?? 0))
        let two = found.groups[0][1].addresses[0].target
        #expect(two.tls == .encrypted)
        #expect(two.clientCertificate == "ours")
        #expect(found.groups[0][0].addresses[0].target.port == 2525)
    }

    @Test func `never send mail back because a smart host's name is wrong`() async throws {
        lookup.remove("wrong.example")
        let route = MailRoute(
            name: "smart", nextHop: .smartHost(SmartHost(.domain(try domain("wrong.example")))))
        let planner = planner(RouteTable(fallback: route))
        #expect(try failure(await planner.plan(for: .route("smart"), now: 0)).isTemporary)
        #expect(try failure(await planner.plan(for: .route("gone"), now: 0)).isTemporary)
    }

    @Test func `are kept for as long as the DNS says, within bounds`() async throws {
        #expect(PlannedServers(groups: [], validSeconds: 0).validSeconds == 5)
        #expect(PlannedServers(groups: [], validSeconds: 86_400).validSeconds == 300)
        #expect(PlannedServers(groups: [], validSeconds: 60).validSeconds == 60)
        #expect(Gateway.Limits.planSecondsAtLeast == 5)
        #expect(Gateway.Limits.planSeconds == 300)
    }
}

extension Array where Element: Hashable {
    var asSet: Set<Element> { Set(self) }
}
