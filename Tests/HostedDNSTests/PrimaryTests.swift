import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Changes at real primaries, Knot and BIND: made, refused, taken back, and read again from the
/// server.
@Suite(.serialized) struct PrimaryTests {
    static let zone = """
        @ SOA ns1 hostmaster 1 3600 600 86400 60
        @ NS ns1
        ns1 A 127.0.0.1
        @ MX 10 mail
        @ TXT "v=spf1 include:old.example -all"
        @ TXT "site-verification=abc"
        mail A 192.0.2.10
        _dmarc TXT "v=DMARC1; p=none; rua=mailto:reports@example.test"
        alias CNAME mail
        *.wild TXT "any"
        """

    static let raise = DNSChange(
        name: "_dmarc.example.test", type: "TXT",
        remove: ["v=DMARC1; p=none; rua=mailto:reports@example.test"],
        add: ["v=DMARC1; p=reject; rua=mailto:reports@example.test"])

    private func withServer(
        _ program: PrimaryServer.Program,
        _ body: (PrimaryServer) async throws -> Void
    ) async throws {
        let server = try PrimaryServer(
            program, zones: [("example.test", Self.zone), ("other.test", Self.zone)])
        defer { server.stop() }
        try await body(server)
    }

    private func refusal(_ outcome: ChangeDesk.Outcome) -> String {
        switch outcome {
        case .done(let sentence):
            Issue.record("It was done: \(sentence)")
            return ""
        case .refused(let sentence): return sentence
        }
    }

    private func isDone(_ outcome: ChangeDesk.Outcome) -> Bool {
        switch outcome {
        case .done: return true
        case .refused(let sentence):
            Issue.record("It was refused: \(sentence)")
            return false
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `a change is made, is seen, and is taken back`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let desk = try await Desk(server)
            let proposed = try await desk.propose([
                Self.raise,
                DNSChange(
                    name: "example.test", type: "TXT",
                    remove: ["v=spf1 include:old.example -all"],
                    add: ["v=spf1 include:old.example include:new.example -all"]),
                DNSChange(
                    name: "s1._domainkey.example.test", type: "TXT",
                    add: ["v=DKIM1; p=" + String(repeating: "A", count: 400)]),
            ])
            #expect(proposed.state == .proposed)
            #expect(proposed.change.sets.map(\.removed.count) == [1, 1, 0])
            #expect(proposed.change.sets[1].kept.count == 1)
            let before = try await desk.texts("example.test")
            #expect(before == ["site-verification=abc", "v=spf1 include:old.example -all"])

            #expect(isDone(try await desk.desk.apply(proposed.id, by: "Ada")))
            #expect(
                try await desk.texts("example.test") == [
                    "site-verification=abc", "v=spf1 include:old.example include:new.example -all",
                ])
            #expect(
                try await desk.texts("_dmarc.example.test") == [
                    "v=DMARC1; p=reject; rua=mailto:reports@example.test"
                ])
            #expect(try await desk.texts("s1._domainkey.example.test").first?.count == 411)
            #expect(try await desk.state(proposed.id) == .visible)
            #expect(try await desk.store.change(proposed.id)?.zone == "example.test.")

