import Gateway
import InternetMessage
import MailAuthentication
import TestSupport
import Testing

/// Every message of the MIME suites that others wrote gets mark and banner, and is afterwards still
/// the same message: the same parts, each that was not to be changed the same octet for octet.
struct ChangeCorpusTests {
    private static let folders = [
        "mime-cyrus", "mime-enmime", "mime-flanker", "mime-inbucket", "mime-mail-parser",
        "mime-mikel-mail", "mime-mimekit", "mime-mox", "mime-nodemailer-mailparser",
        "mime-spamscope", "mime-stalwart", "mime-wooyun-xss", "python-test_email", "dsn-sisimai",
    ]

    @Test(arguments: folders, ["Mind the sender.", "Größe: “mind” the sender."])
    func `every message keeps its other parts`(folder: String, sentence: String) throws {
        let tag = try #require(SubjectTag("[External]"))
        let banner = try #require(Banner(sentence))
        let changer = MessageChanger(MessageChanger.Options(subjectTag: tag, banner: banner))
        var counts: [RecordedAct.Kind: Int] = [:]
        var messages = 0
        for path in try SharedData.files(below: "conformance/" + folder) {
            let file = try SharedData.bytes(path)
            for octets in [file, Self.crlf(file)] {
                messages += 1
                let changes = changer.changes(
                    to: octets, RawMessage(octets, lineEnds: .asSent))
                for act in changes.acts { counts[act.kind, default: 0] += 1 }
                let changed = ContentEdit.apply(changes.edits, to: octets)
                let difference = Comparison(banner: banner, tag: tag).difference(
                    MessageParser().parse(octets), MessageParser().parse(changed),
                    hasBanner: changes.acts.contains { $0.kind == .banner })
                if let difference { Issue.record("\(path): \(difference)") }
            }
        }
        print(
            "changed \(folder): \(messages) messages, \(counts[.tagged] ?? 0) marked,",
            "\(counts[.banner] ?? 0) with banner, \(counts[.leftAlone] ?? 0) left alone")
    }

    private static func crlf(_ bytes: [UInt8]) -> [UInt8] {
        var changed: [UInt8] = []
        changed.reserveCapacity(bytes.count + bytes.count / 32)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A, previous != 0x0D { changed.append(0x0D) }
            changed.append(byte)
            previous = byte
        }
        return changed
    }
}

/// Compares a message with what became of it.
private struct Comparison {
    let banner: Banner
    let tag: SubjectTag

    func difference(_ old: ParsedMessage, _ new: ParsedMessage, hasBanner: Bool) -> String? {
        if let difference = header(old, new) { return difference }
        let (before, after) = (old.allParts, new.allParts)
        guard before.count == after.count else {
            return "\(before.count) parts became \(after.count)"
        }
        var banners = 0
        for (number, (old, new)) in zip(before, after).enumerated() {
            guard old.contentType.mediaType == new.contentType.mediaType else {
                return "part \(number) has another type"
            }
            // What stands between parts.
            if Array(old.source[old.preambleRange]) != Array(new.source[new.preambleRange])
                || Array(old.source[old.epilogueRange]) != Array(new.source[new.epilogueRange])
            {
                return "something between the parts of \(number) changed"
            }
            guard old.children.isEmpty, old.message == nil else {
                if number > 0, !isSame(old, new, \.headerRange) { return "header \(number)" }
                continue
            }
            if isSame(old, new, \.bodyRange) {
                if number > 0, !isSame(old, new, \.headerRange) { return "header \(number)" }
                continue
            }
            banners += 1
            if let difference = text(old, new) { return "part \(number): \(difference)" }
        }
        return hasBanner == (banners > 0) ? nil : "\(banners) banners"
    }

    private func isSame(
        _ old: BodyPart, _ new: BodyPart, _ range: KeyPath<BodyPart, Range<Int>>
    ) -> Bool {
        Array(old.source[old[keyPath: range]]) == Array(new.source[new[keyPath: range]])
    }

    /// Fields other than the subject and those that say what a text is.
    private func header(_ old: ParsedMessage, _ new: ParsedMessage) -> String? {
        let described = ["subject", "content-type", "content-transfer-encoding", "mime-version"]
        func others(_ message: ParsedMessage) -> [[UInt8]] {
            message.headers.filter { !described.contains($0.name.lowercased()) }
                .map { Array($0.rawField) }
        }
        guard others(old) == others(new) else { return "the header changed" }
        let subjects = old.headers.all(named: "Subject")
        let changed = new.headers.all(named: "Subject")
        guard subjects.count == changed.count else { return "a subject came or went" }
        for (old, new) in zip(subjects, changed) where Array(old.rawField) != Array(new.rawField) {
            let words = new.text.split(whereSeparator: \.isWhitespace)
            let expected = (tag.text + " " + old.text).split(whereSeparator: \.isWhitespace)
            guard words == expected else { return "the subject is “\(new.text)”" }
        }
        return nil
    }

    private func text(_ old: BodyPart, _ new: BodyPart) -> String? {
        func plain(_ text: String) -> String {
            // A byte order mark is no text, and a part written anew has the line ends of mail.
            text.replacing("\u{FEFF}", with: "").replacing("\r\n", with: "\n")
        }
        let (before, after) = (plain(old.text()), plain(new.text()))
        if old.contentType.subtype == "plain" {
            let whole = plain(banner.plain) + before
            // The line end before a boundary is the boundary's: of an empty part it is the banner's.
            if before.isEmpty, after + "\n" == whole { return nil }
            return after == whole ? nil : "the text is not as it was"
        }
        let box = plain(banner.html)
        for shown in ["\n\(box)\n", box] where after.contains(shown) {
            let pieces = after.split(
                separator: shown, maxSplits: 1, omittingEmptySubsequences: false)
            return pieces.joined() == before ? nil : "the page is not as it was"
        }
        return "the page has no box"
    }
}
