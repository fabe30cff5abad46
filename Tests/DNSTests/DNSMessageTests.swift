import DNS
import Identities
import Testing

private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).compactMap { index in
        UInt8(digits.dropFirst(index).prefix(2), radix: 16)
    }
}

private func name(_ text: String) throws -> DNSName {
    try #require(DNSName(text))
}

struct `Messages of the DNS` {
    /// Header of an answer with one question for "a." and the counts given.
    private static func answer(_ records: String, count: Int = 1) -> [UInt8] {
        bytes("1234 8180 0001 000\(count) 0000 0000 0161 00 0001 0001" + records)
    }

    private static func fault(_ message: [UInt8]) -> DNSMessageError.Fault? {
        do {
            _ = try DNSMessage.parse(message)
            return nil
        } catch {
            return error.fault
        }
    }

    @Test func `are read as RFC 1035 draws them`() throws {
        let message = try DNSMessage.parse(
            Self.answer("C00C 0001 0001 0000003C 0004 C0000201"))
        #expect(message.id == 0x1234)
        #expect(message.isResponse && message.isRecursionDesired && message.isRecursionAvailable)
        #expect(message.questions == [.init(name: try name("a"), type: .a)])
        #expect(message.answers.first?.data == .a(IPAddress(ipv4: 0xC000_0201)))
        #expect(message.answers.first?.name == message.questions[0].name)
        #expect(message.answers.first?.timeToLive == 60)
    }

    @Test(arguments: [
        ("a pointer to itself", "C017", DNSMessageError.Fault.badPointer),
        ("a pointer forward", "C020 0161 00", .badPointer),
        ("a pointer to the end", "FFFF", .badPointer),
        ("two pointers in a circle", "0162 C017", .badPointer),
        ("a label of a reserved type", "4161", .badLabel),
        ("a label of another reserved type", "8161", .badLabel),
        ("a label beyond the end", "3F61", .truncated),
        ("half a pointer", "C0", .truncated),
        ("no end", "0161", .truncated),
    ])
    func `with names built to trap are refused`(
        what: String, name: String, expected: DNSMessageError.Fault
    ) {
        let tail = name.count < 8 && expected == .truncated ? "" : "0001 0001 00000000 0000"
        #expect(Self.fault(Self.answer(name + tail)) == expected, "\(what)")
    }

    @Test func `with names of more than 255 octets are refused`() {
        // Each name adds a label and points to the one before.
        var message = bytes("0000 8000 0000 0000 0000 0000")
        var places: [Int] = []
        for _ in 0..<6 {
            let start = message.count
            message += [50] + [UInt8](repeating: 0x61, count: 50)
            if let last = places.last {
                message += [0xC0 | UInt8(last >> 8), UInt8(last & 0xFF)]
            } else {
                message += [0]
            }
            message += bytes("FF00 0001 00000000 0000")
            places.append(start)
        }
        message[7] = 6
        #expect(Self.fault(message) == .longName)
        var reader = bytes("0000 8000 0001 0000 0000 0000")
        for _ in 0..<4 { reader += [63] + [UInt8](repeating: 0x61, count: 63) }
        reader += bytes("00 0001 0001")
        #expect(Self.fault(reader) == .longName)
    }

    @Test(arguments: [
        ("an A of three octets", "C00C 0001 0001 00000000 0003 C00002"),
        ("an A of five octets", "C00C 0001 0001 00000000 0005 C000020101"),
        ("an MX without a name", "C00C 000F 0001 00000000 0002 000A"),
        ("an MX with more", "C00C 000F 0001 00000000 0006 000A 0161 0000"),
        ("an empty TXT", "C00C 0010 0001 00000000 0000"),
        ("a TXT string beyond its record", "C00C 0010 0001 00000000 0003 056161"),
        ("an SOA cut short", "C00C 0006 0001 00000000 0006 0000 00000001"),
        ("a name that runs out of its record", "C00C 0005 0001 00000000 0001 0161 00"),
        ("a bitmap of no types", "C00C 002F 0001 00000000 0003 00 00 00"),
        ("a record longer than the message", "C00C 0001 0001 00000000 FFFF C0000201"),
    ])
    func `with data that does not fit are refused`(what: String, record: String) {
        #expect(Self.fault(Self.answer(record)) != nil, "\(what)")
    }

