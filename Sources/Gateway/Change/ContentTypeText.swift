import InternetMessage

/// Writes a Content-Type anew for a text that is now in UTF-8.
enum ContentTypeText {
    /// The value, its other parameters kept, one a line.
    static func render(_ type: ContentType) -> String {
        var parts = ["\(token(type.type))/\(token(type.subtype))", "charset=utf-8"]
        for parameter in type.parameters where parameter.name != "charset" {
            let name = token(parameter.name)
            guard !name.isEmpty else { continue }
            let isPlain = parameter.value.utf8.allSatisfy {
                (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C
            }
            guard parameter.value.utf8.count <= 200 else { continue }
            // RFC 2231 §4 for what a quoted string cannot hold.
            parts.append(
                isPlain
                    ? "\(name)=\"\(parameter.value)\""
                    : "\(name)*=utf-8''\(percentEncoded(parameter.value))")
        }
        return parts.joined(separator: ";\r\n\t")
    }

    private static func token(_ text: String) -> String {
        let octets = text.utf8.prefix(60).filter {
            $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?=".utf8.contains($0)
        }
        return String(decoding: Array(octets), as: UTF8.self)
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { octet in
            let isPlain =
                (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet)
                || (0x61...0x7A).contains(octet)
            if isPlain { return String(Unicode.Scalar(octet)) }
            let digits = String(octet, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
