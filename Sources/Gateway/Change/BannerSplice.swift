import InternetMessage

/// Puts a banner into one part of a message by edits of its octets. Everything else of the part
/// stays as it is, but where its encoding or its character set cannot hold the banner.
struct BannerSplice {
    enum Outcome {
        case edits([ContentEdit])
        /// The part stays as it is; why, to go on after "because".
        case unfit(String)
    }

    let banner: Banner
    let part: BodyPart
    /// Whether the part is the message itself.
    let isMessage: Bool

    private var isPage: Bool { part.contentType.subtype == "html" }
    private var inserted: String { isPage ? banner.html : banner.plain }

    func outcome() -> Outcome {
        let body = part.decode()
        if body.isTruncated { return .unfit("its text is too large") }
        if Self.hasArmour(body.bytes) {
            return .unfit("its text is signed or encrypted (PGP), and a change would break that")
        }
        let octets: [UInt8]
        switch PartCharset.fit(inserted, in: part.contentType.charset) {
        case .unknown: return .unfit("its character set is not known here")
        case .recode: return recoded(body.bytes)
        case .octets(let fitting): octets = fitting
        }
        switch part.transferEncoding {
        case .sevenBit, .eightBit, .binary:
            // RFC 6152 §3: eight bits only on a way that carries them already.
            let isEightBit = !octets.allSatisfy { $0 < 0x80 }
            let carries =
                part.transferEncoding != .sevenBit && part.rawBody.contains { $0 >= 0x80 }
            return isEightBit && !carries ? recoded(body.bytes) : .edits([plainEdit(octets)])
        case .quotedPrintable: return .edits([quotedPrintableEdit(octets)])
        case .base64:
            let text = Self.inserting(octets, into: body.bytes, isPage: isPage)
            return replaced(by: TransferText.base64Lines(text), header: [])
        case .uuencode, .unknown: return .unfit("its text is encoded in a way of its own")
        }
    }

    /// A line that begins an OpenPGP block (RFC 9580 §6.2).
    private static func hasArmour(_ text: [UInt8]) -> Bool {
        let mark = Array("-----BEGIN PGP ".utf8)
        guard text.count >= mark.count else { return false }
        return text.withUnsafeBufferPointer { text in
            var index = 0
            while index + mark.count <= text.count {
                // Nearly no line begins with it.
                if text[index] == mark[0], mark.indices.allSatisfy({ text[index + $0] == mark[$0] })
                {
                    return true
                }
                while index < text.count, text[index] != 0x0A { index += 1 }
                index += 1
            }
            return false
        }
    }

    // MARK: Edits in place

    /// An empty line, where the header has none behind it: the first line of the banner must not be
    /// read as a field.
    private var separator: [UInt8] {
        part.headerRange.upperBound == part.bodyRange.lowerBound ? [0x0D, 0x0A] : []
    }

    private func plainEdit(_ octets: [UInt8]) -> ContentEdit {
        guard isPage else {
            return ContentEdit(insert: separator + octets, at: part.bodyRange.lowerBound)
        }
        let place = HTMLInsertionPoint.find(in: part.source, part.bodyRange)
        let lines = [0x0D, 0x0A] + octets + [0x0D, 0x0A]
        return ContentEdit(insert: lines, at: place)
    }

    private func quotedPrintableEdit(_ octets: [UInt8]) -> ContentEdit {
        let encoded = TransferText.quotedPrintable(octets)
        guard isPage else {
            return ContentEdit(insert: separator + encoded, at: part.bodyRange.lowerBound)
        }
        var point = HTMLInsertionPoint()
        TransferText.forEachQuotedPrintable(part.source, in: part.bodyRange) {
            point.take($0, $1)
        }
        let place = point.finish(at: part.bodyRange.upperBound)
        let softBreak: [UInt8] = [0x3D, 0x0D, 0x0A]
        let isAtLineStart = place == part.bodyRange.lowerBound || part.source[place - 1] == 0x0A
        return ContentEdit(
            insert: (isAtLineStart ? separator : softBreak) + encoded + softBreak, at: place)
    }

    // MARK: Parts written anew

    private static func inserting(
        _ octets: [UInt8], into text: [UInt8], isPage: Bool
    ) -> [UInt8] {
        guard isPage else { return octets + text }
        let place = HTMLInsertionPoint.find(in: text, 0..<text.count)
        return text[..<place] + [0x0D, 0x0A] + octets + [0x0D, 0x0A] + text[place...]
    }

    /// The part in UTF-8 and quoted-printable, its header fields made to fit.
    private func recoded(_ body: [UInt8]) -> Outcome {
        let read = Charset.decode(body, label: part.contentType.charset)
        guard !read.defects.contains(.invalidCharsetOctets),
            !read.defects.contains(.unknownCharset)
        else { return .unfit("its text does not fit its character set") }
        let types = part.headers.all(named: "Content-Type")
        let encodings = part.headers.all(named: "Content-Transfer-Encoding")
        guard types.count <= 1, encodings.count <= 1 else {
            return .unfit("it says twice what it is")
        }
        // A line of blanks would belong to a field that is put in before it.
        let end = part.headerRange.upperBound
        guard end == part.bodyRange.lowerBound || Self.isLineEnd(part.source[end]) else {
            return .unfit("its header does not end as one")
        }
        let text = Self.inserting(
            Array(inserted.utf8), into: Array(read.text.utf8), isPage: isPage)
        var header = [
            fieldEdit("Content-Type", ContentTypeText.render(part.contentType), types.first),
            fieldEdit("Content-Transfer-Encoding", "quoted-printable", encodings.first),
        ]
        if isMessage, part.headers.first(named: "MIME-Version") == nil {
            header.append(fieldEdit("MIME-Version", "1.0", nil))
        }
        return replaced(by: TransferText.quotedPrintable(text), header: header)
    }

    private static func isLineEnd(_ octet: UInt8) -> Bool { octet == 0x0D || octet == 0x0A }

    private func fieldEdit(_ name: String, _ value: String, _ field: HeaderField?) -> ContentEdit {
        if let field { return ContentEdit(field.valueRange, Array(" \(value)".utf8)) }
        return ContentEdit(
            insert: Array("\(name): \(value)\r\n".utf8), at: part.headerRange.upperBound)
    }

    private func replaced(by body: [UInt8], header: [ContentEdit]) -> Outcome {
        .edits(header + [ContentEdit(part.bodyRange, separator + body)])
    }
}
