public import Identities

/// Why a proposal cannot be replayed: said to the person who typed it.
public enum ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text does not begin with `v=DMARC1;`.
    case notDMARC(excerpt: String)
    /// The text begins as a DMARC record and cannot be read. `offset` counts octets.
    case invalidRecord(reason: String, offset: Int)
    /// There is no name for a DMARC record of this domain.
    case domainTooLong(DomainName)
    /// The task was cancelled.
    case cancelled

    public var description: String {
        switch self {
        case .notDMARC(let excerpt):
            "“\(excerpt)” is not a DMARC record: it has to begin with “v=DMARC1;”."
        case .invalidRecord(let reason, let offset):
            "The proposed record cannot be read (at octet \(offset)): \(reason)"
        case .domainTooLong(let domain):
            "\(domain) is too long a name to have a DMARC record."
        case .cancelled: "The replay was stopped before it was done."
        }
    }
}
