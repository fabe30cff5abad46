import FoundationEssentials
import InternetMessage
import TestSupport
import Testing

/// The offsets and encoder samples of the `mime-mimekit` suite, compared octet by octet.
@Suite struct MimeKitConformanceTests {
    private static let folder = "conformance/mime-mimekit/"

    @Test func `Mailboxes are cut, and their messages taken apart, at the same octets`() throws {
        var tally = Tally(suite: "mimekit mbox offsets")
        for name in ["content-length", "issue1189"] {
            let file = try SharedData.bytes(
                SharedData.path("\(Self.folder)mbox/\(name).mbox.txt"))
            for (kind, bytes) in [("unix", LineEnds.lf(file)), ("dos", LineEnds.crlf(file))] {
                let path = try SharedData.path("\(Self.folder)mbox/\(name).\(kind)-offsets.json")
                let expected = try JSONDecoder().decode(
                    [MimeKitMessage].self, from: Data(SharedData.bytes(path)))
                var splitter = MboxSplitter()
                let messages = splitter.feed(bytes) + splitter.finish()
                for (index, wanted) in expected.enumerated() {
                    let label = "\(name).\(kind) \(index)"
                    guard messages.indices.contains(index) else {
                        tally.check(label, "no such message")
                        continue
                    }
                    let start = Int(messages[index].offset)
                    let root = MessageParser().parse(messages[index].bytes).root
                    let place = start == wanted.beginOffset ? nil : "begins at \(start)"
                    tally.check(
                        label, place ?? wanted.body.difference(from: root, base: start, at: "0"))
                }
                tally.check(
                    "\(name).\(kind) count",
                    messages.count == expected.count
                        ? nil : "expected \(expected.count), read \(messages.count)")
            }
        }
        tally.show()
        #expect(tally.cases == 70)
        #expect(tally.unmet.count <= 2)
    }

    @Test(arguments: [
        ("dsn-sisimai/mailbox/mbox-0", 37), ("dsn-sisimai/mailbox/mbox-1", 1),
        ("mime-mimekit/mbox/simple.mbox.txt", 3), ("mime-mimekit/mbox/unmunged.mbox.txt", 2),
    ])
    func `Other mailboxes hold as many messages as they should`(name: String, count: Int) throws {
        let bytes = try SharedData.bytes(SharedData.path("conformance/" + name))
        var splitter = MboxSplitter()
        let messages = splitter.feed(bytes) + splitter.finish()
        #expect(messages.count == count)
        #expect(messages.allSatisfy { !MessageParser().parse($0.bytes).headers.isEmpty })
    }

    @Test(arguments: [
        ("photo.b64", "base64", "photo.jpg"), ("photo.uu", "x-uuencode", "photo.jpg"),
        ("wikipedia.qp", "quoted-printable", "wikipedia.txt"),
    ])
    func `Encoded samples decode to the originals`(
        sample: String, encoding: String, original: String
    ) throws {
        let body = try SharedData.bytes(SharedData.path(Self.folder + "encoders/" + sample))
        let wanted = try SharedData.bytes(SharedData.path(Self.folder + "encoders/" + original))
        let head = Array("Content-Transfer-Encoding: \(encoding)\r\n\r\n".utf8)
        let decoded = MessageParser().parse(head + body).root.decode()
        let isText = original.hasSuffix(".txt")
        let same =
            isText
            ? LineEnds.lf(decoded.bytes) == LineEnds.lf(wanted) : decoded.bytes == wanted
        #expect(same)
        #expect(decoded.defects.isEmpty)
    }
}

/// A message as the suite writes it; the offsets count from the beginning of the mailbox.
private struct MimeKitMessage: Decodable {
    var beginOffset: Int
    var body: MimeKitPart
}

private struct MimeKitPart: Decodable {
    final class Inner: Decodable {
        let body: MimeKitPart
    }
    var mimeType: String
    var beginOffset: Int
    var headersEndOffset: Int
    var endOffset: Int
    var children: [MimeKitPart]?
    var message: Inner?

    func difference(from part: BodyPart, base: Int, at place: String) -> String? {
        let kind = part.contentType.mediaType
        guard kind == mimeType.lowercased() else {
            return "\(place): expected \(mimeType), read \(kind)"
        }
        let (start, end) = (base + part.bodyRange.lowerBound, base + part.bodyRange.upperBound)
        // The last line end before a `From ` line is the message's here, the mailbox's there.
        let isLast = part.bodyRange.upperBound == part.source.count
        let ends = isLast ? [end, end - 1, end - 2] : [end]
        guard start == headersEndOffset, ends.contains(endOffset) else {
            return "\(place) \(kind): expected body \(headersEndOffset)..<\(endOffset), "
                + "read \(start)..<\(end)"
        }
        guard (children ?? []).count == part.children.count else {
            return "\(place) \(kind): expected \((children ?? []).count) parts, read "
                + "\(part.children.count)"
        }
        for (index, child) in (children ?? []).enumerated() {
            let found = child.difference(
                from: part.children[index], base: base, at: "\(place).\(index)")
            if let found { return found }
        }
        guard (message != nil) == (part.message != nil) else { return "\(place): message or not" }
        if let message, let read = part.message {
            return message.body.difference(from: read, base: base, at: place + ".m")
        }
        return nil
    }
}
