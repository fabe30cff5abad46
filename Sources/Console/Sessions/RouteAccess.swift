import Storage

/// Who may use a route of the console. This table is the only place that says so: `FrontDoor` reads
/// it for every request, and a route that is not in it is refused.
enum RouteAccess: Hashable, Sendable {
    /// Anybody and any program; nothing of an organisation is told.
    case everybody
    /// Anybody with a browser: the forms that lead in.
    case visitors
    /// Whoever signed in, even when they belong to no organisation any more.
    case signedIn
    /// Whoever has one of these roles in the organisation that they look at.
    case members(Set<Role>)
    /// The same in the organisation whose mail this program passes on.
    case mail(Set<Role>)
    /// The same in the organisation whose zones this program has keys for.
    case zones(Set<Role>)
    /// Programs that show a token with this scope and one of these roles.
    case programs(TokenScope, Set<Role>)

    private static let all = Set(Role.allCases)
    static let readers: Set<Role> = [.owner, .operator, .auditor]
    static let workers: Set<Role> = [.owner, .operator]
    /// Who decides about senders: a domain owner about those of their own domains.
    static let deciders: Set<Role> = [.owner, .operator, .domainOwner]
    static let owners: Set<Role> = [.owner]

    /// The row of a route; nil where there is none.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST`; `HEAD` counts as `GET`.
    ///   - route: the path as it was registered, with its parameters' names.
    static func row(_ method: String, _ route: String) -> RouteAccess? {
        // Style sheet and seal, whose addresses carry their digests.
        if method == "GET" || method == "HEAD", route.hasPrefix("/assets/") { return .everybody }
        return table["\(method == "HEAD" ? "GET" : method) \(route)"]
    }

