/// Encoded words in header text (RFC 2047), and what mailers make of them: blanks inside a word,
/// words without space between, characters cut in two, padding left out.
public enum EncodedWord {
    /// Decodes text on one line. What is no encoded word stays as it is; raw 8-bit octets are read
    /// as UTF-8, else windows-1252.
    public static func decode(_ bytes: [UInt8]) -> DecodedText {
        guard bytes.position(of: Octet.equals, from: 0, to: bytes.count) != nil else {
            return Charset.decodeUnlabelled(bytes)
        }
        var reader = Reader(bytes: bytes)
        return reader.run()
    }

    /// One word: its character set, its octets, and where it ends.
    private struct Word {
        var charset: ArraySlice<UInt8>
        var octets: [UInt8]
        var end: Int
    }

    private struct Reader {
        let bytes: [UInt8]
        private var text = ""
        private var charset = "us-ascii"
        private var defects: Set<Defect.Code> = []
        /// The octets of adjacent words in one character set: a character may lie across two words.
        private var pending: [UInt8] = []
        private var pendingCharset: ArraySlice<UInt8> = []
        /// Set when no `?=` follows any more: nothing further can be a word.
        private var hasNoEnd = false

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func run() -> DecodedText {
            var plainStart = 0
            var hasWordBefore = false
            var index = 0
            while !hasNoEnd,
                let start = bytes.position(of: Octet.equals, from: index, to: bytes.count)
            {
                guard let word = word(at: start) else {
                    index = start &+ 1
                    continue
                }
                let between = bytes[plainStart..<start]
                // RFC 2047 §6.2: space between two words is not shown.
                if !hasWordBefore || !between.allSatisfy(\.isWhitespace) {
                    flush()
                    appendPlain(between)
                }
                append(word)
                hasWordBefore = true
                plainStart = word.end
                index = word.end
            }
            flush()
            appendPlain(bytes[plainStart...])
            return DecodedText(text: text, charset: charset, defects: defects)
        }

        private mutating func append(_ word: Word) {
            if !word.charset.elementsEqual(pendingCharset, by: { $0.lowercased == $1.lowercased }) {
                flush()
                pendingCharset = word.charset
            }
            pending += word.octets
        }

        private mutating func flush() {
            guard !pending.isEmpty else { return }
            let label = String(decoding: pendingCharset, as: UTF8.self)
            let decoded = Charset.decode(pending, label: label)
            text += decoded.text
            charset = decoded.charset
            defects.formUnion(decoded.defects)
            pending = []
            pendingCharset = []
        }

        private mutating func appendPlain(_ plain: ArraySlice<UInt8>) {
            guard !plain.isEmpty else { return }
            text += Charset.decodeUnlabelled([UInt8](plain)).text
        }

        /// The word that begins at `start`, if one does.
        private mutating func word(at start: Int) -> Word? {
            guard start &+ 1 < bytes.count, bytes[start &+ 1] == Octet.question else { return nil }
            let charsetStart = start &+ 2
            let charsetLimit = min(bytes.count, charsetStart &+ Limits.encodedWordCharsetBytes)
            guard
                let charsetEnd = bytes.position(
                    of: Octet.question, from: charsetStart, to: charsetLimit),
                charsetEnd > charsetStart, charsetEnd &+ 2 < bytes.count,
                bytes[charsetEnd &+ 2] == Octet.question,
                !bytes[charsetStart..<charsetEnd].contains(where: \.isWhitespace)
            else { return nil }
            let encoding = bytes[charsetEnd &+ 1].lowercased
            guard encoding == UInt8(ascii: "b") || encoding == UInt8(ascii: "q") else {
                defects.insert(.malformedEncodedWord)
                return nil
            }
            let textStart = charsetEnd &+ 3
            guard let textEnd = endOfText(from: textStart) else {
                hasNoEnd = true
                defects.insert(.malformedEncodedWord)
                return nil
            }
            // RFC 2231 §5: a language may follow the character set.
            let label = bytes[charsetStart..<charsetEnd].prefix { $0 != Octet.asterisk }
            let octets =
                encoding == UInt8(ascii: "b")
                ? base64(textStart..<textEnd) : quoted(bytes[textStart..<textEnd])
            return Word(charset: label, octets: octets, end: textEnd &+ 2)
        }

        private func endOfText(from start: Int) -> Int? {
            var index = start
            while let found = bytes.position(of: Octet.question, from: index, to: bytes.count) {
                if found &+ 1 < bytes.count, bytes[found &+ 1] == Octet.equals { return found }
                index = found &+ 1
            }
            return nil
        }

        private mutating func base64(_ range: Range<Int>) -> [UInt8] {
            let body = Base64Decoder.decode(bytes, in: range, limit: .max)
            defects.formUnion(body.defects)
            return body.bytes
        }

        /// RFC 2047 §4.2.
        private mutating func quoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
            var octets: [UInt8] = []
            octets.reserveCapacity(text.count)
            var index = text.startIndex
            while index < text.endIndex {
                let octet = text[index]
                index &+= 1
                if octet == Octet.underscore {
                    octets.append(Octet.space)
                } else if octet == Octet.equals, index &+ 1 < text.endIndex,
                    let high = text[index].hexValue, let low = text[index &+ 1].hexValue
                {
                    octets.append(high &<< 4 | low)
                    index &+= 2
                } else {
                    if octet == Octet.equals { defects.insert(.malformedEncodedWord) }
                    octets.append(octet)
                }
            }
            return octets
        }
    }
}
