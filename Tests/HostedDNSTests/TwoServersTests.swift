import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Identities
import Storage
import Testing

/// A zone with two real servers, BIND and Knot: a change is visible when both show it, and somebody
/// else's hand at one of them is seen.
@Suite struct TwoServersTests {
    static let zone = """
        @ SOA ns1 hostmaster 1 3600 600 86400 60
        @ NS ns1
        @ NS ns2
        ns1 A 127.0.0.1
        ns2 A 127.0.0.2
        _dmarc TXT "v=DMARC1; p=none"
        """

    @Test func `a change is visible once the slower server shows it too`() async throws {
        let first = try PrimaryServer(.bind, zones: [("example.test", Self.zone)])
        defer { first.stop() }
        // BIND listens on addresses that an interface has, Knot on any of loopback.
        let second = try PrimaryServer(
            .knot, zones: [("example.test", Self.zone)], address: "127.0.0.2", port: first.port)
        defer { second.stop() }
        let desk = try await Desk(first)
        let change = try await desk.propose([
            DNSChange(
                name: "_dmarc.example.test", type: "TXT", remove: ["v=DMARC1; p=none"],
                add: ["v=DMARC1; p=reject"])
        ])
        let outcome = try await desk.desk.apply(change.id, by: "Ada")
        guard case .done = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let waiting = try #require(try await desk.store.change(change.id))
        #expect(waiting.state == .pending)
        #expect(waiting.remark == "As before on: ns2.example.test.")

        // What a transfer would bring to the second server.
        let name = try #require(DNSName("_dmarc.example.test"))
        func put(_ text: String, at server: PrimaryServer) async throws -> ZoneUpdater.Outcome {
            let record = ResourceRecord(
                name: name, type: .txt, timeToLive: 300, data: .text(text))
            return await ZoneUpdater { MachineClock.seconds }.send(
                DNSUpdate(
                    zone: try #require(DNSName("example.test")),
                    instructions: [.removeSet(name, .txt), .add(record)]),
                to: try server.place, key: try PrimaryServer.key())
        }
        #expect(try await put("v=DMARC1; p=reject", at: second) == .done)
        desk.clock.advance(by: Limits.pendingPause)
        let step = try await desk.watch.step(now: desk.clock.now)
        #expect(step.moved == [change.id: .visible])

        #expect(try await put("v=DMARC1; p=none; by=hand", at: second) == .done)
        desk.clock.advance(by: Limits.standingPause)
        let later = try await desk.watch.step(now: desk.clock.now)
        #expect(later.moved == [change.id: .changedOutside])
        let remark = try #require(try await desk.store.change(change.id)).remark
        #expect(remark.contains("ns2.example.test.") && remark.contains("by=hand"), "\(remark)")
        await desk.resolver.shutDown()
    }
}
