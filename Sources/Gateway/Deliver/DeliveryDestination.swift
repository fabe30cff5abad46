public import Identities

/// Where mail waits for: all mail of one destination takes the same way.
public enum DeliveryDestination: Hashable, Sendable, CustomStringConvertible {
    /// The mail hosts of a domain.
    case domain(DomainName)
    /// An address literal (RFC 5321 §4.1.3).
    case address(IPAddress)
    /// The servers of a route, by its name.
    case route(String)

    public var description: String {
        switch self {
        case .domain(let name): name.text
        case .address(let address): "[\(address)]"
        case .route(let name): "route:\(name)"
        }
    }
}
