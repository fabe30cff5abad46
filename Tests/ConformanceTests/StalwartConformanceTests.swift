import FoundationEssentials
import InternetMessage
import TestSupport
import Testing

/// The JMAP views (RFC 8621) that the `mime-stalwart` suite expects of its messages.
@Suite struct StalwartConformanceTests {
    @Test func `Subjects, senders, dates, identifiers and body structures`() throws {
        var tally = Tally(suite: "stalwart jmap")
        let files = try SharedData.files(below: "conformance/mime-stalwart/tests/resources/jmap")
        for path in files where path.hasSuffix(".eml") {
            let json = path.dropLast(4) + ".json"
            guard files.contains(String(json)) else { continue }
            let data = Data(try SharedData.bytes(String(json)))
            guard let expected = try? JSONDecoder().decode(JMAPEmail.self, from: data) else {
                continue
            }
            let message = MessageParser().parse(try SharedData.bytes(path))
            let name = path.split(separator: "/").suffix(2).joined(separator: "/")
            // `email_parse` is about a message that is attached to the file.
            let isAttached = path.contains("email_parse")
            let root = isAttached ? message.allParts.compactMap(\.message).first : message.root
            tally.check(name, root.map { expected.difference(from: $0) } ?? "no message in it")
        }
        tally.show()
        #expect(tally.cases >= 12)
        #expect(tally.unmet.count <= 3)
    }
}

private struct JMAPEmail: Decodable {
    struct Person: Decodable {
        var email: String?
    }
    struct Part: Decodable {
        var type: String?
        var name: String?
        var disposition: String?
        var cid: String?
        var size: Int?
        var subParts: [Part]?
    }
    var messageId: [String]?
    var from: [Person]?
    var to: [Person]?
    var subject: String?
    var sentAt: String?
    var bodyStructure: Part

    func difference(from root: BodyPart) -> String? {
        if let subject {
            let read = root.headers.first(named: "Subject")?.text
            if read != subject { return "subject: expected \(subject), read \(read ?? "-")" }
        }
        for (field, people) in [("From", from), ("To", to)] {
            guard let people else { continue }
            let wanted = people.map { $0.email ?? "" }
            let read = root.headers.first(named: field)?.addresses.mailboxes.map(\.spec) ?? []
            if read != wanted { return "\(field): expected \(wanted), read \(read)" }
        }
        if let messageId {
            let read = root.headers.first(named: "Message-ID")?.messageIdentifiers.map(\.text) ?? []
            if read != messageId { return "identifier: expected \(messageId), read \(read)" }
        }
        if let sentAt, let wanted = DateTime(parsing: sentAt) {
            let read = root.headers.first(named: "Date")?.date
            if read?.secondsSinceEpoch != wanted.secondsSinceEpoch {
                return "date: expected \(sentAt), read \(read?.secondsSinceEpoch ?? 0)"
            }
        }
        return Self.difference(bodyStructure, root, at: "0")
    }

    private static func difference(_ part: Part, _ read: BodyPart, at place: String) -> String? {
        if part.type != read.contentType.mediaType {
            return "\(place): expected \(part.type ?? "-"), read \(read.contentType.mediaType)"
        }
        if let name = part.name, name != read.fileName {
            return "\(place) name: expected \(name), read \(read.fileName ?? "-")"
        }
        if let wanted = part.disposition, wanted != read.disposition?.kind {
            return "\(place) disposition: expected \(wanted), read \(read.disposition?.kind ?? "-")"
        }
        if let wanted = part.cid, wanted != read.contentIdentifier?.text {
            return "\(place) cid: expected \(wanted), read \(read.contentIdentifier?.text ?? "-")"
        }
        let parts = part.subParts ?? []
        guard parts.count == read.children.count else {
            return "\(place): expected \(parts.count) parts, read \(read.children.count)"
        }
        // The size of text is that after its character set was changed; others are octets.
        if parts.isEmpty, !read.contentType.isText, let size = part.size,
            read.decodedBody().count != size
        {
            return "\(place): expected \(size) octets, read \(read.decodedBody().count)"
        }
        for (index, child) in parts.enumerated() {
            let found = difference(child, read.children[index], at: "\(place).\(index)")
            if let found { return found }
        }
        return nil
    }
}