    private static let table: [String: RouteAccess] = [
        "GET /healthz": .everybody,
        "GET /health/live": .everybody,
        "GET /health/ready": .everybody,
        "GET /metrics": .everybody,
        "GET /favicon.ico": .everybody,

        "GET /sign-in": .visitors,
        "POST /sign-in": .visitors,
        "POST /sign-in/code": .visitors,
        "GET /sign-in/provider": .visitors,
        "GET /sign-in/provider/back": .visitors,
        "POST /join/provider": .visitors,
        "GET /welcome": .visitors,
        "POST /welcome": .visitors,
        "GET /join": .visitors,
        "POST /join": .visitors,
        "GET /reset": .visitors,
        "POST /reset": .visitors,
        "GET /glossary": .visitors,
        "POST /theme": .visitors,
        "POST /sign-out": .visitors,

        "GET /account": .signedIn,
        "POST /account/password": .signedIn,
        "POST /account/provider/link": .signedIn,
        "POST /account/provider/unlink": .signedIn,
        "POST /account/second-step/begin": .signedIn,
        "POST /account/second-step/confirm": .signedIn,
        "POST /account/second-step/end": .signedIn,
        "GET /organisations": .signedIn,
        "POST /organisations/look": .signedIn,

        "GET /": .members(all),
        "GET /domains": .members(all),
        "GET /domains/{domain}": .members(all),
        "GET /domains/{domain}/senders/{key}": .members(all),
        "GET /domains/{domain}/senders/{key}/authorise": .members(deciders),
        "POST /domains/{domain}/senders/{key}/authorise": .members(deciders),
        "POST /domains/{domain}/senders/{key}/reject": .members(deciders),
        "POST /domains/{domain}/senders/{key}/owner": .members(deciders),
        "POST /domains/{domain}/senders/{key}/note": .members(deciders),
        "POST /domains/{domain}/senders/{key}/undo": .members(deciders),
        "GET /domains/{domain}/replay": .members(all),
        "GET /domains/{domain}/plan": .members(all),
        "GET /search": .members(all),
        "GET /programme": .members(all),
        "GET /programme/export": .members(all),
        "POST /programme/set": .members(workers),
        "POST /programme/import": .members(workers),
        "POST /programme/find": .members(workers),
        "POST /programme/remove": .members(workers),
        "GET /reports/{id}": .members(all),

        "GET /intake": .members(readers),
        "POST /intake/upload": .members(workers),
        "GET /intake/quarantine/{id}": .members(readers),
        "GET /intake/quarantine/{id}/export": .members(readers),
        "POST /intake/quarantine/{id}/retry": .members(workers),
        "GET /intake/quarantine/{id}/discard": .members(workers),
        "POST /intake/quarantine/{id}/discard": .members(workers),

        "GET /messages": .mail(readers),
        "GET /messages/{id}": .mail(readers),
        "GET /messages/{id}/delete": .mail(workers),
        "POST /messages/{id}/release": .mail(workers),
        "POST /messages/{id}/hold": .mail(workers),
        "POST /messages/{id}/retry": .mail(workers),
        "POST /messages/{id}/delete": .mail(workers),
        "GET /queue": .mail(readers),
        "GET /queue/delete": .mail(workers),
        "POST /queue/release": .mail(workers),
        "POST /queue/hold": .mail(workers),
        "POST /queue/retry": .mail(workers),
        "POST /queue/delete": .mail(workers),
        "GET /setup": .mail(readers),
        "GET /setup/{provider}": .mail(readers),
        "POST /setup/{provider}/check": .mail(workers),

        "GET /changes": .zones(readers),
        "GET /changes/{id}": .zones(readers),
        "GET /changes/{id}/export/{form}": .zones(readers),
        "POST /changes/{id}/apply": .zones(workers),
        "POST /changes/{id}/made": .zones(workers),
        "POST /changes/{id}/dismiss": .zones(workers),
        "POST /changes/{id}/undo": .zones(workers),
        "POST /domains/{domain}/plan/propose": .zones(workers),
        "POST /domains/{domain}/lock-down": .zones(workers),

        "GET /domains/{domain}/way": .zones(readers),
        "POST /domains/{domain}/way/propose": .zones(workers),
        "POST /domains/{domain}/way/rules": .zones(workers),
        "POST /domains/{domain}/way/stop": .zones(workers),
        "GET /domains/{domain}/way/emergency": .zones(readers),
        "POST /domains/{domain}/way/emergency": .zones(workers),
        "GET /emergency": .zones(readers),
        "GET /way/{id}": .zones(readers),
        "POST /way/{id}/approve": .zones(workers),
        "POST /way/{id}/decline": .zones(workers),
        "POST /way/two-people": .zones(owners),

        "POST /demonstration/days": .zones(workers),

        "GET /people": .members(readers),
        "POST /people/invite": .members(owners),
        "POST /people/invitations/{id}/withdraw": .members(owners),
        "GET /people/{id}": .members(owners),
        "POST /people/{id}/role": .members(owners),
        "POST /people/{id}/remove": .members(owners),
        "POST /people/{id}/password-link": .members(owners),
        "POST /people/undo": .members(owners),
        "GET /tokens": .members(readers),
        "POST /tokens/make": .members(owners),
        "GET /tokens/{id}/revoke": .members(owners),
        "POST /tokens/{id}/revoke": .members(owners),
        "GET /audit": .members(readers),
        "GET /audit/export": .members(readers),
        "GET /alerts": .members(readers),
        "POST /alerts/{id}/acknowledge": .members(workers),
        "GET /evidence": .members(readers),
        "GET /evidence/file/{form}": .members(readers),

        "POST /intake/quarantine/{id}/take": .members(workers),
        "POST /api/v1/reports": .programs(.bringReports, workers),
        "GET /api/v1/openapi.json": .everybody,
        "GET /api/v1/token": .programs(.read, readers),
        "GET /api/v1/domains": .programs(.read, readers),
        "GET /api/v1/domains/{domain}": .programs(.read, readers),
        "GET /api/v1/domains/{domain}/plan": .programs(.read, readers),
        "POST /api/v1/domains/{domain}/replay": .programs(.read, readers),
        "GET /api/v1/reports": .programs(.read, readers),
        "GET /api/v1/reports/{id}": .programs(.read, readers),
        "GET /api/v1/totals": .programs(.read, readers),
        "GET /api/v1/audit": .programs(.readAudit, readers),
        "GET /api/v1/events": .programs(.exportEvents, readers),
        "GET /api/v1/domains/{domain}/senders": .programs(.read, readers),
        "POST /api/v1/domains/{domain}/senders/{key}": .programs(.change, workers),
        "GET /api/v1/domains/{domain}/way": .programs(.read, readers),
        "POST /api/v1/domains/{domain}/way/propose": .programs(.change, workers),
        "GET /api/v1/proposals/{id}": .programs(.read, readers),
        "POST /api/v1/proposals/{id}/approve": .programs(.approve, workers),
        "POST /api/v1/proposals/{id}/decline": .programs(.approve, workers),
        "PUT /api/v1/domains/{domain}/way/rules": .programs(.approve, workers),
        "DELETE /api/v1/domains/{domain}/way/rules": .programs(.approve, workers),
        "GET /api/v1/programme": .programs(.read, readers),
        "GET /api/v1/programme/{domain}": .programs(.read, readers),
        "PUT /api/v1/programme/{domain}": .programs(.change, workers),
        "DELETE /api/v1/programme/{domain}": .programs(.change, workers),
        "POST /api/v1/programme/find": .programs(.change, workers),
        "GET /api/v1/changes": .programs(.read, readers),
        "GET /api/v1/changes/{id}": .programs(.read, readers),
        "GET /api/v1/changes/{id}/export/{form}": .programs(.read, readers),
        "POST /api/v1/changes/{id}/apply": .programs(.approve, workers),
        "POST /api/v1/changes/{id}/made": .programs(.approve, workers),
        "POST /api/v1/changes/{id}/dismiss": .programs(.change, workers),
        "POST /api/v1/changes/{id}/undo": .programs(.change, workers),
        "POST /api/v1/domains/{domain}/plan/propose": .programs(.change, workers),
        "POST /api/v1/domains/{domain}/lock-down": .programs(.change, workers),
        "GET /api/v1/two-people": .programs(.read, readers),
        "PUT /api/v1/two-people": .programs(.approve, owners),
        "GET /api/v1/alerts": .programs(.read, readers),
        "POST /api/v1/alerts/{id}/seen": .programs(.change, workers),
        "GET /api/v1/evidence/{form}": .programs(.read, readers),
    ]
}
