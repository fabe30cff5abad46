import DNS
import DomainAnalysis
import Identities
import ReportConsumer
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What works for each organisation, also for one that is added meanwhile.
struct OrganisationRoundsTests {
    private struct NoRecords: DNSLookup {
        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            DNSAnswer(.noData)
        }
    }

    private func takeIn(
        _ name: String, for organisation: OrganisationID, _ database: any SQLDatabase
    ) async throws {
        let pipeline = ReportPipeline(
            intake: IntakeStore(database: database, organisation: organisation),
            identifier: SenderIdentifier(), facts: SourceFacts(lookup: nil),
            now: { IntakeTests.now })
        _ = try await Intake(pipeline: pipeline).accept(
            IntakeTests.xml(name, domain: name), name: name, door: "upload")
        try await ProgrammeStore(database: database, organisation: organisation).set(
            [ProgrammeChange(domain: try #require(DomainName(name)))], source: .hand,
            by: AuditActor(.rule, name: "test"), now: 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `an organisation that is added gets its plans in the next round`(
        _ engine: TestEngine
    ) async throws {
        try await TestDatabase.each(engine) { database in
            try await Schema.prepare(database)
            let organisations = OrganisationStore(database: database)
            let rounds = OrganisationRounds(organisations) { organisation in
                let domains = DomainStore(database: database, organisation: organisation)
                return PlanRefresh(
                    programme: ProgrammeStore(database: database, organisation: organisation),
                    lookup: NoRecords(), now: { IntakeTests.now + 60 }
                ) { DomainAdviser(domains: domains, lookup: $0) }
            }
            func round() async throws -> [String] {
                var made: [String] = []
                for refresh in try await rounds.current() {
                    made += try await refresh.step().made.map(\.text)
                }
                return made
            }
            try await takeIn("a.example", for: .first, database)
            #expect(try await round() == ["a.example"])
            let first = try await rounds.current()
            let added = try await organisations.add(
                "Other", by: AuditActor(.rule, name: "test"), now: 0)
            try await takeIn("b.example", for: added.id, database)
            #expect(try await round() == ["b.example"])
            // The first is the same as before, with what it remembers.
            let both = try await rounds.current()
            #expect(both.count == 2 && first.count == 1 && both.first === first.first)
        }
    }
}
