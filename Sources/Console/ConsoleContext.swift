import Hummingbird
import NIOCore
import Storage

/// What is known about a request while it is answered.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address the connection comes from, without its port.
    let remoteAddress: String
    var visit = Visit()
    var form = Form()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}

/// Who is looking, and how they like it.
struct Visit: Sendable {
    enum Theme: String, Sendable, CaseIterable { case system, light, dark }

    var account: Account?
    /// The organisation that is looked at, and what may be done in it.
    var membership: Membership?
    /// To how many organisations the person belongs.
    var organisations = 0
    /// Of a program, what it showed.
    var token: APIToken?
    /// The session's token, or the one that a visitor without a session gets for the sign-in form.
    var secret: SecretToken?
    var theme = Theme.system
    /// Path and query of the page, to come back to.
    var address = "/"

    var organisation: OrganisationID? { membership?.organisation.id ?? token?.organisation }
    var standing: Standing? { membership?.standing ?? token.map { Standing($0.role) } }

    /// Whether one of these roles is held.
    func isAny(of roles: Set<Role>) -> Bool {
        standing.map { roles.contains($0.role) } ?? false
    }

    /// Who is told in the audit log.
    var actor: AuditActor {
        get throws(ConsoleError) {
            if let account { return AuditActor(account) }
            if let token { return AuditActor(token) }
            throw .forbidden("Sign in first.")
        }
    }

    /// What forms carry to show that they are ours; bound to the session.
    var formToken: String { secret?.derived(for: Self.formPurpose) ?? "" }

    func confirms(_ form: Form) -> Bool {
        secret?.confirms(form["form_token"], for: Self.formPurpose) ?? false
    }

    private static let formPurpose = "sealgate form"
}
