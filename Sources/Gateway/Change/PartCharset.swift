import InternetMessage

/// Whether a text can stand among the octets of a part in its own character set.
enum PartCharset {
    enum Fit: Equatable {
        /// These octets mean the text there.
        case octets([UInt8])
        /// The set cannot hold it; the part can be written anew in UTF-8.
        case recode
        /// Nobody here knows the set well enough.
        case unknown
    }

    /// Sets in which the octets of ASCII mean something else, by the beginning of their names
    /// without anything but letters and digits.
    private static let unlikeASCII = [
        "utf16", "utf32", "utf7", "unicode11utf7", "ucs", "iso10646", "csunicode", "hz", "ibm037",
        "cp037", "ibm500", "cp500", "ibm1047", "ibm1140", "ebcdic", "xebcdic", "ibm273", "ibm1141",
    ]

    /// How `text` stands in the set named; without a name it is US-ASCII (RFC 2045 §5.2).
    static func fit(_ text: String, in label: String?) -> Fit {
        let label = label.flatMap { $0.isEmpty ? nil : $0 } ?? "us-ascii"
        let key = String(
            decoding: label.utf8.prefix(64).map { $0 | 0x20 }.filter {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            }, as: UTF8.self)
        let otherwise: Fit = Charset.isKnown(label) ? .recode : .unknown
        if unlikeASCII.contains(where: key.hasPrefix) { return otherwise }
        let octets = Array(text.utf8)
        if octets.allSatisfy({ $0 < 0x80 }) || key.hasPrefix("utf8") { return .octets(octets) }
        guard otherwise == .recode else { return .unknown }
        return single(text, label, key).map { .octets($0) } ?? .recode
    }

    /// The text in a set in which one octet is one character, found by reading every octet.
    private static func single(_ text: String, _ label: String, _ key: String) -> [UInt8]? {
        // The controls of ISO 8859 are read as windows-1252, but nobody should write them.
        let first: UInt8 = key.hasPrefix("iso8859") || key.hasPrefix("latin") ? 0xA0 : 0x80
        var meanings: [Unicode.Scalar: UInt8] = [:]
        for octet in first...0xFF {
            let read = Charset.decode([octet], label: label)
            guard read.defects.isEmpty, read.text.unicodeScalars.count == 1,
                let scalar = read.text.unicodeScalars.first, scalar != "\u{FFFD}"
            else { continue }
            meanings[scalar] = octet
        }
        var octets: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                octets.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let octet = meanings[scalar] {
                octets.append(octet)
            } else {
                return nil
            }
        }
        return octets
    }
}
