import MailReports
import Storage

/// `/intake/quarantine/ID`: what could not be read, why, and what can be done with it.
enum QuarantinedPage {
    static func page(_ item: QuarantinedItem, excerpt: [UInt8], mayAct: Bool) -> Page {
        var fields = fields(item)
        fields["mayAct"] = .flag(mayAct)
        fields["excerpt"] = .text(text(of: excerpt))
        fields["hasExcerpt"] = .flag(!excerpt.isEmpty)
        fields["isExcerptCut"] = .flag(Int64(excerpt.count) < item.byteCount)
        fields["excerptSize"] = .text(Numbers.bytes(Int64(excerpt.count)))
        return Page(
            "quarantined",
            title: item.refusal.code == .looksForged ? "Looks forged" : "Could not be read",
            place: .intake, fields: fields)
    }

    static func fields(_ item: QuarantinedItem) -> Fields {
        let link = "/intake/quarantine/\(item.id)"
        return [
            "itemLink": .text(link),
            "retryLink": .text(link + "/retry"),
            "takeLink": .text(link + "/take"),
            "looksForged": .flag(item.refusal.code == .looksForged),
            "exportLink": .text(link + "/export"),
            "discardLink": .text(link + "/discard"),
            "path": ForeignText.value(item.path, limit: 90),
            "reasonWord": .text(IntakeWords.refusal(item.refusal.code)),
            "reasonText": ForeignText.value(item.refusal.explanation, limit: 500),
            "refusedPart": item.refusal.path == item.path
                ? nil : ForeignText.value(item.refusal.path, limit: 120),
            "offset": item.refusal.offset.map { .number($0) },
            "size": .text(Numbers.bytes(item.byteCount)),
            "digest": .text(String(item.digest.prefix(64))),
            "received": Dates.fields(item.receivedAt),
            "door": ForeignText.value(item.door, limit: 30),
        ]
    }

    /// The first bytes as text where they are text, else as pairs of digits.
    static func text(of bytes: [UInt8]) -> String {
        let controls = bytes.filter { $0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }.count
        if controls * 20 <= bytes.count {
            let lines = String(decoding: bytes, as: UTF8.self)
                .split(omittingEmptySubsequences: false) { $0.isNewline }
            return lines.prefix(60).map { ForeignText.clean(String($0), limit: 160) }
                .joined(separator: "\n")
        }
        let digits = Array("0123456789abcdef")
        return stride(from: 0, to: min(bytes.count, 512), by: 16).map { start in
            let row = bytes[start..<min(start + 16, bytes.count)]
            let pairs = row.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
                .joined(separator: " ")
            let letters = row.map {
                (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "."
            }
            return pairs + String(repeating: " ", count: 50 - pairs.count) + String(letters)
        }.joined(separator: "\n")
    }
}
