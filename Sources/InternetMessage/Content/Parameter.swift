/// One parameter of a structured field, its RFC 2231 sections joined and decoded.
public struct Parameter: Hashable, Sendable {
    /// The name in small letters, without section numbers.
    public let name: String
    /// The value as text, RFC 2231 decoding done; encoded words are left as they are.
    public let value: String
    /// The octets of the value before any character set was applied.
    public let rawValue: [UInt8]

    init(name: String, value: String, rawValue: [UInt8]) {
        self.name = name
        self.value = value
        self.rawValue = rawValue
    }

    /// The value as a person reads it. Encoded words do not belong in parameters (RFC 2047 §5),
    /// but file names are full of them.
    public var decodedValue: String {
        value.contains("=?") ? EncodedWord.decode([UInt8](value.utf8)).text : value
    }
}

extension Sequence<Parameter> {
    /// The first parameter with this name, given in small letters.
    public func first(named name: String) -> Parameter? { first { $0.name == name } }
}
