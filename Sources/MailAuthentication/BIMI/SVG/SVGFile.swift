/// A logo's octets, made plain: decompressed, without a byte order mark, proved to be UTF-8.
struct SVGFile {
    let octets: [UInt8]

    /// The plain octets with which hashes are made; the mark stays, because it is part of the file.
    static func decompressed(_ octets: [UInt8]) -> Result<[UInt8], Refusal> {
        guard octets.count <= Limits.svgOctets else { return .failure(tooLarge) }
        guard GzipDocument.isCompressed(octets) else { return .success(octets) }
        switch GzipDocument.decompress(octets, limit: Limits.svgOctets) {
        case .plain(let plain): return .success(plain)
        case .tooLarge: return .failure(tooLarge)
        case .damaged:
            return .failure(
                Refusal(
                    .damagedCompression, "The compressed logo is damaged and cannot be opened."))
        }
    }

    /// Why a file is not read at all.
    struct Refusal: Error {
        let violation: SVGViolation

        init(_ code: SVGViolation.Code, _ reason: String) {
            violation = SVGViolation(code, reason: reason)
        }
    }

    /// Takes plain octets.
    init(plain octets: [UInt8]) throws(Refusal) {
        guard !octets.isEmpty else { throw Refusal(.empty, "The logo's file is empty.") }
        guard octets.count <= Limits.svgOctets else { throw Self.tooLarge }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = octets.starts(with: mark) ? Array(octets.dropFirst(3)) : octets
        guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else {
            throw Refusal(.notUTF8, "The logo's file is not text in UTF-8.")
        }
        if let encoding = Self.declaredEncoding(text), encoding != "utf-8", encoding != "us-ascii" {
            throw Refusal(
                .encoding,
                "The logo's file says it is written in \(encoding.reasonExcerpt), not in UTF-8.")
        }
        self.octets = text
    }

    private static let tooLarge = Refusal(
        .tooLarge,
        "The logo is larger than \(Limits.svgOctets >> 10) KB; it was not looked at. Logos should"
            + " stay under \(Limits.svgRecommendedOctets >> 10) KB.")

    /// The `encoding` of the XML declaration in small letters.
    private static func declaredEncoding(_ text: [UInt8]) -> String? {
        guard text.starts(with: Array("<?xml".utf8)),
            let end = text.prefix(512).firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let declaration = text[..<end]
        let word = Array("encoding".utf8)
        guard
            let start = declaration.indices.first(where: { declaration[$0...].starts(with: word) })
        else { return nil }
        let rest = declaration[(start + word.count)...].drop {
            $0.isWhitespace || $0 == Octet.equals || $0 == UInt8(ascii: "'")
                || $0 == UInt8(ascii: "\"")
        }
        let name = rest.prefix { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") }
        return String(decoding: name.map(\.lowercased), as: UTF8.self)
    }
}
