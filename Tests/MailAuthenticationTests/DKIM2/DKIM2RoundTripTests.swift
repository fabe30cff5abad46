import Identities
import MailAuthentication
import Testing

@Suite struct DKIM2RoundTripTests {
    let workshop: DKIM2Workshop

    init() throws { workshop = try DKIM2Workshop() }

    private func firstHop(_ options: DKIM2Signer.Options = .init()) throws -> String {
        try workshop.signed(
            by: "a.example", from: "<ann@a.example>", to: ["<list@b.example>"], options: options)
    }

    @Test func `a message signed by its origin passes`() async throws {
        let outcome = await workshop.verify(
            try firstHop(), from: "ann@A.example", to: ["list@b.EXAMPLE"])
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.domain?.text == "a.example")
        #expect(outcome.originDomain?.text == "a.example")
        #expect(outcome.hops.map(\.result) == [.pass])
        #expect(outcome.instances.map(\.result) == [.pass])
        #expect(outcome.remarks.isEmpty)
        #expect(outcome.hops[0].values[0].keyBits == 256)
    }

    @Test func `an unsigned message has no result`() async {
        let outcome = await workshop.verify(DKIM2Workshop.text)
        #expect(outcome.result == .none)
    }

    @Test func `an RSA and an Ed25519 signature stand side by side`() async throws {
        let rsa = try SigningKey.generate(.rsa)
        var workshop = workshop
        var lookup = workshop.lookup
        lookup.texts["rsa._domainkey.a.example"] = [rsa.keyRecord]
        let signer = try DKIM2Signer(
            domain: try #require(DomainName("a.example")),
            keys: [
                .init(selector: "rsa", key: rsa),
                .init(selector: "sel", key: try #require(workshop.keys["a.example"])),
            ])
        let fields = try signer.sign(
            DKIM2Workshop.message(),
            for: .envelope(DKIM2Envelope(mailFrom: "", recipients: ["x@b.example"])),
            now: DKIM2Workshop.now)
        let text = String(decoding: fields.octets, as: UTF8.self) + DKIM2Workshop.text
        workshop = DKIM2Workshop(workshop, lookup)
        let outcome = await workshop.verify(text, from: "<>", to: ["x@b.example"])
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.hops[0].values.map(\.algorithm) == ["rsa-sha256", "ed25519-sha256"])
        for line in text.prefix(2_000).split(separator: "\r\n").prefix(12) {
            #expect(line.utf8.count <= 78)
        }
        // One of two that fails makes the whole fail, and the other is told.
        lookup.texts["rsa._domainkey.a.example"] = [try SigningKey.generate(.rsa).keyRecord]
        let half = await DKIM2Workshop(workshop, lookup).verify(text)
        #expect(half.result == .fail)
        #expect(half.reason.contains("ed25519-sha256"))
    }

    @Test func `a list's changes are undone and told`() async throws {
        let first = try firstHop()
        let changed =
            first.replacing("Subject: A  folded", with: "Subject: [list] A  folded")
            .replacing("From: Ann", with: "List-Id: <list.b.example>\r\nFrom: Ann")
            .replacing("Second line\r\n", with: "")
            + "-- \r\nThe list\r\n"
        let second = try workshop.signed(
            changed, by: "b.example", from: "bounces@lists.b.example", to: ["carl@c.example"],
            former: first)
        let outcome = await workshop.verify(
            second, from: "bounces@lists.b.example", to: ["carl@c.example"])
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.hops.map(\.domain.text) == ["a.example", "b.example"])
        #expect(outcome.instances.map(\.changedFields) == [[], ["list-id", "subject"]])
        #expect(outcome.instances.map(\.isBodyChanged) == [false, true])
        #expect(outcome.originDomain?.text == "a.example")
        #expect(outcome.domain?.text == "b.example")

        let history = try #require(DKIM2History(DKIM2Workshop.message(second)))
        #expect(history.count == 2 && history.confirmed == [1, 2])
        guard case .message(let former) = history.instance(1) else {
            Issue.record("not restored")
            return
        }
        #expect(former.fields(named: "Subject").map(\.unfolded) == ["A folded subject"])
        #expect(former.fields(named: "List-Id").isEmpty)
        #expect(former.fields(named: "X-Mailer").count == 1)
        #expect(former.bodyText.hasPrefix("First line\r\nSecond line\r\nThird line\r\n"))
        guard case .impossible = history.instance(3) else {
            Issue.record("there is no third instance")
            return
        }
    }

    @Test func `a hop that changes nothing adds only a signature`() async throws {
        let first = try firstHop()
        let second = try workshop.signed(
            "Received: by b\r\nAuthentication-Results: b.example; none\r\n" + first,
            by: "b.example", from: "list@b.example", to: ["carl@c.example"])
        #expect(second.split(separator: "Message-Instance:").count == 2)
        let outcome = await workshop.verify(
            second, from: "list@b.example", to: ["carl@c.example"])
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.hops.count == 2 && outcome.instances.count == 1)
    }

    @Test func `a hop under another name is bridged by a next domain`() async throws {
        let first = try firstHop()
        let alien = {
            try workshop.signed(first, by: "c.example", from: "x@c.example", to: ["y@a.example"])
        }
        #expect(throws: DKIM2SigningError.self) { try alien() }
        let bridge = try workshop.signer("b.example").sign(
            DKIM2Workshop.message(first), for: .nextDomain(try #require(DomainName("c.example"))),
            now: DKIM2Workshop.now)
        let bridged = String(decoding: bridge.octets, as: UTF8.self) + first
        #expect((await workshop.verify(bridged)).result == .permerror)
        let last = try workshop.signed(
            bridged, by: "c.example", from: "x@c.example", to: ["y@a.example"])
        let outcome = await workshop.verify(last, from: "x@c.example", to: ["y@a.example"])
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.hops[1].nextDomain?.text == "c.example")
        #expect(throws: DKIM2SigningError.self) {
            try workshop.signed(bridged, by: "a.example", from: "x@a.example", to: ["y@a.example"])
        }
    }

    @Test func `a changed message needs the message as received`() throws {
        let first = try firstHop()
        #expect(throws: DKIM2SigningError.formerMessageMissing) {
            try workshop.signed(
                first + "more\r\n", by: "b.example", from: "list@b.example", to: ["c@c.example"])
        }
        #expect(throws: DKIM2SigningError.formerMessageDiffers) {
            try workshop.signed(
                first + "more\r\n", by: "b.example", from: "list@b.example", to: ["c@c.example"],
                former: first + "other\r\n")
        }
    }

    /// A list program describes what it changed, its mail server signs.
    @Test func `instances that another program described are signed`() async throws {
        let alone = DKIM2Workshop.instance(1, of: DKIM2Workshop.text) + DKIM2Workshop.text
        let signed = try workshop.signed(
            alone, by: "a.example", from: "a@a.example", to: ["l@b.example"])
        #expect(await workshop.verify(signed).result == .pass)
        let footer = signed + "footer\r\n"
        let described =
            DKIM2Workshop.instance(2, of: footer, recipe: #"{"b":[{"c":[1,4]}]}"#) + footer
        #expect(await workshop.verify(described).result == .permerror)
        let second = try workshop.signed(
            described, by: "b.example", from: "l@b.example", to: ["c@c.example"])
        let outcome = await workshop.verify(second)
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.instances.map(\.domain?.text) == ["a.example", "b.example"])
        #expect(throws: DKIM2SigningError.self) {
            try workshop.signed(
                "Message-Instance: m=2\r\n" + alone, by: "a.example", from: "a@a.example",
                to: ["l@b.example"])
        }
    }

    @Test func `every single change on the way is seen`() async throws {
        let text = try firstHop()
        let changes: [(String, String, DKIM2Result)] = [
            ("First", "Furst", .fail), ("Subject: A", "Subject: B", .fail),
            ("To: list", "Bcc: x@x.example\r\nTo: list", .fail),
            ("t=1790000000", "t=1790000001", .fail),
            ("Instance: m=1;", "Instance: m=1; x=y;", .fail),
            ("i=1;", "i=2;", .permerror), ("d=a.example", "d=b.example", .permerror),
            ("m=1; t", "m=2; t", .permerror), ("s=sel", "s=les", .permerror),
        ]
        for (old, new, result) in changes {
            let outcome = await workshop.verify(
                text.replacing(old, with: new, maxReplacements: 1))
            #expect(outcome.result == result, "\(old) → \(new): \(outcome.reason)")
            #expect(outcome.reason.hasSuffix("."))
        }
        for (old, new) in [
            ("Received:", "Received: by z\r\nReceived:"), ("X-Mailer: none", "X-Mailer: some"),
            ("A  folded\r\n\tsubject", "A folded subject"), ("Third line\r\n\r\n", "Third line"),
            ("i=1; m=1;", "i=1;\r\n\tm =\t1;"), ("DKIM2-Signature", "dkim2-signature"),
        ] {
            let outcome = await workshop.verify(text.replacing(old, with: new))
            #expect(outcome.result == .pass, "\(old) → \(new): \(outcome.reason)")
        }
    }

    /// Random messages changed at random by two hops come back to what was signed.
    @Test func `random changes by two hops are undone`() async throws {
        var random = SplitMix(20_261_122)
        for round in 0..<120 {
            let header = "From: a@a.example\r\n" + random.fields()
            let text = header + "\r\n" + random.lines()
            let first = try workshop.signed(
                text, by: "a.example", from: "a@a.example", to: ["l@b.example"])
            let changed = random.change(first)
            let second = try workshop.signed(
                changed, by: "b.example", from: "l@b.example", to: ["m@c.example"], former: first)
            let again = random.change(second)
            let third = try workshop.signed(
                again, by: "c.example", from: "m@c.example", to: ["n@a.example"], former: second)
            let outcome = await workshop.verify(third, from: "m@c.example", to: ["n@a.example"])
            #expect(outcome.result == .pass, "round \(round): \(outcome.reason)\n\(third)")
            // The same file with Unix line ends is the same message.
            let stored = await workshop.verify(third.replacing("\r\n", with: "\n"))
            #expect(stored.result == .pass, "round \(round): \(stored.reason)")
            let history = try #require(DKIM2History(DKIM2Workshop.message(third)))
            guard case .message(let origin) = history.instance(1) else {
                Issue.record("round \(round): not restored")
                continue
            }
            #expect(origin.bodyText.trimmed == DKIM2Workshop.message(text).bodyText.trimmed)
        }
    }
}

