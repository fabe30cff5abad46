import DomainAnalysis
import HTTPTypes
import HostedDNS
import Hummingbird
import Identities
import Storage

/// `/domains/NAME/way`: where a domain's policy stands, what the next would do, and who decides.
struct WayPages {
    let templates: Templates
    let services: ConsoleServices
    let desk: WayDesk

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain/way") { request, context in
            let query = Query(request)
            return templates.response(
                try await page(context, WindowChoice(query), done: query["done"]),
                for: context.visit)
        }
        router.post("/domains/:domain/way/propose") { _, context in try await propose(context) }
        router.post("/domains/:domain/way/rules") { _, context in try await agree(context) }
        router.post("/domains/:domain/way/stop") { _, context in
            let domain = try context.domain()
            _ = try await desk.store.stop(
                domain, because: "Ended by a person.", by: try context.visit.actor,
                now: services.now())
            return Self.redirect(domain, "stopped")
        }
        router.get("/way/:id") { _, context in
            templates.response(try await proposalPage(context), for: context.visit)
        }
        router.post("/way/:id/approve") { _, context in
            try await decide(context) { id, actor in
                try await desk.approve(id, by: actor, typed: context.form["typed"])
            }
        }
        router.post("/way/:id/decline") { _, context in
            try await decide(context) { id, actor in
                try await desk.decline(
                    id, by: actor, because: ForeignText.clean(context.form["reason"], limit: 300))
            }
        }
        router.post("/way/two-people") { _, context in
            try await desk.store.wantTwoPeople(
                context.form["wanted"] == "yes", by: try context.visit.actor,
                now: services.now())
            guard let domain = DomainName(context.form["domain"]) else {
                return Response.redirect(to: "/", type: .normal)
            }
            return Self.redirect(domain, "two-people")
        }
    }

    static func redirect(_ domain: DomainName, _ done: String) -> Response {
        .redirect(to: "/domains/\(domain.text)/way?done=\(done)", type: .normal)
    }

    // MARK: Acts

    private func propose(_ context: ConsoleContext) async throws -> Response {
        let domain = try context.domain()
        let form = context.form
        do {
            let own = form["record"]
            let proposal = try await desk.propose(
                domain, record: own.isEmpty ? nil : own, step: WayMove(rawValue: form["step"]),
                reason: ForeignText.clean(form["reason"], limit: 300),
                days: WindowChoice.usual, by: try context.visit.actor)
            return .redirect(to: "/way/\(proposal.id)", type: .normal)
        } catch {
            return try await refuse(context, try Self.sentence(error))
        }
    }

    private func agree(_ context: ConsoleContext) async throws -> Response {
        let domain = try context.domain()
        do {
            let rules = try Self.rules(context.form)
            let survey = try await desk.survey(domain)
            try await desk.agree(rules, survey, by: try context.visit.actor)
            return Self.redirect(domain, "agreed")
        } catch {
            return try await refuse(context, try Self.sentence(error))
        }
    }

    private static func rules(_ form: Form) throws -> WayRules {
        func days(_ name: String) throws -> Int {
            guard let days = Int(form[name].filter { !$0.isWhitespace }) else {
                throw WayRefusal("Write the days as whole numbers, as 14.")
            }
            return days
        }
        guard let share = WayRules.hundredths(form["share"]),
            let back = WayRules.hundredths(form["back"])
        else { throw WayRefusal("Write the shares in percent with two digits at most, as 0.5.") }
        return try WayRules(
            quarantineAfter: try days("quarantine"), rejectAfter: try days("reject"),
            testDays: form["test"].isEmpty ? 0 : try days("test"), share: share, backShare: back,
            subdomains: form["subdomains"] == "1")
    }

    private func decide(
        _ context: ConsoleContext,
        _ act: (Int64, AuditActor) async throws -> WayDesk.Outcome
    ) async throws -> Response {
        let proposal = try await find(context)
        let outcome = try await act(proposal.id, try context.visit.actor)
        var page = try await proposalPage(
            context, notice: outcome.isDecided ? outcome.sentence : nil,
            problem: outcome.isDecided ? nil : outcome.sentence)
        if !outcome.isDecided { page.status = .unprocessableContent }
        return templates.response(page, for: context.visit)
    }

    private func refuse(_ context: ConsoleContext, _ sentence: String) async throws -> Response {
        var page = try await page(context, .standard, problem: sentence)
        page.status = .unprocessableContent
        return templates.response(page, for: context.visit)
    }

    /// What a person can mend is said on the page; everything else goes on.
    static func sentence(_ error: any Error) throws -> String {
        switch error {
        case let error as WayRefusal: error.description
        case let error as WayError: error.description
        case let error as WayRulesError: error.description
        case let error as ReplayError: error.description
        default: throw error
        }
    }

    // MARK: Pages

    private func find(_ context: ConsoleContext) async throws -> WayProposal {
        guard let proposal = try await desk.store.proposal(try context.id("proposal")) else {
            throw ConsoleError.notFound("No proposal has this number.")
        }
        return proposal
    }

    private func page(
        _ context: ConsoleContext, _ choice: WindowChoice, done: String? = nil,
        problem: String? = nil
    ) async throws -> Page {
        let domain = try context.domain()
        let survey = try await desk.survey(domain)
        let rules = try await desk.store.rules(of: domain)
        return WayPage(
            survey: survey, choice: choice,
            ahead: try await desk.ahead(
                of: survey, testing: rules?.rules.isTesting ?? false, days: choice.days),
            proposals: try await desk.store.proposals(of: domain, limit: Limits.wayProposals),
            rules: rules, wantsTwo: try await desk.store.wantsTwoPeople(),
            mayAct: context.mayChangeDNS, isOwner: context.visit.isAny(of: RouteAccess.owners),
            now: services.now(), done: done, problem: problem
        ).draw()
    }

    private func proposalPage(
        _ context: ConsoleContext, notice: String? = nil, problem: String? = nil
    ) async throws -> Page {
        let proposal = try await find(context)
        return ProposalPage(
            proposal: proposal, change: try await desk.change(of: proposal),
            wantsTwo: try await desk.store.wantsTwoPeople(), mayAct: context.mayChangeDNS,
            notice: notice, problem: problem
        ).draw()
    }
}
