public import Identities
import InternetMessage

/// The From field as BIMI reads it: it needs exactly one with exactly one address (§7.1).
public struct BIMIAuthor: Hashable, Sendable {
    /// Nil when there is not exactly one address, or when it has no domain.
    public let domain: DomainName?
    public let localPart: String
    /// What keeps the message from having one author, as one plain sentence; nil when it has one.
    public let problem: String?

    /// An author that is known beforehand.
    public init(domain: DomainName, localPart: String) {
        self.domain = domain
        self.localPart = localPart
        problem = nil
    }

    /// Reads the From fields of a message.
    public init(_ message: RawMessage) {
        let fields = message.fields(named: "From")
        guard fields.count == 1 else {
            self.init(
                problem: fields.isEmpty
                    ? "The message has no From field."
                    : "The message has \(fields.count) From fields; only one is allowed.")
            return
        }
        let octets = fields[0].valueOctets
        guard octets.count <= Limits.bimiAuthorOctets else {
            self.init(problem: "The From field is too long.")
            return
        }
        let list = AddressList(parsing: Array(octets))
        var addresses: [Address] = []
        for entry in list.entries {
            switch entry {
            case .mailbox(let address): addresses.append(address)
            case .group(_, let members): addresses += members
            }
        }
        guard addresses.count == 1 else {
            self.init(
                problem: addresses.isEmpty
                    ? "The From field names no author."
                    : "The From field names \(addresses.count) authors; only one is allowed.")
            return
        }
        guard let domain = DomainName(addresses[0].domain) else {
            self.init(problem: "The From field has no domain name.")
            return
        }
        self.init(domain: domain, localPart: addresses[0].localPart)
    }

    private init(problem: String) {
        domain = nil
        localPart = ""
        self.problem = problem
    }
}
