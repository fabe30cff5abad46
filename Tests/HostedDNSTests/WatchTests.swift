import DNS
import DomainAnalysis
import HostedDNS
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// The life of a change that was made, with a clock and servers of the test's own.
@Suite struct WatchTests {
    static let old = RecordSet(timeToLive: 300, data: [.text("v=DMARC1; p=none")])
    static let new = RecordSet(timeToLive: 300, data: [.text("v=DMARC1; p=reject")])
    static let other = RecordSet(timeToLive: 300, data: [.text("somebody else")])

    private func with(
        _ engine: TestEngine = .sqlite, servers: [String] = ["ns1", "ns2"],
        _ body: (ChangeStore, ScriptedZone, ChangeWatch, Int64) async throws -> Void
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let store = ChangeStore(database: database)
            let zone = ScriptedZone(servers, Self.old)
            let id = try await store.add(try Self.change(), now: 100)
            try await body(store, zone, ChangeWatch(store: store, asker: zone), id)
        }
    }

    static func change() throws -> ZoneChange {
        let domain = try #require(DomainName("example.com"))
        let name = try #require(DNSName("_dmarc.example.com"))
        return try ZoneChange(
            domain: domain,
            sets: [RecordSetChange(name: name, type: .txt, before: old, after: new)],
            reason: "r", askedBy: "Ada")
    }

    private func made(_ store: ChangeStore, _ id: Int64, at now: Int64) async throws {
        _ = try await store.move(
            id, from: [.proposed],
            ChangeMove(
                to: .pending, appliedAt: now, dueAt: now + 300 + Limits.visibility,
                nextCheckAt: now), now: now)
    }

    @Test(arguments: TestEngine.allCases)
    func `from pending to visible, changed outside, and back`(_ engine: TestEngine) async throws {
        try await with(engine) { store, zone, watch, id in
            try await made(store, id, at: 1_000)
            zone.show(Self.new, on: "ns1")
            #expect(try await watch.step(now: 1_000).moved.isEmpty)
            let waiting = try #require(try await store.change(id))
            #expect(waiting.state == .pending && waiting.remark == "As before on: ns2")
            #expect(waiting.nextCheckAt == 1_000 + Limits.pendingPause)
            // Nothing is asked before its time.
            #expect(try await watch.step(now: 1_001).checked == 0)
            zone.show(Self.new, on: "ns2")
            #expect(try await watch.step(now: 1_060).moved == [id: .visible])
            #expect(try await watch.step(now: 1_061 + Limits.pendingPause).checked == 0)

            let later = 1_060 + Limits.standingPause
            zone.silence("ns2")
            #expect(try await watch.step(now: later).moved.isEmpty)
            #expect(try await store.change(id)?.state == .visible)
            #expect(try await store.change(id)?.remark.contains("ns2") == true)
            zone.silence()
            zone.show(Self.other, on: "ns1", "ns2")
            #expect(
                try await watch.step(now: later + Limits.standingPause).moved
                    == [id: .changedOutside])
            #expect(
                try await store.change(id)?.remark.contains("is now \"somebody else\"") == true)
            zone.show(Self.new, on: "ns1", "ns2")
            #expect(
                try await watch.step(now: later + 2 * Limits.standingPause).moved == [id: .visible])
            let states = try await store.events(of: id).map(\.state)
            #expect(
                states == [
                    .proposed, .pending, .pending, .visible, .visible, .changedOutside, .visible,
                ])
        }
    }

    @Test func `what never becomes visible is told once its time is over, and may still come`()
        async throws
    {
        try await with { store, zone, watch, id in
            try await made(store, id, at: 0)
            zone.show(Self.new, on: "ns1")
            zone.silence("ns2")
            let due = 300 + Limits.visibility
            #expect(try await watch.step(now: due).moved.isEmpty)
            #expect(try await watch.step(now: due + Limits.pendingPause).moved == [id: .overdue])
            #expect(try await store.change(id)?.remark.contains("ns2") == true)
            zone.silence()
            zone.show(Self.new, on: "ns2")
            let later = due + Limits.pendingPause + Limits.standingPause
            #expect(try await watch.step(now: later).moved == [id: .visible])
        }
    }

    @Test func `a zone that cannot be found changes no state`() async throws {
        try await with { store, zone, watch, id in
            try await made(store, id, at: 0)
            zone.show(Self.new, on: "ns1", "ns2")
            _ = try await watch.step(now: 0)
            zone.lose(true)
            #expect(try await watch.step(now: Limits.standingPause).checked == 1)
            let change = try #require(try await store.change(id))
            #expect(change.state == .visible && change.remark.contains("cannot be found"))
        }
    }

    @Test(arguments: [
        (ChangeState.pending, "new", "old"), (.visible, "new", "new"), (.proposed, "old", "old"),
        (.applying, "silent", "silent"),
    ])
    func `a change whose maker was stopped is settled by what the servers show`(
        _ expected: ChangeState, _ first: String, _ second: String
    ) async throws {
        try await with { store, zone, watch, id in
            _ = try await store.move(
                id, from: [.proposed],
                ChangeMove(
                    to: .applying, by: "Ada", appliedAt: 0, dueAt: 9_999,
                    nextCheckAt: Limits.applying), now: 0)
            #expect(try await watch.step(now: Limits.applying - 1).checked == 0)
            for (name, shows) in [("ns1", first), ("ns2", second)] {
                zone.show(shows == "new" ? Self.new : Self.old, on: name)
            }
            if first == "silent" { zone.silence("ns1", "ns2") }
            _ = try await watch.step(now: Limits.applying)
            #expect(try await store.change(id)?.state == expected)
        }
    }

    @Test func `a later change of ours takes the place of an earlier one`() async throws {
        try await with { store, zone, watch, id in
            try await made(store, id, at: 0)
            zone.show(Self.new, on: "ns1", "ns2")
            _ = try await watch.step(now: 0)
            let domain = try #require(DomainName("example.com"))
            let name = try #require(DNSName("_dmarc.example.com"))
            let second = try await store.add(
                try ZoneChange(
                    domain: domain,
                    sets: [
                        RecordSetChange(
                            name: name, type: .txt, before: Self.new, after: Self.other)
                    ], reason: "r", askedBy: "Ben"), now: 10)
            let desk = ChangeDesk(
                store: store, asker: zone, keys: KeyRing(), updater: ZoneUpdater { 20 }
            ) { 20 }
            zone.show(Self.other, on: "ns1", "ns2")
            let outcome = try await desk.madeByHand(second, by: "Ben")
            #expect(
                outcome == .done("The change is watched until all servers of the zone show it."))
            #expect(try await store.change(id)?.state == .replaced)
            #expect(try await store.change(second)?.state == .visible)
            #expect(try await watch.step(now: 9_999_999).checked == 1)
            // It cannot be dismissed or made any more, and what is not there is no change.
            for act in [
                try await desk.dismiss(second, by: "x"), try await desk.madeByHand(second, by: "x"),
                try await desk.apply(second, by: "x"), try await desk.apply(99, by: "x"),
                try await desk.madeByHand(99, by: "x"), try await desk.dismiss(99, by: "x"),
            ] {
                if case .done = act { Issue.record("\(act)") }
            }
            await #expect(throws: ZoneFault.self) {
                try await desk.proposeUndo(of: id, by: "x")
            }
        }
    }
}
