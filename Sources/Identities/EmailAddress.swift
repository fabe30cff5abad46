/// A mailbox, `local@domain` (RFC 5321 §4.1.2, with UTF-8 by RFC 6531); the local part's case is
/// kept, for only its own domain knows whether it counts.
public struct EmailAddress: Hashable, Sendable {
    /// The part before the `@`, without quotes and escapes.
    public let localPart: String
    /// The part after the `@`.
    public let domain: DomainName

    /// Makes an address of its parts; nil when the local part is empty, too long or holds controls.
    public init?(localPart: String, domain: DomainName) {
        guard !localPart.isEmpty, localPart.utf8.count <= Limits.localPartOctets,
            localPart.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        self.localPart = localPart
        self.domain = domain
    }

    /// Reads an address without angle brackets; address literals (`[192.0.2.1]`) are refused.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Limits.addressOctets, let at = bytes.lastIndex(of: ASCII.at),
            let domain = DomainName(utf8: bytes[(at + 1)...]),
            let local = Self.localPart(of: bytes[..<at])
        else { return nil }
        self.init(localPart: local, domain: domain)
    }

    /// A dot-atom as it stands, or what a quoted string means.
    private static func localPart(of bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.first == ASCII.quote else {
            return isDotAtom(bytes) ? String(validating: bytes, as: UTF8.self) : nil
        }
        guard bytes.count >= 3, bytes.last == ASCII.quote else { return nil }
        var meant: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            if isEscaped {
                meant.append(byte)
                isEscaped = false
            } else if byte == ASCII.backslash {
                isEscaped = true
            } else if byte == ASCII.quote {
                return nil
            } else {
                meant.append(byte)
            }
        }
        return isEscaped ? nil : String(validating: meant, as: UTF8.self)
    }

    private static func isDotAtom(_ bytes: some Collection<UInt8>) -> Bool {
        var previous = ASCII.dot
        for byte in bytes {
            if byte == ASCII.dot {
                guard previous != ASCII.dot else { return false }
            } else {
                guard isAtomText(byte) else { return false }
            }
            previous = byte
        }
        return previous != ASCII.dot
    }

    /// RFC 5322 §3.2.3 `atext`, and every octet of UTF-8 beyond ASCII.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x80...: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}

extension EmailAddress: CustomStringConvertible {
    /// The address as a protocol takes it, quoted only where it must be.
    public var description: String {
        if Self.isDotAtom(localPart.utf8) { return "\(localPart)@\(domain)" }
        var quoted = ""
        for character in localPart.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return "\"\(quoted)\"@\(domain)"
    }
}

extension EmailAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = EmailAddress(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Not an e-mail address: \(text.prefix(80))")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
