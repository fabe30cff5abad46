public import Identities

/// Which of its BIMI records a sender wants to be used (BIMI-Selector field, §5.1).
public struct BIMISelector: Hashable, Sendable {
    /// One or more labels in small letters.
    public let name: String

    /// The selector that counts without such a field.
    public static let `default` = BIMISelector(proven: "default")

    private init(proven name: String) {
        self.name = name
    }

    /// Nil for what is no selector.
    public init?(_ name: String) {
        guard let domain = DomainName(name), domain.text.utf8.count == name.utf8.count,
            domain.text.utf8.allSatisfy({ $0.isSelectorOctet || $0 == UInt8(ascii: ".") })
        else { return nil }
        self.name = domain.text
    }

    /// Reads the field's value (`v=BIMI1; s=…`); nil when it must be ignored.
    public init?(parsing value: ArraySlice<UInt8>) {
        guard value.count <= Limits.bimiSelectorFieldOctets,
            let list = try? TagList(parsing: value), list.names.first == "v",
            list["v"]?.text == "BIMI1", let selector = list["s"]
        else { return nil }
        self.init(selector.text)
    }

    /// The selector that a message asks for; nil without a usable field, and when there are several:
    /// then nobody can tell which one was meant.
    public init?(_ message: RawMessage) {
        let fields = message.fields(named: "BIMI-Selector")
        guard fields.count == 1 else { return nil }
        self.init(parsing: fields[0].valueOctets)
    }

    /// Where the record of a domain lies; nil when the name would be too long.
    public func recordName(below domain: DomainName) -> DomainName? {
        DomainName(name + "._bimi." + domain.text)
    }
}
