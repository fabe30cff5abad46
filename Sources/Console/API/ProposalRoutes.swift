import DomainAnalysis
import HostedDNS
import Hummingbird
import Identities
import Storage

/// `/api/v1/proposals/NUMBER` and the rules of a domain: what decides about policies.
struct ProposalRoutes {
    let services: ConsoleServices
    let desk: WayDesk

    func register(on router: Router<ConsoleContext>) {
        registerTwoPeople(on: router)
        router.get("/api/v1/proposals/:id") { request, context in
            _ = try APIQuery(request, of: .proposal)
            return ProgramAnswer.json(WayAnswers.Proposal(try await find(context)))
        }
        router.post("/api/v1/proposals/:id/approve") { request, context in
            struct Asked: Decodable { var domain: String }
            _ = try APIQuery(request, of: .approve)
            let id = try await find(context).id
            let asked = try await APIBody.read(Asked.self, from: request, of: .approve)
            return try await decided(id) {
                try await desk.approve(id, by: try context.visit.actor, typed: asked.domain)
            }
        }
        router.post("/api/v1/proposals/:id/decline") { request, context in
            struct Asked: Decodable { var reason: String? }
            _ = try APIQuery(request, of: .decline)
            let id = try await find(context).id
            let asked = try await APIBody.read(Asked.self, from: request, of: .decline)
            return try await decided(id) {
                try await desk.decline(
                    id, by: try context.visit.actor,
                    because: ForeignText.clean(asked.reason ?? "", limit: 300))
            }
        }
        router.put("/api/v1/domains/:domain/way/rules") { request, context in
            try await agree(request, context)
        }
        router.delete("/api/v1/domains/:domain/way/rules") { request, context in
            _ = try APIQuery(request, of: .endRules)
            let domain = try context.ownZone()
            guard
                try await desk.store.stop(
                    domain, because: "Ended by a program.", by: try context.visit.actor,
                    now: services.now())
            else { throw ConsoleError.notFound(WayError.noRules(domain).description) }
            return ProgramAnswer.nothing()
        }
    }

    private func registerTwoPeople(on router: Router<ConsoleContext>) {
        struct TwoPeople: Codable { var wanted: Bool }
        router.get("/api/v1/two-people") { request, context in
            _ = try APIQuery(request, of: .twoPeople)
            try context.checkZones()
            return ProgramAnswer.json(
                TwoPeople(wanted: try await desk.store.wantsTwoPeople()))
        }
        router.put("/api/v1/two-people") { request, context in
            _ = try APIQuery(request, of: .wantTwoPeople)
            try context.checkZones()
            let asked = try await APIBody.read(TwoPeople.self, from: request, of: .wantTwoPeople)
            try await desk.store.wantTwoPeople(
                asked.wanted, by: try context.visit.actor, now: services.now())
            return ProgramAnswer.json(
                TwoPeople(wanted: try await desk.store.wantsTwoPeople()))
        }
    }

    private struct Decision: Encodable {
        var proposal: WayAnswers.Proposal
        var sentence: String
        var change: Int64?
    }

    private func find(_ context: ConsoleContext) async throws -> WayProposal {
        try context.checkZones()
        guard let proposal = try await desk.store.proposal(try context.id("proposal")) else {
            throw ConsoleError.notFound("No proposal has this number.")
        }
        return proposal
    }

    private func decided(
        _ id: Int64, _ act: () async throws -> WayDesk.Outcome
    ) async throws -> Response {
        let outcome = try await act()
        guard outcome.isDecided, let proposal = try await desk.store.proposal(id) else {
            throw ConsoleError.conflict(ForeignText.clean(outcome.sentence, limit: 900))
        }
        return ProgramAnswer.json(
            Decision(
                proposal: WayAnswers.Proposal(proposal), sentence: outcome.sentence,
                change: outcome.change))
    }

    private struct AskedRules: Decodable {
        var quarantineAfter, rejectAfter: Int
        var testDays: Int?
        var share, backShare: Int
        var subdomains: Bool?
        var version: String?
    }

    private func agree(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let domain = try context.ownZone()
        _ = try APIQuery(request, of: .agree)
        let asked = try await APIBody.read(AskedRules.self, from: request, of: .agree)
        do {
            let rules = try WayRules(
                quarantineAfter: asked.quarantineAfter, rejectAfter: asked.rejectAfter,
                testDays: asked.testDays ?? 0, share: asked.share, backShare: asked.backShare,
                subdomains: asked.subdomains ?? false)
            try await desk.agree(
                rules, try await desk.survey(domain), replacing: asked.version,
                by: try context.visit.actor)
        } catch {
            throw ConsoleError.conflict(try WayPages.sentence(error))
        }
        guard let stored = try await desk.store.rules(of: domain) else {
            throw ConsoleError.conflict(WayError.otherRules(domain).description)
        }
        return ProgramAnswer.json(WayAnswers.Rules(stored))
    }
}

extension ConsoleContext {
    /// Refuses organisations whose zones this program has no keys for.
    func checkZones() throws(ConsoleError) {
        guard visit.organisation == .first else {
            throw .notFound("This program has no keys for the zones of this organisation.")
        }
    }

    /// The domain in the path, of an organisation that has zones here.
    func ownZone() throws -> DomainName {
        try checkZones()
        let domain = try domain()
        // Nobody is told about the DNS of a top-level domain, or of a word.
        guard domain.text.contains(".") else {
            throw ConsoleError.notFound("The address names no domain.")
        }
        return domain
    }
}
