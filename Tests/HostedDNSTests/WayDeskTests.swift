import DNS
import DomainAnalysis
import HostedDNS
import Identities
import Storage
import Testing

/// The way to reject against a real Knot: proposed, approved, made, followed by rules, taken back.
@Suite(.serialized) struct WayDeskTests {
    @Test func `what one person proposes a second one approves, and the primary answers with it`()
        async throws
    {
        try await WayBed.with { bed in
            try await bed.way.store.wantTwoPeople(true, by: WayBed.ben, now: 1)
            let domain = bed.reports.domain
            let proposal = try await bed.way.propose(
                domain, step: .domain(.rejectTest), days: 30, by: WayBed.ada)
            #expect(proposal.draft.known.coverage.days == 30)
            let typed = try await bed.way.approve(proposal.id, by: WayBed.ben, typed: "example.com")
            #expect(!typed.isDecided && typed.sentence.contains("type the domain's name"))
            let own = try await bed.way.approve(
                proposal.id, by: WayBed.ada, typed: "example.test")
            #expect(!own.isDecided && own.sentence.contains("second person"))
            let done = try await bed.way.approve(
                proposal.id, by: WayBed.ben, typed: "EXAMPLE.test")
            #expect(done.isDecided && done.sentence.contains("has made the change"), "\(done)")
            #expect(
                try await bed.record
                    == "v=DMARC1; p=reject; t=y; rua=mailto:reports@example.test")
            #expect(try await bed.desk.state(try #require(done.change)) == .visible)
            let again = try await bed.way.approve(
                proposal.id, by: WayBed.ben, typed: "example.test")
            #expect(!again.isDecided && again.sentence.contains("decided already"))
            let acts = try await bed.audit.entries(after: 0).map(\.change.act)
            #expect(Array(acts.prefix(3)) == ["way.two-people", "way.propose", "way.approve"])
            #expect(acts.contains("way.change") && acts.contains("dns.applying"))
        }
    }

    @Test func `where two people decide, no change of a policy goes past the second`() async throws
    {
        try await WayBed.with { bed in
            try await bed.way.store.wantTwoPeople(true, by: WayBed.ben, now: 1)
            let domain = bed.reports.domain
            let old = try await bed.record
            func change(to record: String) async throws -> Int64 {
                try await bed.desk.desk.propose(
                    [
                        DNSChange(
                            name: "_dmarc.\(domain)", type: "TXT",
                            remove: [try #require(try await bed.record)],
                            add: [record])
                    ], for: domain, reason: "a plan's step", by: WayBed.ada.name
                ).id
            }
            let reject = try await change(to: "v=DMARC1; p=reject; rua=mailto:reports@example.test")
            let own = try await bed.desk.desk.apply(
                reject, by: WayBed.ada.name, typed: domain.text)
            guard case .refused(let why) = own else { throw WayError.unknown(reject) }
            #expect(why.contains("two people") && why.contains(WayBed.ada.name))
            // A program is nobody's second person.
            let program = try await bed.desk.desk.acting(as: .token).apply(
                reject, by: "nightly", typed: domain.text)
            guard case .refused = program else { throw WayError.unknown(reject) }
            #expect(try await bed.record == old)
            let second = try await bed.desk.desk.apply(
                reject, by: WayBed.ben.name, typed: domain.text)
            guard case .done = second else { throw WayError.unknown(reject) }
            #expect(try await bed.record?.contains("p=reject") == true)
            // Where reports go is no policy.
            let reports = try await change(to: "v=DMARC1; p=reject; rua=mailto:other@example.test")
            let alone = try await bed.desk.desk.apply(
                reports, by: WayBed.ada.name, typed: domain.text)
            guard case .done = alone else { throw WayError.unknown(reports) }
        }
    }

    @Test func `a proposal whose record has changed meanwhile changes nothing`() async throws {
        try await WayBed.with { bed in
            let domain = bed.reports.domain
            let proposal = try await bed.way.propose(
                domain, step: .domain(.reject), days: 30, by: WayBed.ada)
            let other = try await bed.desk.propose([
                DNSChange(
                    name: "_dmarc.example.test", type: "TXT",
                    remove: ["v=DMARC1; p=none; rua=mailto:reports@example.test"],
                    add: ["v=DMARC1; p=quarantine"])
            ])
            _ = try await bed.desk.desk.apply(other.id, by: "Eve", typed: "example.test")
            let late = try await bed.way.approve(
                proposal.id, by: WayBed.ben, typed: "example.test")
            #expect(!late.isDecided && late.sentence.contains("could not be worked out"))
            #expect(try await bed.record == "v=DMARC1; p=quarantine")
            let kept = try #require(try await bed.way.store.proposal(proposal.id))
            #expect(kept.state == .proposed && kept.remark.contains("is not there any more"))
            let declined = try await bed.way.decline(
                proposal.id, by: WayBed.ada, because: "changed")
            #expect(declined.isDecided)

            // Where there was none, and another has come up: two records would count as none.
            _ = try await bed.way.store.propose(
                WayDraft(
                    domain: domain, record: "v=DMARC1; p=reject", replaces: nil, reason: "r",
                    known: bed.reports.risk("v=DMARC1; p=reject", 1)), by: WayBed.ada, now: 1)
            let twice = try await bed.way.approve(
                proposal.id + 1, by: WayBed.ben, typed: "example.test")
            #expect(!twice.isDecided && twice.sentence.contains("two of them"), "\(twice)")
            #expect(try await bed.record == "v=DMARC1; p=quarantine")
        }
    }

    @Test func `by its rules a domain goes on to reject, and back when a sender starts to fail`()
        async throws
    {
        try await WayBed.with { bed in
            let domain = bed.reports.domain
            #expect(try await bed.rules.step().isEmpty)
            let survey = try await bed.way.survey(domain)
            try await bed.way.agree(try WayRules(testDays: 3), survey, by: WayBed.ada)
            #expect(try await bed.look().contains("0 days of 14"))
            bed.reports.pass(days: 14)
            #expect(try await bed.look().hasPrefix("act: On to p=quarantine; t=y"))
            #expect(try await bed.record?.contains("p=quarantine; t=y") == true)
            // The step begins when it is seen, and the test has days of its own.
            #expect(try await bed.look().contains("0 days of 3"))
            bed.reports.pass(days: 3)
            #expect(try await bed.look().hasPrefix("act: On to p=quarantine:"))
            #expect(try await bed.look().contains("0 days of 14"))
            bed.reports.pass(days: 14)
            bed.reports.fail(100)
            #expect(try await bed.look().contains("Too much legitimate mail"))
            bed.reports.fail(0)
            #expect(try await bed.look().hasPrefix("act: On to p=reject; t=y"))
            _ = try await bed.look()
            bed.reports.pass(days: 3)
            #expect(try await bed.look().hasPrefix("act: On to p=reject:"))
            #expect(
                try await bed.record == "v=DMARC1; p=reject; rua=mailto:reports@example.test")
            #expect(try await bed.look().contains("no further step"))

            bed.reports.pass(days: 2)
            bed.reports.fail(900)
            let back = try await bed.look()
            #expect(back.hasPrefix("act: Back to p=quarantine: Service A"), "\(back)")
            #expect(
                try await bed.record == "v=DMARC1; p=quarantine; rua=mailto:reports@example.test")
            let ended = try #require(try await bed.way.store.rules(of: domain))
            #expect(ended.stoppedAt != nil)
            #expect(try await bed.rules.step().isEmpty)
            let entries = try await bed.audit.entries(after: 0).map(\.change)
            #expect(
                entries.contains {
                    $0.act == "way.approve" && $0.actor.kind == .rule
                        && $0.actor.name == "rules agreed by Ada"
                })
            let stop = try #require(entries.last { $0.act == "way.stop" })
            #expect(stop.after?.contains("Service A, whose mail was proved before") == true)
            // The change of the DNS is a rule's as well.
            #expect(entries.last { $0.act == "dns.applying" }?.actor.kind == .rule)
        }
    }

    @Test func `where two people are wanted rules propose, and a person's no ends them`()
        async throws
    {
        try await WayBed.with { bed in
            let domain = bed.reports.domain
            try await bed.way.store.wantTwoPeople(true, by: WayBed.ben, now: 1)
            try await bed.way.agree(
                try WayRules(), try await bed.way.survey(domain), by: WayBed.ada)
            bed.reports.pass(days: 14)
            #expect(try await bed.look().contains("Proposal 1 waits for a person's decision"))
            #expect(try await bed.look().hasPrefix("stay: Proposal 1 waits"))
            #expect(try await bed.record?.contains("p=none") == true)
            let own = try await bed.way.approve(1, by: WayBed.ada, typed: "example.test")
            #expect(!own.isDecided)
            #expect(try await bed.way.approve(1, by: WayBed.ben, typed: "example.test").isDecided)
            #expect(try await bed.record?.contains("p=quarantine") == true)
            #expect(try await bed.look().contains("0 days of 14"))
            bed.reports.pass(days: 14)
            #expect(try await bed.look().contains("Proposal 2 waits"))
            _ = try await bed.way.decline(2, by: WayBed.ben, because: "not before Christmas")
            #expect(try await bed.look().contains("Ben declined proposal 2"))
            #expect(try await bed.rules.step().isEmpty)
        }
    }

    @Test func `without a key what was approved waits to be made by hand, and rules wait with it`()
        async throws
    {
        try await WayBed.with(keys: []) { bed in
            let domain = bed.reports.domain
            try await bed.way.agree(
                try WayRules(), try await bed.way.survey(domain), by: WayBed.ada)
            bed.reports.pass(days: 14)
            let made = try await bed.look()
            #expect(made.contains("Approved, and not made yet") && made.contains("no key"))
            #expect(try await bed.look().hasPrefix("stay: The DNS change 1 waits to be made"))
            _ = try await bed.desk.desk.dismiss(1, by: "Ben")
            #expect(try await bed.look().contains("the rules are over"))
            #expect(try await bed.way.store.rules(of: domain)?.stoppedAt != nil)
        }
    }

    @Test func `what cannot be proposed is said`() async throws {
        try await WayBed.with { bed in
            let domain = bed.reports.domain
            func refusal(_ body: () async throws -> Void) async throws -> String {
                do {
                    try await body()
                    return ""
                } catch let refusal as WayRefusal {
                    return refusal.description
                }
            }
            let same = try await refusal {
                _ = try await bed.way.propose(domain, step: .domain(.none), days: 1, by: WayBed.ada)
            }
            #expect(same.contains("exactly this record"))
            let long = try await refusal {
                _ = try await bed.way.propose(
                    domain,
                    record: "v=DMARC1; p=none; x="
                        + String(repeating: "x", count: WayLimits.record), days: 1, by: WayBed.ada)
            }
            #expect(long.contains("longer than"))
            let odd = try await refusal {
                _ = try await bed.way.emergency(
                    domain, reportsTo: EmailAddress("\"a;b=c,d\"@example.test"))
            }
            #expect(odd.contains("plain address"))
            let unseen = try #require(DomainName("new.example.test"))
            let found = try await bed.way.emergency(
                unseen, reportsTo: EmailAddress("dmarc@example.test"))
            #expect(found.record == "v=DMARC1; p=reject; rua=mailto:dmarc@example.test")
            #expect(found.dangers.contains { $0.contains("no SPF record") })
        }
    }
}