    @Test func `claim counts and sizes that are not believed`() {
        #expect(Self.fault(bytes("0000 8000 0000 FFFF FFFF FFFF")) == .truncated)
        #expect(Self.fault(bytes("0000 8000 FFFF 0000 0000 0000")) == .tooManyQuestions)
        #expect(Self.fault([]) == .truncated)
        #expect(Self.fault([UInt8](repeating: 0, count: 70_000)) == .tooLong)
        #expect(Self.fault([UInt8](repeating: 0, count: 13)) == .trailingOctets)
        #expect(Self.fault([UInt8](repeating: 0xC0, count: 65_535)) != nil)
    }

    @Test func `carry EDNS, and only once`() throws {
        var message = DNSMessage()
        message.edns = DNSMessage.EDNS(payloadSize: 1_232, isDNSSECWanted: true)
        message.edns?.options = [.init(code: 10, octets: [1, 2, 3])]
        message.responseCode = .badVersion
        let rendered = message.render()
        #expect(try DNSMessage.parse(rendered) == message)
        let twice =
            bytes("0000 8000 0000 0000 0000 0002 00 0029 04D0 00000000 0000")
            + bytes("00 0029 04D0 00000000 0000")
        #expect(Self.fault(twice) == .badOption)
        #expect(
            Self.fault(bytes("0000 8000 0000 0000 0000 0001 00 0029 04D0 00000000 0003 000A 00"))
                == .badOption)
        #expect(
            Self.fault(bytes("0000 8000 0000 0000 0000 0001 0161 00 0029 04D0 00000000 0000"))
                == .badOption)
    }

    @Test func `hold every type and come back the same`() throws {
        let host = try name("mail.example.test")
        let data: [(RecordType, RecordData)] = [
            (.a, .a(IPAddress(ipv4: 1))), (.aaaa, .aaaa(try #require(IPAddress("2001:db8::1")))),
            (.aaaa, .aaaa(IPAddress(ipv4: 0xC000_0201))),
            (.mx, .mx(preference: 10, exchange: host)), (.mx, .mx(preference: 0, exchange: .root)),
            (.txt, .txt([[], Array("v=spf1".utf8), [0, 255, 34, 92]])), (.cname, .cname(host)),
            (.dname, .dname(host)), (.ns, .ns(host)), (.ptr, .ptr(host)),
            (
                .soa,
                .soa(
                    StartOfAuthority(
                        primaryServer: host, responsibleMailbox: try name("a\\.b.example.test"),
                        serial: .max, refresh: 1, retry: 2, expire: 3, minimum: 4))
            ),
            (.srv, .srv(priority: 1, weight: 2, port: 3, target: host)),
            (.caa, .caa(flags: 128, tag: Array("issue".utf8), value: Array("ca.test".utf8))),
            (.tlsa, .tlsa(usage: 3, selector: 1, matching: 1, association: [1, 2, 3])),
            (.ds, .ds(keyTag: 1, algorithm: 13, digestType: 2, digest: [9, 8, 7])),
            (RecordType(rawValue: 65_280), .unknown([1, 2, 3])),
            (RecordType(rawValue: 65_281), .unknown([])),
        ]
        var message = DNSMessage()
        message.answers = try data.map {
            ResourceRecord(
                name: try name("www.example.test"), type: $0.0, timeToLive: 300, data: $0.1)
        }
        let compressed = message.render()
        let plain = message.render(compressing: false)
        #expect(compressed.count < plain.count)
        #expect(try DNSMessage.parse(compressed) == message)
        #expect(try DNSMessage.parse(plain) == message)
        #expect(try ZoneFile.parse(ZoneFile.render(message.answers)) == message.answers)
    }

    @Test func `of 64 kilobytes of text are whole or say that they are cut`() throws {
        let strings = [[UInt8]](repeating: [UInt8](repeating: 0x78, count: 255), count: 250)
        let record = ResourceRecord(
            name: try name("long.test"), type: .txt, timeToLive: 1, data: .txt(strings))
        var message = DNSMessage()
        message.answers = [record]
        #expect(try DNSMessage.parse(message.render()) == message)
        let cut = try DNSMessage.parse(message.render(sizeLimit: 1_232))
        #expect(cut.isTruncated && cut.answers.isEmpty)
        message.answers = [record, record]
        let half = try DNSMessage.parse(message.render())
        #expect(half.isTruncated && half.answers.count == 1)
        let endless = RecordData.txt(strings + strings)
        message.answers = [
            ResourceRecord(name: try name("long.test"), type: .txt, timeToLive: 1, data: endless)
        ]
        #expect(try DNSMessage.parse(message.render()).answers.isEmpty)
        let text = RecordData.text(String(repeating: "é", count: 32_000))
        #expect(
            DNSAnswer(
                .records,
                records: [
                    ResourceRecord(name: .root, type: .txt, timeToLive: 0, data: text)
                ]
            ).texts.first?.utf8.count == 64_000)
    }

    @Test func `are small when many names repeat, and the names of pointers stay in reach`() throws
    {
        var message = DNSMessage()
        for index in 0..<2_000 {
            message.answers.append(
                ResourceRecord(
                    name: try name("host\(index).a-long-domain-name.example.test"), type: .ns,
                    timeToLive: 1, data: .ns(try name("ns\(index).other-domain.example.test"))))
        }
        let rendered = message.render()
        #expect(try DNSMessage.parse(rendered) == message)
    }
}