extension DKIM2Workshop {
    init(_ other: DKIM2Workshop, _ lookup: DKIM2Table) {
        keys = other.keys
        self.lookup = lookup
    }
}

extension RawMessage {
    fileprivate var bodyText: String {
        var octets: [UInt8] = []
        body.forEachPiece { octets.append(contentsOf: $0) }
        return String(decoding: octets, as: UTF8.self)
    }
}

extension String {
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// Random messages, the same for the same seed.
private struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ word >> 31) % UInt64(bound))
    }

    mutating func fields() -> String {
        let names = ["Subject", "X-Spam", "Received", "Comments", "keywords", "To"]
        return (0..<below(9)).map { _ in
            "\(names[below(names.count)]): \(word())\(below(3) == 0 ? "\r\n  folded" : "")\r\n"
        }.joined()
    }

    mutating func lines() -> String {
        (0..<below(30)).map { _ in "\(word())\r\n" }.joined() + (below(3) == 0 ? "last" : "")
    }

    private mutating func word() -> String {
        ["", "a", "b ", "\"q\\", "é 漢", "--", "line \(below(40))"][below(7)]
    }

    /// Takes lines away, puts some in, doubles one; fields as well. The DKIM2 fields stay.
    mutating func change(_ text: String) -> String {
        guard let cut = text.firstRange(of: "\r\n\r\n") else { return text }
        var body = text[cut.upperBound...].split(
            separator: "\r\n", omittingEmptySubsequences: false
        ).map(String.init)
        for _ in 0..<below(6) {
            let place = below(body.count + 1)
            switch below(3) {
            case 0: body.insert(word(), at: place)
            case 1 where place < body.count: body.remove(at: place)
            default: body.swapAt(below(max(1, body.count)), max(0, min(place, body.count - 1)))
            }
            if body.isEmpty { body = [""] }
        }
        var header = String(text[..<cut.lowerBound])
        switch below(5) {
        case 0: header += "\r\nComments: \(word())"
        case 1: header += "\r\nList-Id: <\(below(9))>"
        case 2: header = header.replacing("Subject: ", with: "Subject: [l] ", maxReplacements: 1)
        case 3: header = header.replacing("\r\nkeywords: a", with: "", maxReplacements: 1)
        default: break
        }
        return header + "\r\n\r\n" + body.joined(separator: "\r\n")
    }
}
