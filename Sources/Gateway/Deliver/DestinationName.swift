public import Identities
import SMTP
public import Spool

/// A destination as people name it: as the queue does (`example.org`, `route:next-hop`), or by the
/// domain of a recipient whose mail takes a route with others.
public struct DestinationName: Sendable {
    private let name: String
    private let domain: DomainName?
    private let routes: RouteTable
    private let localDomain: DomainName

    /// - Parameter localDomain: the domain of `<postmaster>` (RFC 5321 §4.5.1).
    public init(_ name: String, routes: RouteTable, localDomain: DomainName) {
        self.name = name.lowercased()
        domain = DomainName(name)
        self.routes = routes
        self.localDomain = localDomain
    }

    /// Whether a message still has a recipient there. What is done to it is done to the whole
    /// message.
    public func isOf(_ live: LiveMessage, _ message: AcceptedMessage) -> Bool {
        zip(live.recipients, message.envelope.recipients).contains { state, recipient in
            guard !state.isFinal else { return false }
            if let domain, recipient.path.mailbox?.host.domain == domain { return true }
            let destination = routes.destination(
                of: recipient.path, routing: message.routing, localDomain: localDomain)
            return destination.description.lowercased() == name
        }
    }
}
