internal import Identities

/// The form that records have in a zone file (RFC 1035 §5.1, RFC 3597 §5).
enum Presentation {
    /// A backslash and the character, or its number in three digits.
    static func escaped(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "\\" + String(Unicode.Scalar(byte)) }
        let digits = String(byte)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }

    static func quoted(_ octets: some Sequence<UInt8>) -> String {
        var text = "\""
        for byte in octets {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
                || byte >= 0x7F
            {
                text += escaped(byte)
            } else {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text + "\""
    }

    static func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in octets {
            for nibble in [byte >> 4, byte & 15] {
                text.unicodeScalars.append(
                    Unicode.Scalar(nibble < 10 ? 0x30 + nibble : 0x37 + nibble))
            }
        }
        return text
    }

    /// `\# length hexadecimal`, which every type has.
    static func generic(_ wire: [UInt8]) -> String {
        wire.isEmpty ? "\\# 0" : "\\# \(wire.count) \(hexadecimal(wire))"
    }
}

extension RecordData {
    /// The data as it stands in a zone file; octets that do not fit the type in the generic form.
    public func presentation(as type: RecordType) -> String {
        let wire = self.wire
        guard let fields = RecordForm.fields(of: type),
            let text = try? Presentation.render(fields, wire)
        else { return Presentation.generic(wire) }
        return text
    }
}

extension Presentation {
    fileprivate static func render(
        _ fields: [RecordForm.Field], _ wire: [UInt8]
    ) throws(DNSMessageError) -> String {
        var reader = WireReader(wire)
        var parts: [String] = []
        for field in fields {
            switch field {
            case .uint8, .algorithm: parts.append(String(try reader.uint8()))
            case .uint16, .certificate: parts.append(String(try reader.uint16()))
            case .uint32, .period: parts.append(String(try reader.uint32()))
            case .time: parts.append(ZoneTime.text(try reader.uint32()))
            case .name: parts.append(try reader.name().description)
            case .ipv4: parts.append(try reader.octets(4).map(String.init).joined(separator: "."))
            case .ipv6: parts.append(try ipv6(&reader))
            case .string: parts.append(quoted(try reader.counted()))
            case .strings:
                repeat { parts.append(quoted(try reader.counted())) } while !reader.isAtEnd
            case .text: parts.append(quoted(reader.rest()))
            case .hex: parts.append(try nonEmpty(&reader, hexadecimal))
            case .base64: parts.append(try nonEmpty(&reader, Base.text64))
            case .salt:
                let salt = try reader.counted()
                parts.append(salt.isEmpty ? "-" : hexadecimal(salt))
            case .hash:
                let hash = try reader.counted()
                guard !hash.isEmpty else { throw reader.fault(.badRecordData) }
                parts.append(Base.text32(hash))
            case .type: parts.append(RecordType(rawValue: try reader.uint16()).description)
            case .types:
                guard let types = TypeBitmap.types(in: reader.rest()) else {
                    throw reader.fault(.badRecordData)
                }
                parts += types.map(\.description)
            case .parameters:
                guard let pairs = ServiceParameters.pairs(in: reader.rest()),
                    let words = ServiceParameters.text(of: pairs)
                else { throw reader.fault(.badRecordData) }
                parts += words
            case .hyphenated(let count):
                parts.append(
                    try reader.octets(count).map { hexadecimal([$0]) }.joined(separator: "-"))
            case .locator:
                let octets = try reader.octets(8)
                parts.append(
                    stride(from: 0, to: 8, by: 2).map { hexadecimal(octets[$0..<($0 + 2)]) }
                        .joined(separator: ":"))
            }
        }
        guard reader.isAtEnd else { throw reader.fault(.badRecordData) }
        return parts.joined(separator: " ")
    }

    /// Empty data at the end has no text, so the generic form must stand for the whole.
    private static func nonEmpty(
        _ reader: inout WireReader, _ render: ([UInt8]) -> String
    ) throws(DNSMessageError) -> String {
        guard !reader.isAtEnd else { throw reader.fault(.badRecordData) }
        return render(reader.rest())
    }

    private static func ipv6(_ reader: inout WireReader) throws(DNSMessageError) -> String {
        let octets = try reader.octets(16)
        guard let address = IPAddress(bytes: octets) else { throw reader.fault(.badRecordData) }
        return address.isIPv4 ? "::ffff:\(address)" : address.description
    }
}
