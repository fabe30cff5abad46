import Identities

/// Writes the lines of a mail with CRLF (RFC 5322 §2.1), folded and encoded where they must be.
struct ReportMessageWriter {
    private(set) var output: [UInt8] = []

    init(room: Int) { output.reserveCapacity(room) }

    mutating func line(_ text: String = "") {
        output.append(contentsOf: text.utf8)
        output.append(0x0D)
        output.append(0x0A)
    }

    mutating func field(_ name: String, _ value: String) { line("\(name): \(value)") }

    /// A field whose pieces stand on lines of their own.
    mutating func folded(_ name: String, _ pieces: [String]) {
        line("\(name): " + pieces.joined(separator: "\r\n "))
    }

    /// A display name and an address; a name beyond ASCII is encoded (RFC 2047 §5).
    func mailbox(_ name: String, _ address: EmailAddress) -> String {
        let visible = name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        guard !visible.isEmpty else { return "<\(address)>" }
        guard visible.allSatisfy(\.isASCII), visible.count <= 60 else {
            return encodedWords(String(String.UnicodeScalarView(visible))) + "\r\n <\(address)>"
        }
        var quoted = ""
        for scalar in visible {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return "\"\(quoted)\"\r\n <\(address)>"
    }

    /// Each word has at most 75 characters and whole characters only.
    private func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var piece: [UInt8] = []
        for scalar in text.unicodeScalars {
            let octets = Array(String(scalar).utf8)
            if piece.count + octets.count > 42 {
                words.append("=?utf-8?B?\(Self.base64Text(piece[...]))?=")
                piece = []
            }
            piece += octets
        }
        if !piece.isEmpty { words.append("=?utf-8?B?\(Self.base64Text(piece[...]))?=") }
        return words.joined(separator: "\r\n ")
    }

    /// RFC 2045 §6.7: lines of at most 76 characters.
    mutating func quotedPrintable(_ lines: [String]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for text in lines {
            var width = 0
            let octets = Array(text.utf8)
            for (index, octet) in octets.enumerated() {
                let isLast = index == octets.count - 1
                let isPlain =
                    (0x21...0x7E).contains(octet) && octet != 0x3D || octet == 0x20 && !isLast
                if width + (isPlain ? 1 : 3) > 75 {
                    line("=")
                    width = 0
                }
                if isPlain {
                    output.append(octet)
                    width += 1
                } else {
                    output += [0x3D, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
                    width += 3
                }
            }
            line()
        }
    }

    /// RFC 2045 §6.8: lines of 76 characters.
    mutating func base64(_ octets: [UInt8]) {
        for start in stride(from: 0, to: octets.count, by: 57) {
            Self.appendBase64(octets[start..<min(start + 57, octets.count)], to: &output)
            output.append(0x0D)
            output.append(0x0A)
        }
    }

    private static func base64Text(_ octets: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        appendBase64(octets, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func appendBase64(_ octets: ArraySlice<UInt8>, to text: inout [UInt8]) {
        var index = octets.startIndex
        while index < octets.endIndex {
            let count = min(3, octets.endIndex - index)
            var bits: UInt32 = 0
            for offset in 0..<3 {
                bits = bits << 8 | (offset < count ? UInt32(octets[index + offset]) : 0)
            }
            for place in 0..<4 {
                let shift = UInt32(18 - 6 * place)
                text.append(place <= count ? alphabet[Int(bits >> shift & 63)] : 0x3D)
            }
            index += count
        }
    }
}
