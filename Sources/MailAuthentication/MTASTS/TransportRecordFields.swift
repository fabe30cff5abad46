/// The fields behind the version of an `_mta-sts` record (RFC 8461 §3.1) or an `_smtp._tls` record
/// (RFC 8460 §3): both have one grammar.
struct TransportRecordFields {
    struct Field {
        let name: String
        let value: ArraySlice<UInt8>
        let offset: Int

        var text: String { String(decoding: value, as: UTF8.self) }
    }

    enum Reading {
        /// In order; of fields with one name only the first (RFC 8461 §3.2).
        case fields([Field], repeated: [String])
        /// Some other TXT record. The sentence is for one that was meant to be this kind.
        case other(nearMiss: String?)
        case invalid(reason: String, offset: Int)
    }

    /// `version` is the whole beginning up to the first semicolon, `v=STSv1`.
    static func read(_ text: String, version: String) -> Reading {
        let octets = Array(text.utf8)
        let beginning = Array("\(version);".utf8)
        guard octets.starts(with: beginning) else {
            return .other(nearMiss: nearMiss(octets, version: version))
        }
        guard octets.count <= Limits.transportRecordOctets else {
            return .invalid(
                reason: "The record is longer than \(Limits.transportRecordOctets) octets.",
                offset: Limits.transportRecordOctets)
        }
        var fields: [Field] = []
        var seen: Set<String> = ["v"]
        var repeated: [String] = []
        var start = beginning.count
        while start < octets.count {
            let end = octets[start...].firstIndex(of: Octet.semicolon) ?? octets.count
            let piece = trimmed(octets[start..<end])
            let isLast = end == octets.count
            guard !piece.isEmpty else {
                // One semicolon may end the record.
                if isLast { break }
                return .invalid(reason: "Nothing stands between two semicolons.", offset: start)
            }
            switch field(piece) {
            case .failure(let fault): return .invalid(reason: fault.reason, offset: fault.offset)
            case .success(let field):
                if seen.insert(field.name).inserted {
                    fields.append(field)
                } else {
                    repeated.append(field.name)
                }
            }
            start = end + 1
        }
        return .fields(fields, repeated: repeated)
    }

    private struct Fault: Error {
        let reason: String
        let offset: Int
    }

    private static func field(_ piece: ArraySlice<UInt8>) -> Result<Field, Fault> {
        guard let equals = piece.firstIndex(of: Octet.equals) else {
            return .failure(
                Fault(
                    reason: "“\(excerpt(piece))” has no equals sign.", offset: piece.startIndex))
        }
        let name = piece[..<equals]
        guard isName(name) else {
            return .failure(
                Fault(
                    reason: "“\(excerpt(name))” is not the name of a field.",
                    offset: piece.startIndex))
        }
        let value = piece[(equals + 1)...]
        guard !value.isEmpty else {
            return .failure(
                Fault(reason: "The field \(excerpt(name)) has no value.", offset: equals))
        }
        return .success(
            Field(
                name: String(decoding: name, as: UTF8.self), value: value,
                offset: piece.startIndex))
    }

    /// A letter or digit, then up to 31 of those, `_`, `-` and `.`.
    static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        guard (1...32).contains(name.count), let first = name.first,
            first.isLetter || first.isDigit
        else { return false }
        return name.allSatisfy { FieldWords.isKeyword($0) || $0 == UInt8(ascii: ".") }
    }

    /// The value of a field that nobody knows: visible ASCII without `=` and `;`.
    static func isExtensionValue(_ value: ArraySlice<UInt8>) -> Bool {
        value.allSatisfy { (0x21...0x7E).contains($0) && $0 != Octet.equals }
    }

    /// What a person most likely meant, for a record that receivers pass over.
    private static func nearMiss(_ octets: [UInt8], version: String) -> String? {
        let beginning = octets.prefix(64).filter { !$0.isWhitespace }.map(\.lowercased)
        guard beginning.starts(with: version.utf8.map(\.lowercased)) else { return nil }
        return "The record does not begin with exactly “\(version);”, so it is passed over."
    }

    static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = octets
        while let first = slice.first, first.isBlank { slice.removeFirst() }
        while let last = slice.last, last.isBlank { slice.removeLast() }
        return slice
    }

    static func excerpt(_ octets: ArraySlice<UInt8>) -> String {
        let text = String(decoding: octets.prefix(60), as: UTF8.self)
        let safe = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        return octets.count > 60 ? safe + "…" : safe
    }
}
