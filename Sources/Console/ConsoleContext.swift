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
    /// The session's token, or the one that a visitor without a session gets for the sign-in form.
    var secret: SecretToken?
    var theme = Theme.system
    /// Path and query of the page, to come back to.
    var address = "/"

    /// What forms carry to show that they are ours; bound to the session.
    var formToken: String { secret?.derived(for: Self.formPurpose) ?? "" }

    func confirms(_ form: Form) -> Bool {
        secret?.confirms(form["form_token"], for: Self.formPurpose) ?? false
    }

    private static let formPurpose = "sealgate form"
}