struct `Names of the DNS` {
    @Test(arguments: [
        (".", "."), ("a", "a."), ("a.b.", "a.b."), ("a\\.b.c", "a\\.b.c."), ("\\000.x", "\\000.x."),
        ("*.x", "*.x."), ("\\255\\.", "\\255\\.."), ("A.B", "A.B."), ("\\@", "\\@."),
        ("a b", "a\\032b."),
    ])
    func `are read and written`(text: String, expected: String) {
        #expect(DNSName(text)?.description == expected)
        #expect(DNSName(expected)?.description == expected)
    }

    @Test(arguments: ["", "..", "a..b", ".a", "\\", "\\1", "\\256", "\\25", "@"])
    func `that are none are refused`(text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test func `compare without case, and convert`() throws {
        let upper = try #require(DNSName("WWW.Example.TEST"))
        let lower = try #require(DNSName("www.example.test"))
        #expect(upper == lower)
        #expect(upper.hashValue == lower.hashValue)
        #expect(upper.wire != lower.wire)
        #expect(upper.domainName?.text == "www.example.test")
        #expect(DNSName.root.domainName == nil)
        #expect(DNSName("a\\.b.test")?.domainName == nil)
        #expect(DNSName("*.test")?.domainName == nil)
        #expect(DNSName("\\195\\188.test")?.domainName == nil)
        #expect(upper.isEqualOrBelow(try #require(DNSName("TEST"))))
        #expect(upper.isEqualOrBelow(.root))
        #expect(
            DNSName("xexample.test")?.isEqualOrBelow(try #require(DNSName("example.test"))) == false
        )
        #expect(
            DNSName("a\\007example.test")?.isEqualOrBelow(try #require(DNSName("example.test")))
                == false)
        #expect(lower.parent?.description == "example.test.")
        #expect(DNSName.root.parent == nil)
    }

    @Test func `keep to their limits`() throws {
        let label = [UInt8](repeating: 0x61, count: DNS.Limits.labelOctets)
        let longLabel: [[UInt8]] = [label + label.prefix(1)]
        #expect(DNSName(labels: longLabel) == nil)
        let emptyLabel: [[UInt8]] = [[]]
        #expect(DNSName(labels: emptyLabel) == nil)
        let fitting: [[UInt8]] = [label, label, label, Array(label.dropLast(2))]
        let full = try #require(DNSName(labels: fitting))
        #expect(full.wire.count == DNS.Limits.nameOctets)
        #expect(full.adding(label: [0x61]) == nil)
        let tooLong: [[UInt8]] = [label, label, label, Array(label.dropLast())]
        #expect(DNSName(labels: tooLong) == nil)
        #expect(DNSName(full.description)?.wire == full.wire)
        #expect(DNSName("a" + full.description) == nil)
    }

    @Test func `sort in the order of RFC 4034`() {
        let sorted = [
            "example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.",
            "z.example.", "\\001.z.example.", "*.z.example.", "\\200.z.example.",
        ].compactMap { DNSName($0) }
        #expect(sorted.count == 9)
        #expect(sorted.shuffled().sorted() == sorted)
    }
}
