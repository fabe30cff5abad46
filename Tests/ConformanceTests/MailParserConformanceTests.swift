import FoundationEssentials
import InternetMessage
import TestSupport
import Testing

/// The expected values of the `mime-mail-parser` suite, compared one by one.
@Suite struct MailParserConformanceTests {
    private struct Case<Expected: Decodable>: Decodable {
        var header: String
        var expected: Expected
    }

    private static func cases<T: Decodable>(_ name: String, _ type: T.Type) throws -> [Case<T>] {
        let path = try SharedData.path("conformance/mime-mail-parser/" + name)
        return try JSONDecoder().decode([Case<T>].self, from: Data(SharedData.bytes(path)))
    }

    /// The value of a one-field message, so that the way of a real message is taken.
    private static func field(_ value: String) -> HeaderField? {
        MessageParser().parse(Array("X:\(value)\n\n".utf8)).headers.first
    }

    @Test func `Dates`() throws {
        struct Expected: Decodable {
            var year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
            var tz_before_gmt: Bool
            var tz_hour: Int, tz_minute: Int
        }
        var tally = Tally(suite: "mail-parser date.json")
        for test in try Self.cases("date.json", Expected?.self) {
            let read = DateTime(parsing: test.header)
            let expected = test.expected.map { date -> String in
                let zone = (date.tz_hour * 60 + date.tz_minute) * (date.tz_before_gmt ? -1 : 1)
                let text =
                    "\(date.year)-\(Self.two(date.month))-\(Self.two(date.day)) "
                    + "\(Self.two(date.hour)):\(Self.two(date.minute)):\(Self.two(date.second))"
                return "\(text) \(zone)"
            }
            let got = read.map { "\(Self.civil($0)) \($0.offsetMinutes)" }
            tally.check(
                test.header,
                got == expected ? nil : "expected \(expected ?? "-"), read \(got ?? "-")")
        }
        tally.show()
        #expect(tally.cases == 40)
        #expect(tally.unmet.count <= Known.dates)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The date and time of day where the sender was.
    private static func civil(_ date: DateTime) -> String {
        let local = date.secondsSinceEpoch + Int64(date.offsetMinutes) * 60
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: Double(local)))
        let day = "\(parts.year ?? 0)-\(two(parts.month ?? 0))-\(two(parts.day ?? 0))"
        let time = "\(two(parts.hour ?? 0)):\(two(parts.minute ?? 0)):\(two(parts.second ?? 0))"
        return day + " " + time
    }

    @Test func `Unstructured text`() throws {
        var tally = Tally(suite: "mail-parser unstructured.json")
        for test in try Self.cases("unstructured.json", String?.self) {
            let got = Self.field(test.header)?.text ?? ""
            let expected = test.expected ?? ""
            tally.check(
                test.header.debugDescription,
                got == expected ? nil : "expected \(expected), read \(got)")
        }
        tally.show()
        #expect(tally.unmet.count <= Known.unstructured)
    }

    @Test func `Message identifiers`() throws {
        var tally = Tally(suite: "mail-parser id.json")
        for test in try Self.cases("id.json", [String]?.self) {
            let got = Self.field(test.header)?.messageIdentifiers.map(\.text) ?? []
            let expected = test.expected ?? []
            tally.check(
                test.header.debugDescription,
                got == expected ? nil : "expected \(expected), read \(got)")
        }
        tally.show()
        #expect(tally.unmet.count <= Known.identifiers)
    }

    @Test func `Content types`() throws {
        struct Expected: Decodable {
            var c_type: String
            var c_subtype: String?
            var attributes: [[String]]?
        }
        var tally = Tally(suite: "mail-parser content_type.json")
        for test in try Self.cases("content_type.json", Expected?.self) {
            // A word alone is a disposition, and is compared as one.
            let value = [UInt8]((Self.field(test.header)?.unfolded ?? "").utf8)
            let type = test.expected?.c_subtype == nil ? nil : ContentType(parsing: value)
            let disposition = ContentDisposition(parsing: value)
            let parameters = type?.parameters ?? disposition.parameters
            let read = parameters.map { "\($0.name)=\($0.decodedValue)" }.sorted()
            let wanted = (test.expected?.attributes ?? [])
                .map { "\($0[0])=\($0[1])" }.sorted()
            let name = type?.mediaType ?? disposition.kind
            let expectedName =
                test.expected.map {
                    [$0.c_type, $0.c_subtype].compactMap { $0 }.joined(separator: "/")
                }
                ?? ""
            let isMet = name == expectedName && read == wanted
            tally.check(
                test.header.debugDescription,
                isMet ? nil : "expected \(expectedName) \(wanted), read \(name) \(read)")
        }
        tally.show()
        #expect(tally.unmet.count <= Known.contentTypes)
    }

    @Test func `Addresses`() throws {
        var tally = Tally(suite: "mail-parser address.json")
        for test in try Self.cases("address.json", AddressExpectation?.self) {
            let got = Self.field(test.header).map { AddressExpectation.flat($0.addresses) } ?? []
            let expected = test.expected?.flat ?? []
            tally.check(
                test.header.debugDescription,
                got == expected ? nil : "expected \(expected), read \(got)")
        }
        tally.show()
        #expect(tally.unmet.count <= Known.addresses)
    }

    @Test func `Trees, subjects, senders and bodies of the messages`() throws {
        var tally = Tally(suite: "mail-parser eml")
        let files = try SharedData.files(below: "conformance/mime-mail-parser/eml")
        for path in files where path.hasSuffix(".eml") {
            let stem = String(path.dropLast(4))
            let bytes = try SharedData.bytes(path)
            for (suffix, content) in [
                (".json", LineEnds.lf(bytes)), (".crlf.json", LineEnds.crlf(bytes)),
            ] {
                let file = try SharedData.bytes(stem + suffix)
                let expected = try JSONDecoder().decode(ExpectedMessage.self, from: Data(file))
                let message = MessageParser().parse(content)
                let name = stem.split(separator: "/").suffix(2).joined(separator: "/") + suffix
                tally.check(name, expected.difference(from: message.root, subject: true))
            }
        }
        tally.show()
        #expect(tally.cases >= 200)
        #expect(tally.unmet.count <= Known.messages)
    }
}

