import Hummingbird
import Storage

/// The console's cookies. None can be read by a script, none is sent along with another site's
/// forms.
struct SessionCookies: Sendable {
    let isSecure: Bool

    /// `__Host-` ties a cookie to this host and to TLS.
    private var prefix: String { isSecure ? "__Host-" : "" }
    private var sessionName: String { prefix + "sealgate_session" }
    private var visitName: String { prefix + "sealgate_visit" }
    private var tripName: String { prefix + "sealgate_trip" }
    private var themeName: String { prefix + "sealgate_theme" }

    func session(in request: Request) -> SecretToken? {
        request.cookies[sessionName].flatMap { SecretToken($0.value) }
    }

    func visit(in request: Request) -> SecretToken? {
        request.cookies[visitName].flatMap { SecretToken($0.value) }
    }

    /// Of somebody who is on the way to the provider of identities and back.
    func trip(in request: Request) -> SecretToken? {
        request.cookies[tripName].flatMap { SecretToken($0.value) }
    }

    func theme(in request: Request) -> Visit.Theme {
        request.cookies[themeName].flatMap { Visit.Theme(rawValue: $0.value) } ?? .system
    }

    /// Lax, so that a link from a colleague's mail opens the page and not the sign-in form.
    func set(session: SecretToken, in response: inout Response) {
        set(
            sessionName, session.text, age: Int(AccountLimits.wholeSession), .lax, in: &response)
    }

    func endSession(in response: inout Response) {
        set(sessionName, "", age: 0, .lax, in: &response)
    }

    /// Lax: it has to come along when another site sends the browser back.
    func set(trip: SecretToken, in response: inout Response) {
        set(tripName, trip.text, age: Int(ProviderStore.Limits.visit), .lax, in: &response)
    }

    func endTrip(in response: inout Response) { set(tripName, "", age: 0, .lax, in: &response) }

    func set(visit: SecretToken, in response: inout Response) {
        set(visitName, visit.text, age: nil, .strict, in: &response)
    }

    func set(theme: Visit.Theme, in response: inout Response) {
        set(themeName, theme.rawValue, age: 365 * 86_400, .strict, in: &response)
    }

    private func set(
        _ name: String, _ value: String, age: Int?, _ sameSite: Cookie.SameSite,
        in response: inout Response
    ) {
        response.setCookie(
            Cookie(
                name: name, value: value, maxAge: age, path: "/", secure: isSecure,
                httpOnly: true, sameSite: sameSite))
    }
}
