import DNS
import DomainAnalysis
import HostedDNS
import Identities
import Storage
import Testing

/// Policies for names below a domain on the way to reject, against a real Knot.
@Suite(.serialized) struct WayBelowTests {
    @Test func `what is weaker below a domain is raised step by step, approved and taken back`()
        async throws
    {
        try await WayBed.with { bed in
            try await bed.way.store.wantTwoPeople(true, by: WayBed.ben, now: 1)
            let domain = bed.reports.domain
            func step(_ record: String? = nil) async throws -> WayProposal {
                let proposal = try await bed.way.propose(
                    domain, record: record, days: 30, by: WayBed.ada)
                let own = try await bed.way.approve(
                    proposal.id, by: WayBed.ada, typed: "example.test")
                #expect(!own.isDecided && own.sentence.contains("second person"))
                let done = try await bed.way.approve(
                    proposal.id, by: WayBed.ben, typed: "example.test")
                #expect(done.isDecided && done.sentence.contains("has made the change"), "\(done)")
                return try #require(try await bed.way.store.proposal(proposal.id))
            }
            #expect(try await step("v=DMARC1; p=reject; sp=none").tags == "p=reject")
            let missing = try await step()
            #expect(missing.tags == "np=reject" && missing.draft.reason == "To np=reject.")
            #expect(missing.draft.known.names == [.missing])
            #expect(try await bed.record == "v=DMARC1; p=reject; sp=none; np=reject")
            #expect(try await step().tags == "sp=quarantine")
            let last = try await step()
            #expect(last.tags == "sp=reject" && last.draft.known.names == [.existing])
            #expect(try await bed.record == "v=DMARC1; p=reject; sp=reject; np=reject")
            await #expect(throws: WayRefusal.self) {
                try await bed.way.propose(domain, days: 30, by: WayBed.ada)
            }
            // The way back lets forged mail through again: the name is wanted.
            let back = try await bed.desk.desk.proposeUndo(
                of: try #require(last.change), by: WayBed.ben.name)
            #expect(back.change.consequences.contains { $0.contains("names below example.test") })
            let undone = try await bed.desk.desk.apply(
                back.id, by: WayBed.ben.name, typed: "example.test")
            guard case .done = undone else { throw WayError.unknown(back.id) }
            #expect(try await bed.record == "v=DMARC1; p=reject; sp=quarantine; np=reject")
            let told = try await bed.audit.entries(after: 0).map(\.change)
            #expect(
                told.contains { $0.act == "way.approve" && $0.after?.contains("np=reject") == true }
            )
        }
    }

    @Test func `rules that say so raise what is weaker below, and lower that alone`() async throws {
        try await WayBed.with { bed in
            let domain = bed.reports.domain
            _ = try await bed.way.approve(
                try await bed.way.propose(
                    domain, record: "v=DMARC1; p=reject; sp=none", days: 1, by: WayBed.ada
                ).id, by: WayBed.ada, typed: "example.test")
            try await bed.way.agree(
                try WayRules(), try await bed.way.survey(domain), by: WayBed.ada)
            bed.reports.pass(days: 14)
            let left = try await bed.look()
            #expect(left.hasPrefix("stay:") && left.contains("leave to a person"), "\(left)")
            try await bed.way.agree(
                try WayRules(subdomains: true), try await bed.way.survey(domain), by: WayBed.ada)
            #expect(try await bed.look().contains("0 days of 14 at p=reject; np=none; sp=none"))
            bed.reports.pass(days: 14)
            #expect(try await bed.look().hasPrefix("act: On to np=reject:"))
            #expect(try await bed.look().contains("0 days of 14 at p=reject; sp=none"))
            bed.reports.pass(days: 14)
            #expect(try await bed.look().hasPrefix("act: On to sp=quarantine:"))
            _ = try await bed.look()
            bed.reports.pass(days: 2)
            bed.reports.fail(900, below: "sp")
            #expect(try await bed.look().hasPrefix("act: Back to sp=none: Service A"))
            #expect(try await bed.record == "v=DMARC1; p=reject; sp=none; np=reject")
        }
    }
}