/// How many cases are known not to be met, and why; more would be a step back.
private enum Known {
    /// A month as a number in a date of three numbers; an open comment that the suite reads on.
    static let dates = 3
    /// The suite makes one space of a fold and what stands around it; RFC 5322 §2.2.3 keeps it.
    static let unstructured = 11
    /// The suite keeps the space inside an identifier.
    static let identifiers = 1
    /// RFC 2231 languages are not kept; nonsense before the first semicolon is read otherwise.
    static let contentTypes = 22
    /// The suite adds comments to display names and keeps obsolete routes.
    static let addresses = 9
    /// The suite takes lines that only begin with a boundary for it, does not end an inner
    /// multipart at an outer boundary, does not read raw windows-1252 in fields nor uuencode;
    /// ISO-2022-JP and its like are not decoded here.
    static let messages = 55
}

/// A list or a list of groups, as the suite writes it.
private enum AddressExpectation: Decodable {
    struct One: Decodable {
        var name: String?
        var address: String?
    }
    struct Group: Decodable {
        var name: String?
        var addresses: [One]
    }
    case list([One])
    case group([Group])

    private enum Key: String, CodingKey { case List, Group }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let list = try values.decodeIfPresent([One].self, forKey: .List) {
            self = .list(list)
        } else {
            self = .group(try values.decode([Group].self, forKey: .Group))
        }
    }

    var flat: [String] {
        switch self {
        case .list(let all): all.map { Self.line($0.name, $0.address) }
        case .group(let groups):
            groups.flatMap { group in
                (group.name.map { ["\($0):"] } ?? [])
                    + group.addresses.map { Self.line($0.name, $0.address) }
            }
        }
    }

    private static func line(_ name: String?, _ address: String?) -> String {
        "\(name ?? "")<\(address ?? "")>"
    }

    static func flat(_ list: AddressList) -> [String] {
        list.entries.flatMap { entry in
            switch entry {
            case .mailbox(let one): [line(one.displayName, plain(one))]
            case .group(let name, let members):
                ["\(name):"] + members.map { line($0.displayName, plain($0)) }
            }
        }
    }

    /// The suite writes addresses without quotes.
    private static func plain(_ address: Address) -> String {
        address.domain.isEmpty ? address.localPart : address.localPart + "@" + address.domain
    }
}