            // Not a second time, and not by anybody else.
            #expect(
                refusal(try await desk.desk.apply(proposed.id, by: "Eve")).contains("in force"))

            let undo = try await desk.desk.proposeUndo(of: proposed.id, by: "Ada")
            #expect(undo.undoOf == proposed.id && undo.change.isDangerous)
            let asked = try await desk.desk.apply(undo.id, by: "Ada")
            #expect(refusal(asked).contains("type the domain's name"))
            #expect(isDone(try await desk.desk.apply(undo.id, by: "Ada", typed: "example.test")))
            #expect(try await desk.texts("example.test") == before)
            #expect(try await desk.texts("s1._domainkey.example.test").isEmpty)
            #expect(try await desk.state(proposed.id) == .undone)
            #expect(try await desk.state(undo.id) == .visible)
            await desk.resolver.shutDown()
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `a change that somebody else overtook is refused, with what is there now`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let desk = try await Desk(server)
            let late = try await desk.propose([Self.raise])
            var other = Self.raise
            other.add = ["v=DMARC1; p=quarantine"]
            let early = try await desk.propose([other])
            #expect(isDone(try await desk.desk.apply(early.id, by: "Ben")))
            let sentence = refusal(try await desk.desk.apply(late.id, by: "Ada"))
            #expect(sentence.contains("has changed meanwhile"))
            #expect(sentence.contains("is now \"v=DMARC1; p=quarantine\""), "\(sentence)")
            #expect(try await desk.texts("_dmarc.example.test") == ["v=DMARC1; p=quarantine"])
            #expect(try await desk.state(late.id) == .proposed)

            // Records that appear beside it count too: the set has to be exactly as it was.
            let beside = try await desk.propose([
                DNSChange(name: "example.test", type: "TXT", add: ["one"])
            ])
            let third = try await desk.propose([
                DNSChange(
                    name: "example.test", type: "TXT", remove: ["site-verification=abc"])
            ])
            #expect(isDone(try await desk.desk.apply(beside.id, by: "Ada")))
            #expect(refusal(try await desk.desk.apply(third.id, by: "Ada")).contains("\"one\""))

            // The plan's record is gone, so no change can be made of it any more.
            await #expect(throws: ZoneChangeError.self) { try await desk.propose([Self.raise]) }
            await desk.resolver.shutDown()
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `of two people at the same moment exactly one wins`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let desk = try await Desk(server)
            for round in 0..<10 {
                let name = "race\(round).example.test"
                var ids: [Int64] = []
                for person in 0..<2 {
                    ids.append(
                        try await desk.propose([
                            DNSChange(name: name, type: "TXT", add: ["person \(person)"])
                        ]).id)
                }
                let office = desk.desk
                let outcomes = try await withThrowingTaskGroup(of: ChangeDesk.Outcome.self) {
                    group in
                    for id in ids { group.addTask { try await office.apply(id, by: "p\(id)") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let done = outcomes.count { if case .done = $0 { true } else { false } }
                #expect(done == 1, "\(outcomes)")
                #expect(try await desk.texts(name).count == 1)
            }
            // And the same change by two people: it is made once.
            let one = try await desk.propose([
                DNSChange(name: "same.example.test", type: "TXT", add: ["x"])
            ])
            let office = desk.desk
            async let left = office.apply(one.id, by: "Ada")
            async let right = office.apply(one.id, by: "Ben")
            let both = [try await left, try await right]
            #expect(both.count { if case .done = $0 { true } else { false } } == 1, "\(both)")
            await desk.resolver.shutDown()
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `a wrong key, a wrong time and a key without right are told apart`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let cases: [(keys: [TransactionKey], skew: Int64, words: String)] = [
                ([try PrimaryServer.key("nobody")], 0, "does not know the key nobody."),
                ([try PrimaryServer.key(secret: Array(2...33))], 0, "another secret (BADSIG)"),
                ([try PrimaryServer.key()], -3_600, "seconds ahead"),
                ([try PrimaryServer.key()], 3_600, "seconds behind"),
                ([try PrimaryServer.key("other")], 0, "allow this key"),
            ]
            for (keys, skew, words) in cases {
                let desk = try await Desk(server, keys: keys, skew: skew)
                let change = try await desk.propose([Self.raise])
                let sentence = refusal(try await desk.desk.apply(change.id, by: "Ada"))
                #expect(sentence.contains(words), "\(program) \(words): \(sentence)")
                #expect(try await desk.state(change.id) == .proposed)
                #expect(try await desk.texts("_dmarc.example.test").first?.contains("none") == true)
                await desk.resolver.shutDown()
            }
        }
    }

    @Test func `without a key only a server on this machine is asked`() async throws {
        try await withServer(.knot) { server in
            let keyless = try await Desk(server, keys: [])
            let change = try await keyless.propose([Self.raise])
            let asked = refusal(try await keyless.desk.apply(change.id, by: "Ada"))
            #expect(asked.contains("There is no key"), "\(asked)")
            await keyless.resolver.shutDown()
            let desk = try await Desk(
                server, keys: [], store: keyless.store, allowsUnsigned: true)
            let sentence = refusal(try await desk.desk.apply(change.id, by: "Ada"))
            #expect(sentence.contains("allow this key"), "\(sentence)")
            let zone = try #require(DNSName("example.test"))
            let far = try #require(ResolverAddress("192.0.2.1:53"))
            let outcome = await ZoneUpdater { 0 }.send(
                DNSUpdate(zone: zone), to: far, key: nil)
            guard case .refused(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("--tsig-keys"))
            await desk.resolver.shutDown()
        }
    }

    @Test func `a server that is gone leaves the change as it was`() async throws {
        try await withServer(.knot) { server in
            let desk = try await Desk(server)
            let change = try await desk.propose([Self.raise])
            let gone = KeyRing.Primary(
                zone: try #require(DNSName("example.test")),
                server: try #require(ResolverAddress("127.0.0.1:\(try LoopbackPort.free())")))
            let lost = try await Desk(server, named: [gone], store: desk.store)
            let sentence = refusal(try await lost.desk.apply(change.id, by: "Ada"))
            #expect(sentence.contains("cannot be reached"), "\(sentence)")
            #expect(try await desk.state(change.id) == .proposed)
            #expect(isDone(try await desk.desk.apply(change.id, by: "Ada")))
            await desk.resolver.shutDown()
            await lost.resolver.shutDown()
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `a parked domain is closed in one act, and opened again`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let desk = try await Desk(server)
            let domain = try #require(DomainName("example.test"))
            let proposed = try await desk.desk.proposeLockDown(
                of: domain, by: "Ada", reportURI: "mailto:else@example.test", legitimate: 12,
                undecided: 0, days: 30)
            #expect(proposed.change.consequences.count == 2)
            let asked = refusal(try await desk.desk.apply(proposed.id, by: "Ada"))
            #expect(asked.contains("12 messages") && asked.contains("mail.example.test"))
            #expect(
                refusal(
                    try await desk.desk.apply(proposed.id, by: "Ada", typed: "other.test")
                ).contains("type the domain's name"))
            #expect(
                isDone(try await desk.desk.apply(proposed.id, by: "Ada", typed: "Example.Test")))
            #expect(
                try await desk.texts("example.test") == ["site-verification=abc", "v=spf1 -all"])
            #expect(try await desk.texts("any.selector._domainkey.example.test").count == 1)
            #expect(try await desk.texts("s1._domainkey.example.test") == ["v=DKIM1; p="])
            #expect(
                try await desk.texts("_dmarc.example.test") == [
                    "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:reports@example.test"
                ])
            let mx = await desk.resolver.lookUp(domain, .mx)
            #expect(mx.exchanges.count == 1 && mx.exchanges[0].host == nil)
            #expect(try await desk.state(proposed.id) == .visible)
            await #expect(throws: ZoneChangeError.nothingToDo(domain)) {
                try await desk.desk.proposeLockDown(
                    of: domain, by: "Ada", reportURI: nil, legitimate: 0, undecided: 0, days: 30)
            }
            let undo = try await desk.desk.proposeUndo(of: proposed.id, by: "Ada")
            #expect(isDone(try await desk.desk.apply(undo.id, by: "Ada", typed: "example.test")))
            let back = await desk.resolver.lookUp(domain, .mx)
            #expect(back.exchanges.first?.host?.text == "mail.example.test")
            #expect(try await desk.texts("x._domainkey.example.test").isEmpty)
            await desk.resolver.shutDown()
        }
    }

    @Test(arguments: PrimaryServer.Program.allCases)
    func `aliases, wildcards and names outside are seen before anything is sent`(
        _ program: PrimaryServer.Program
    ) async throws {
        try await withServer(program) { server in
            let desk = try await Desk(server)
            await #expect(throws: ZoneFault.self) {
                try await desk.propose([
                    DNSChange(name: "alias.example.test", type: "TXT", add: ["x"])
                ])
            }
            await #expect(throws: ZoneChangeError.self) {
                try await desk.propose([
                    DNSChange(name: "x.other.test", type: "TXT", add: ["x"])
                ])
            }
            await #expect(throws: ZoneFault.self) {
                try await desk.propose(
                    [DNSChange(name: "x.nowhere.test", type: "TXT", add: ["x"])],
                    for: "nowhere.test")
            }
            // What a wildcard says is not there.
            let change = try await desk.propose([
                DNSChange(name: "a.wild.example.test", type: "TXT", add: ["own"])
            ])
            #expect(change.change.sets[0].before == nil)
            #expect(isDone(try await desk.desk.apply(change.id, by: "Ada")))
            #expect(try await desk.texts("a.wild.example.test") == ["own"])
            #expect(try await desk.texts("b.wild.example.test") == ["any"])
            // An alias that came meanwhile stands in the way, and is told.
            let late = try await desk.propose([
                DNSChange(name: "late.example.test", type: "TXT", add: ["x"])
            ])
            let alias = try await desk.propose([
                DNSChange(
                    name: "late.example.test", type: "CNAME", add: ["mail.example.test."])
            ])
            #expect(isDone(try await desk.desk.apply(alias.id, by: "Ada")))
            let sentence = refusal(try await desk.desk.apply(late.id, by: "Ada"))
            #expect(sentence.contains("alias"), "\(sentence)")
            await desk.resolver.shutDown()
        }
    }
}
