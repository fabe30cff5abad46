import Gateway
import Hummingbird
import Identities

/// `/setup` and `/setup/PROVIDER`: how the servers around the gateway are set up, and whether
/// anybody gets around it.
struct SetupPages {
    let templates: Templates
    let gateway: GatewayServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/setup") { _, context in
            if let provider = gateway.setup?.provider {
                return Response.redirect(to: "/setup/\(provider.rawValue)", type: .normal)
            }
            return try await draw(.microsoft365, nil, context)
        }
        router.get("/setup/:provider") { _, context in
            try await draw(try provider(context), nil, context)
        }
        router.post("/setup/:provider/check") { _, context in
            let provider = try provider(context)
            guard let setup = gateway.setup else { throw Self.unknown }
            let facts = await setup.facts()
            // Only the gateway's own domains: the console is no tool to try others' servers.
            let named = DomainName(context.form["domain"])
            guard let domain = facts.domains.first(where: { $0 == named }) else {
                throw ConsoleError.badRequest("This is none of the gateway's domains.")
            }
            let findings = await setup.check(domain, provider)
            return try await draw(
                provider, SetupPage.Check(domain: domain, findings: findings), context)
        }
    }

    private func draw(
        _ provider: MailboxProvider, _ check: SetupPage.Check?, _ context: ConsoleContext
    ) async throws -> Response {
        guard let setup = gateway.setup else { throw Self.unknown }
        let page = SetupPage(
            facts: await setup.facts(), provider: provider, isSeen: setup.provider == provider,
            check: check, mayAct: context.mayManageMail)
        return templates.response(page.draw(), for: context.visit)
    }

    private func provider(_ context: ConsoleContext) throws -> MailboxProvider {
        guard let name = context.parameters.get("provider"),
            let provider = MailboxProvider(rawValue: name)
        else { throw ConsoleError.notFound("There is no guide of this name.") }
        return provider
    }

    private static let unknown = ConsoleError.notFound("There is no gateway to set up.")
}