/// A message as the suite writes it: all parts in one list.
private struct ExpectedMessage: Decodable {
    struct Part: Decodable {
        var headers: [Header]
        var body: Body
        var offset_body: Int
        var offset_end: Int
    }
    struct Header: Decodable {
        var name: String?
        var value: Value?

        private enum Key: String, CodingKey { case name, value }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            name = try? values.decode(String.self, forKey: .name)
            value = try? values.decode(Value.self, forKey: .value)
        }
    }
    struct Value: Decodable {
        var Text: String?
        var Address: AddressExpectation?
    }
    struct Body: Decodable {
        var Text: String?
        var Html: String?
        var Multipart: [Int]?
        var Message: [ExpectedMessage]

        private enum Key: String, CodingKey { case Text, Html, Multipart, Message }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            Text = try values.decodeIfPresent(String.self, forKey: .Text)
            Html = try values.decodeIfPresent(String.self, forKey: .Html)
            Multipart = try values.decodeIfPresent([Int].self, forKey: .Multipart)
            Message =
                try values.decodeIfPresent(ExpectedMessage.self, forKey: .Message)
                .map { [$0] } ?? []
        }
    }

    var parts: [Part]

    /// What differs from `root`, nil when nothing that is compared does.
    func difference(from root: BodyPart, subject: Bool) -> String? {
        if let header = parts[0].headers.last(where: { $0.name == "subject" }) {
            let read = root.headers.first(named: "Subject")?.text ?? ""
            if let wanted = header.value?.Text, wanted != read {
                return "subject: expected \(wanted.debugDescription), read \(read.debugDescription)"
            }
        }
        if let header = parts[0].headers.last(where: { $0.name == "from" }) {
            let read = root.headers.first(named: "From").map {
                AddressExpectation.flat($0.addresses)
            }
            if let wanted = header.value?.Address?.flat, wanted != read {
                return "from: expected \(wanted), read \(read ?? [])"
            }
        }
        return difference(part: 0, from: root, at: "0")
    }

    private func difference(part index: Int, from part: BodyPart, at place: String) -> String? {
        guard parts.indices.contains(index) else { return "\(place): no part" }
        let expected = parts[index]
        let range = expected.offset_body..<max(expected.offset_body, expected.offset_end)
        let kind = part.contentType.mediaType
        if let members = expected.body.Multipart {
            guard members.count == part.children.count else {
                return "\(place) \(kind): expected \(members.count) parts, read "
                    + "\(part.children.count)"
            }
            for (position, member) in members.enumerated() {
                let found = difference(
                    part: member, from: part.children[position], at: "\(place).\(position)")
                if let found { return found }
            }
            return nil
        }
        if let inner = expected.body.Message.first {
            guard let message = part.message else { return "\(place) \(kind): expected a message" }
            return inner.difference(part: 0, from: message, at: place + ".m")
        }
        if !part.children.isEmpty { return "\(place) \(kind): parts were not expected" }
        if part.bodyRange != range {
            return "\(place) \(kind): expected octets \(range), read \(part.bodyRange)"
        }
        if let text = expected.body.Text ?? expected.body.Html {
            let read = part.text()
            if text != read {
                return "\(place) \(kind): expected \(String(text.prefix(80)).debugDescription), "
                    + "read \(String(read.prefix(80)).debugDescription)"
            }
        }
        return nil
    }
}
