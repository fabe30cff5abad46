/// What a run of bytes is, told from its first bytes; names and MIME types decide nothing.
enum ContentKind: Equatable {
    case empty, gzip, zlib, zip, tar, sevenZip, xml, html, json, mail, base64
    /// Nothing that is read: what it seems to be, in words that follow "it is".
    case other(String)

    /// Bytes looked at.
    static let window = 4_096

    init(_ head: UnsafeRawBufferPointer) {
        if head.isEmpty {
            self = .empty
        } else if let kind = Self.magic(head) {
            self = kind
        } else {
            self = Self.text(head)
        }
    }

    /// True when this XML or JSON names something that a report has; parts of a mail that are not
    /// reports (bodies, signatures) are passed over by this.
    static func looksLikeReport(_ head: UnsafeRawBufferPointer) -> Bool {
        // Zero bytes go, so that UTF-16 reads like ASCII.
        let text = String(decoding: head.lazy.filter { $0 != 0 }, as: UTF8.self).lowercased()
        return [
            "<feedback", ":feedback", "<report_metadata", "<policy_published", "\"policies\"",
            "\"date-range\"", "\"organization-name\"", "\"report-id\"", "\"contact-info\"",
        ].contains { text.contains($0) }
    }

    private static func magic(_ head: UnsafeRawBufferPointer) -> ContentKind? {
        func starts(_ bytes: UInt8..., at offset: Int = 0) -> Bool {
            head.count >= offset + bytes.count
                && head[offset...].starts(with: bytes)
        }
        if starts(0x1F, 0x8B) { return .gzip }
        if starts(0x50, 0x4B, 0x03, 0x04) || starts(0x50, 0x4B, 0x05, 0x06)
            || starts(0x50, 0x4B, 0x07, 0x08)
        {
            return .zip
        }
        if starts(0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C) { return .sevenZip }
        if starts(0x75, 0x73, 0x74, 0x61, 0x72, at: 257) { return .tar }
        // RFC 1950 §2.2: deflate, and the two bytes are a multiple of 31.
        if starts(0x78), head.count > 2, (0x7800 + Int(head[1])) % 31 == 0, head[1] & 0x20 == 0,
            [0x01, 0x5E, 0x9C, 0xDA].contains(head[1])
        {
            return .zlib
        }
        if starts(0xD0, 0xCF, 0x11, 0xE0) {
            return .other("an Outlook or Office file; save the mail as .eml and use that")
        }
        if starts(0x42, 0x5A, 0x68) || starts(0xFD, 0x37, 0x7A, 0x58, 0x5A)
            || starts(0x28, 0xB5, 0x2F, 0xFD) || starts(0x52, 0x61, 0x72, 0x21)
        {
            return .other("packed with bzip2, xz, zstd or RAR; unpack it and use what is inside")
        }
        if starts(0x25, 0x50, 0x44, 0x46) { return .other("a PDF document") }
        if starts(0x89, 0x50, 0x4E, 0x47) || starts(0xFF, 0xD8, 0xFF)
            || starts(0x47, 0x49, 0x46, 0x38)
        {
            return .other("a picture")
        }
        return nil
    }

    private static func text(_ head: UnsafeRawBufferPointer) -> ContentKind {
        var start = 0
        if head.count >= 3, head[0] == 0xEF, head[1] == 0xBB, head[2] == 0xBF { start = 3 }
        if head.count >= 2,
            [head[0], head[1]] == [0xFF, 0xFE] || [head[0], head[1]] == [0xFE, 0xFF]
        {
            start = 2
        }
        while start < head.count, head[start] <= 0x20, head[start] != 0x1B { start += 1 }
        guard start < head.count else {
            // Only blanks so far: a full window may go on as XML, a short one is all there is.
            return head.count < window ? .empty : .xml
        }
        let rest = UnsafeRawBufferPointer(rebasing: head[start...])
        switch rest[0] {
        case UInt8(ascii: "<"):
            let opening = String(decoding: rest.prefix(15), as: UTF8.self).lowercased()
            return opening.hasPrefix("<!doctype html") || opening.hasPrefix("<html")
                ? .html : .xml
        case UInt8(ascii: "{"): return .json
        default:
            if MailSniffer.isMail(rest) { return .mail }
            if Base64Text.looksPacked(rest) { return .base64 }
            // Text before the first tag is a repair of the XML reader's.
            if looksLikeReport(rest), rest.contains(UInt8(ascii: "<")) { return .xml }
            return rest.contains { $0 < 9 } ? .other("unknown data") : .other("other text")
        }
    }
}

/// Tells a mail from other text.
enum MailSniffer {
    private static let usual: Set<String> = [
        "received", "from", "to", "date", "subject", "message-id", "mime-version", "return-path",
        "delivered-to", "dkim-signature", "content-type", "authentication-results",
        "arc-seal", "x-original-to", "reply-to", "sender", "received-spf", "cc",
        "content-transfer-encoding", "resent-from", "authentication-results-original",
    ]

    /// True when the text opens with header fields (RFC 5322 §2.2) of which one is usual, or with
    /// the `From ` line of a mailbox.
    static func isMail(_ head: UnsafeRawBufferPointer) -> Bool {
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var seen = 0
        for (index, line) in lines.enumerated() {
            if index == 0, line.starts(with: Array("From ".utf8)) { continue }
            if index == 0, line.starts(with: Array(">From ".utf8)) { continue }
            guard let first = line.first, first != UInt8(ascii: "\r") else { break }
            if seen > 0, first == 0x20 || first == 0x09 { continue }
            guard let colon = line.prefix(100).firstIndex(of: UInt8(ascii: ":")),
                colon > line.startIndex
            else { break }
            let name = line[..<colon]
            guard name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { break }
            seen += 1
            if usual.contains(String(decoding: name, as: UTF8.self).lowercased()) { return true }
        }
        return false
    }
}
