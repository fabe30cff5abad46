/// Why an SPF record or a macro text cannot be read; every such record is a permerror
/// (RFC 7208 §4.6).
public struct SPFRecordError: Error, Hashable, Sendable {
    public enum Code: String, Sendable, Codable {
        /// It does not begin with `v=spf1` and a space or its end.
        case notSPF
        case recordTooLong
        /// An octet that no record may hold: a control, or one beyond ASCII.
        case badOctet
        case unknownMechanism
        /// A mechanism that must have a domain or an address has none.
        case missingArgument
        /// A mechanism has an argument or a prefix length that it may not have.
        case unexpectedArgument
        case badDomain
        case badMacro
        case badAddress
        case badPrefixLength
        case repeatedModifier
    }

    public let code: Code
    /// Where, in octets from the start of the record.
    public let offset: Int
    /// Why, for a person: one plain sentence.
    public let reason: String

    init(_ code: Code, at offset: Int, _ reason: String) {
        self.code = code
        self.offset = offset
        self.reason = reason
    }
}

extension SPFRecordError: CustomStringConvertible {
    public var description: String { "\(reason) (octet \(offset))" }
}

/// Foreign octets as a sentence may show them: visible ASCII, and short.
struct SPFExcerpt: CustomStringConvertible {
    let description: String

    init(_ octets: some Collection<UInt8>) {
        var text = ""
        for octet in octets.prefix(Limits.spfExcerptOctets) {
            text.unicodeScalars.append(
                (0x20...0x7E).contains(octet) ? Unicode.Scalar(octet) : "\u{FFFD}")
        }
        description = octets.count > Limits.spfExcerptOctets ? text + "…" : text
    }

    init(_ text: some StringProtocol) { self.init(text.utf8) }
}
