import DNS
import DomainAnalysis
import Foundation
import Identities
import Testing

/// Changes as values: how they are worked out, what they may not do, and the way back.
@Suite struct ChangeTests {
    static func name(_ text: String) throws -> DNSName { try #require(DNSName(text)) }
    static func domain(_ text: String = "example.com") throws -> DomainName {
        try #require(DomainName(text))
    }

    static func set(_ texts: String..., seconds: UInt32 = 300) -> RecordSet? {
        RecordSet(timeToLive: seconds, data: texts.map { .text($0) })
    }

    private static func draft(_ found: [(String, RecordType, RecordSet?)]) throws -> ChangeDraft {
        var draft = ChangeDraft(domain: try domain())
        for (text, type, set) in found { draft.found(set, at: try name(text), type) }
        return draft
    }

    @Test func `a step of a plan changes its record, and all others at the name stay`() throws {
        let steps = [
            DNSChange(
                name: "example.com", type: "TXT", remove: ["v=spf1 -all"],
                add: ["v=spf1 include:a.example -all"]),
            DNSChange(name: "example.com", type: "MX", add: ["10 mail.example.com."]),
            DNSChange(name: "Example.com", type: "TXT", add: ["third"]),
        ]
        #expect(try ChangeDraft.needed(for: steps).count == 2)
        var draft = try Self.draft([
            ("example.com", .txt, Self.set("v=spf1 -all", "verification")),
            ("example.com", .mx, nil),
        ])
        for step in steps { try draft.take(step) }
        let change = try draft.change(reason: "r", askedBy: "Ada")
        let texts = change.sets[0]
        #expect(texts.removed == [.text("v=spf1 -all")])
        #expect(Set(texts.added) == [.text("v=spf1 include:a.example -all"), .text("third")])
        #expect(texts.kept == [.text("verification")])
        #expect(texts.after?.timeToLive == 300)
        #expect(change.sets[1].after?.timeToLive == ChangeLimits.newTimeToLive)
        #expect(change.longestTimeToLive == 3_600)

        let back = change.inverse(askedBy: "Ben")
        #expect(back.sets.map(\.before) == change.sets.map(\.after))
        #expect(back.inverse(askedBy: "Ada").sets == change.sets)
        #expect(back.reason == "Undo: r" && back.askedBy == "Ben")
        let other = try draft.change(reason: "r", askedBy: "Ada", timeToLive: 60)
        #expect(other.sets.map(\.after?.timeToLive) == [60, 60])
        #expect(other.sets[0].timeToLiveChange?.before == 300)
    }

    @Test func `a change that does nothing, goes too far or contradicts itself is refused`() throws
    {
        let domain = try Self.domain()
        func make(_ sets: [RecordSetChange]) throws(ZoneChangeError) -> ZoneChange {
            try ZoneChange(domain: domain, sets: sets, reason: "", askedBy: "")
        }
        let apex = try Self.name("example.com")
        let one = RecordSetChange(name: apex, type: .txt, before: nil, after: Self.set("a"))
        let still = RecordSetChange(
            name: apex, type: .txt, before: Self.set("a"), after: Self.set("a"))
        #expect(throws: ZoneChangeError.nothingToDo(domain)) { try make([still]) }
        #expect(throws: ZoneChangeError.nothingToDo(domain)) { try make([]) }
        #expect(throws: ZoneChangeError.twice(apex, .txt)) { try make([one, one]) }
        for type in [RecordType.soa, .any, .tsig, .rrsig] {
            #expect(throws: ZoneChangeError.unchangeable(type)) {
                var bad = one
                bad.type = type
                return try make([bad])
            }
        }
        let outside = try Self.name("badexample.com")
        #expect(throws: ZoneChangeError.outside(outside, domain)) {
            var bad = one
            bad.name = outside
            return try make([bad])
        }
        let target = try Self.name("a.example")
        let second = try Self.name("b.example")
        #expect(throws: ZoneChangeError.twoAliases(apex)) {
            try make([
                RecordSetChange(
                    name: apex, type: .cname, before: nil,
                    after: RecordSet(timeToLive: 1, data: [.cname(target), .cname(second)]))
            ])
        }
        let many = (0...ChangeLimits.records).map { RecordData.text("\($0)") }
        #expect(throws: ZoneChangeError.tooManyRecords(apex)) {
            try make([
                RecordSetChange(
                    name: apex, type: .txt, before: nil,
                    after: RecordSet(timeToLive: 1, data: many))
            ])
        }
        #expect(throws: ZoneChangeError.tooManySets) {
            try make(
                try (0...ChangeLimits.sets).map {
                    var copy = one
                    copy.name = try Self.name("n\($0).example.com")
                    return copy
                })
        }
        let long = try ZoneChange(
            domain: domain, sets: [one], reason: String(repeating: "r", count: 5_000),
            askedBy: String(repeating: "p", count: 5_000),
            consequences: Array(repeating: "c", count: 100))
        #expect(long.reason.count == ChangeLimits.reason)
        #expect(long.askedBy.count == ChangeLimits.person)
        #expect(long.consequences.count == ChangeLimits.consequences)
    }

    @Test func `a plan that is not true any more makes no change`() throws {
        var draft = try Self.draft([("example.com", .txt, Self.set("now"))])
        let stale = DNSChange(name: "example.com", type: "TXT", remove: ["then"], add: ["x"])
        let fault = #expect(throws: ZoneChangeError.self) { try draft.take(stale) }
        #expect(fault?.description.contains("there is \"now\"") == true)
        for bad in [
            DNSChange(name: "", type: "TXT", add: ["x"]),
            DNSChange(name: "example.com", type: "NONSENSE", add: ["x"]),
            DNSChange(name: "example.com", type: "MX", add: ["x\n0 ."]),
        ] {
            #expect(throws: ZoneChangeError.self) { try draft.take(bad) }
        }
    }

    @Test func `records are a set: order and repetition mean nothing`() {
        let one = Self.set("a", "b", "a")
        #expect(one == Self.set("b", "a"))
        #expect(one.holdsSame(as: Self.set("b", "a", seconds: 9)))
        #expect(!one.holdsSame(as: Self.set("a")))
        #expect(!one.holdsSame(as: nil) && Optional<RecordSet>.none.holdsSame(as: nil))
        #expect(RecordSet(timeToLive: 1, data: []) == nil)
    }

    // MARK: Closing a domain

    private static func closed(
        _ found: [RecordData], policy: [RecordData] = [], mail: [RecordData] = []
    ) throws -> ChangeDraft {
        var draft = ChangeDraft(domain: try domain())
        for (name, type) in LockDown.needed(for: draft.domain) {
            let isPolicy = name.labels.first == Array("_dmarc".utf8)
            let data =
                type == .mx ? mail : isPolicy ? policy : name.labelCount == 2 ? found : []
            draft.found(RecordSet(timeToLive: 60, data: data), at: name, type)
        }
        return draft
    }

    @Test func `closing a domain leaves what is not about mail, and keeps the reports' address`()
        throws
    {
        var draft = try Self.closed(
            [.text("v=spf1 include:a -all"), .text("V=SPF1 ?all"), .text("verification")],
            policy: [.text("v=DMARC1; p=none; pct=20; rua=mailto:a@b.example; t=y")],
            mail: [.mx(preference: 10, exchange: try Self.name("mail.example.com"))])
        let consequences = LockDown.consequences(of: draft, legitimate: 3, undecided: 1, days: 30)
        #expect(consequences.count == 3)
        #expect(consequences[2].contains("mail.example.com:"))
        LockDown.apply(to: &draft, reportURI: "mailto:other@b.example")
        let change = try draft.change(
            reason: "", askedBy: "", consequences: consequences)
        let after = change.sets.map { $0.after?.data ?? [] }
        #expect(Set(after[0]) == [.text("v=spf1 -all"), .text("verification")])
        #expect(after[1] == [.text("v=DKIM1; p=")])
        #expect(after[2] == [.mx(preference: 0, exchange: .root)])
        #expect(
            after[3] == [
                .text("v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:a@b.example")
            ])
        #expect(change.sets[1].name.description == "*._domainkey.example.com.")
    }

    @Test func `a closed domain is left alone, and a bare one gets all four`() throws {
        var bare = try Self.closed([])
        #expect(LockDown.consequences(of: bare, legitimate: 0, undecided: 0, days: 30).isEmpty)
        LockDown.apply(to: &bare, reportURI: "mailto:r@b.example")
        let change = try bare.change(reason: "", askedBy: "")
        #expect(change.sets.count == 4 && change.sets.allSatisfy { $0.before == nil })
        var again = ChangeDraft(domain: try Self.domain())
        for set in change.sets { again.found(set.after, at: set.name, set.type) }
        LockDown.apply(to: &again, reportURI: nil)
        #expect(throws: ZoneChangeError.self) { try again.change(reason: "", askedBy: "") }
    }

    // MARK: Consequences

    @Test func `what may be lost is said, and only that`() throws {
        let policy = try Self.name("_dmarc.example.com")
        let apex = try Self.name("example.com")
        let key = try Self.name("s._domainkey.example.com")
        func txt(_ name: DNSName, _ before: String?, _ after: String?) -> [RecordSetChange] {
            [
                RecordSetChange(
                    name: name, type: .txt, before: before.flatMap { Self.set($0) },
                    after: after.flatMap { Self.set($0) })
            ]
        }
        let none = ChangeConsequences.Mail(days: 30, failing: 0)
        let some = ChangeConsequences.Mail(days: 30, failing: 7)
        let raise = txt(policy, "v=DMARC1; p=none", "v=DMARC1; p=reject")
        #expect(ChangeConsequences.of(raise, mail: none).isEmpty)
        #expect(ChangeConsequences.of(raise, mail: some).first?.contains("7 messages") == true)
        #expect(ChangeConsequences.of(raise).first?.contains("no reports tell") == true)
        let lower = raise.map(\.inverse)
        #expect(ChangeConsequences.of(lower, mail: none).first?.contains("Forged mail") == true)
        #expect(ChangeConsequences.of(txt(policy, "v=DMARC1; p=none", nil)).count == 1)
        #expect(
            ChangeConsequences.of(
                txt(policy, "v=DMARC1; p=none", "v=DMARC1; p=none; rua=mailto:a@b.example")
            ).isEmpty)
        #expect(ChangeConsequences.of(txt(apex, "v=spf1 -all", "v=spf1 a -all")).isEmpty)
        let fewer = ChangeConsequences.of(txt(apex, "v=spf1 a mx -all", "v=spf1 a -all"))
        #expect(fewer.first?.contains("named by mx") == true)
        #expect(ChangeConsequences.of(txt(key, nil, "v=DKIM1; p=AAAA")).isEmpty)
        #expect(ChangeConsequences.of(txt(key, "v=DKIM1; p=", "v=DKIM1; p=AAAA")).isEmpty)
        #expect(ChangeConsequences.of(txt(key, "v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB")).count == 1)
    }
}
