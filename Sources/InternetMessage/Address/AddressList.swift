/// The mailboxes and groups of an address field, in order (RFC 5322 §3.4, §4.4).
public struct AddressList: Hashable, Sendable {
    /// What one comma separates from the next.
    public enum Entry: Hashable, Sendable {
        case mailbox(Address)
        /// `Name: a@b, c@d;`
        case group(name: String, members: [Address])
    }

    public internal(set) var entries: [Entry] = []
    /// What was wrong; `tooManyAddresses` when the rest was not read.
    public internal(set) var defects: Set<Defect.Code> = []

    public init() {}

    /// Reads a field value; never fails.
    public init(parsing bytes: [UInt8]) {
        var parser = AddressParser(bytes)
        self = parser.parse()
    }

    public init(parsing text: String) {
        self.init(parsing: [UInt8](text.utf8))
    }

    /// All mailboxes, those in groups included.
    public var mailboxes: [Address] {
        entries.flatMap { entry in
            switch entry {
            case .mailbox(let address): [address]
            case .group(_, let members): members
            }
        }
    }

    /// The first mailbox.
    public var first: Address? { mailboxes.first }
    public var isEmpty: Bool { entries.isEmpty }
}
