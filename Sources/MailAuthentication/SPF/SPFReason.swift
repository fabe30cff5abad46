import Identities

/// Why a check ended as it did. A sentence about a match is made when somebody reads it, for most
/// are read by nobody.
enum SPFReason: Sendable {
    case text(String)
    /// A term of the domain's record matched the client.
    case match(SPFResult, domain: String, term: String, client: IPAddress)

    /// One plain sentence.
    var text: String {
        switch self {
        case .text(let text): text
        case .match(.pass, let domain, let term, let client):
            "\(client) may send for \(domain): its SPF record has \(term)."
        case .match(.fail, let domain, let term, let client):
            "\(client) may not send for \(domain): its SPF record says \(term)."
        case .match(.softfail, let domain, let term, let client):
            "\(client) should probably not send for \(domain): its SPF record says \(term)."
        case .match(_, let domain, let term, let client):
            "\(domain) leaves open whether \(client) may send for it: \(term)."
        }
    }
}
