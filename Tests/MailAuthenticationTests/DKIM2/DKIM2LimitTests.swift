import Identities
import MailAuthentication
import Testing

/// Each limit of DKIM2 is hit once.
@Suite struct DKIM2LimitTests {
    private let workshop: DKIM2Workshop

    init() throws { workshop = try DKIM2Workshop() }

    private func refused(_ text: String, _ words: String) async {
        let outcome = await workshop.verify(text)
        #expect(outcome.result == .permerror)
        #expect(outcome.reason.contains(words), "\(outcome.reason)")
    }

    @Test func `a chain is as long as the limit and no longer`() async throws {
        var text = try workshop.signed(by: "a.example", from: "a@a.example", to: ["a@a.example"])
        for _ in 1..<Limits.dkim2Hops {
            text = try workshop.signed(
                text, by: "a.example", from: "a@a.example", to: ["a@a.example"])
        }
        let outcome = await workshop.verify(text)
        #expect(outcome.result == .pass && outcome.hops.count == Limits.dkim2Hops)
        #expect(throws: DKIM2SigningError.self) {
            try workshop.signed(text, by: "a.example", from: "a@a.example", to: ["a@a.example"])
        }
        await refused("DKIM2-Signature: i=1\r\n" + text, "more than \(Limits.dkim2Hops)")
    }

    @Test func `instances are as many as the limit and no more`() async throws {
        var text = try workshop.signed(by: "a.example", from: "a@a.example", to: ["a@a.example"])
        for number in 1..<Limits.dkim2Instances {
            text = try workshop.signed(
                text + "line \(number)\r\n", by: "a.example", from: "a@a.example",
                to: ["a@a.example"], former: text)
        }
        let outcome = await workshop.verify(text)
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.instances.count == Limits.dkim2Instances)
        await refused("Message-Instance: m=1\r\n" + text, "more than \(Limits.dkim2Instances)")
    }

    @Test func `tags, values, recipients and nonce are counted`() async throws {
        let route = DKIM2Workshop.route("a@a.example", "b@b.example")
        let start = "DKIM2-Signature: i=1; m=1; t=1; d=a.example; "
        let end = "\r\n" + DKIM2Workshop.instance(1, of: DKIM2Workshop.text) + DKIM2Workshop.text
        let tags = (0..<Limits.dkim2Tags).map { "x\($0)=;" }.joined()
        await refused(start + tags + end, "more than \(Limits.dkim2Tags) tags")
        let values = (0...Limits.dkim2Alternatives).map { "s\($0):x:YQ==" }.joined(separator: ",")
        await refused(start + "\(route); s=\(values)" + end, "signature values")
        let hashes = Array(repeating: "x:YQ==:YQ==", count: Limits.dkim2Alternatives + 1)
        await refused(
            start + "\(route); s=x:x:YQ==;\r\nMessage-Instance: m=1; h="
                + hashes.joined(separator: ",") + "\r\n" + DKIM2Workshop.text, "hashes")
        let many = Array(repeating: DKIM2Workshop.base64("<a@b.example>"), count: 2_001)
        #expect(many.count == Limits.dkim2Recipients + 1)
        await refused(
            start + "mf=PD4=; rt=\(many.joined(separator: ",")); s=x:x:YQ==;" + end, "recipients")
        let name = String(repeating: "x", count: Limits.dkim2NameCharacters + 1)
        await refused(start + "\(name)=1" + end, "invalid name")
        await refused(start + "\(route); s=x:\(name):YQ==" + end, "algorithm")
        let field = DKIM2Workshop.base64("{\"h\":{\"\(name)\":[]}}")
        await refused(
            start + "\(route); s=x:x:YQ==;\r\nMessage-Instance: m=1; h=x:x:x; r=\(field)\r\n"
                + DKIM2Workshop.text, "names a field")
        let path = String(repeating: "x", count: Limits.dkim2PathOctets) + "@a.example"
        await refused(start + DKIM2Workshop.route(path, "b@b.example") + end, "mf=")
        #expect(Limits.dkim2NonceCharacters == 64)
        #expect(throws: DKIM2SigningError.self) {
            try workshop.signed(
                by: "a.example", from: "a@a.example", to: ["b@b.example"],
                options: .init(nonce: String(repeating: "n", count: 65)))
        }
    }

    @Test func `the octets of all fields together are bounded`() async throws {
        let padding = "x=" + String(repeating: "y", count: Limits.dkim2FieldOctets)
        await refused(
            "DKIM2-Signature: i=1; \(padding)\r\n" + DKIM2Workshop.text, "octets in all")
    }

    @Test func `recipes are bounded in octets and steps`() async throws {
        func message(_ recipe: String) throws -> String {
            let instance = DKIM2Workshop.instance(1, of: DKIM2Workshop.text, recipe: recipe)
            return try workshop.signature(
                "i=1; m=1; t=\(DKIM2Workshop.now); \(DKIM2Workshop.route("a@a.example", "b@b.example"))",
                over: [instance], by: "a.example") + instance + DKIM2Workshop.text
        }
        func steps(_ count: Int) -> String {
            "{\"b\":[" + (1...count).map { "{\"c\":[\($0),\($0)]}" }.joined(separator: ",") + "]}"
        }
        // The first instance's recipe is read, though nothing lies before it.
        let full = await workshop.verify(try message(steps(Limits.dkim2RecipeSteps)))
        #expect(full.result == .pass, "\(full.reason)")
        await refused(try message(steps(Limits.dkim2RecipeSteps + 1)), "steps")
        let deep = String(repeating: "[", count: Limits.dkim2RecipeDepth)
        await refused(try message("{\"x\":\(deep)"), "deep")
        let long = String(repeating: "x", count: Limits.dkim2RecipeOctets)
        await refused(try message("{\"b\":[{\"d\":[\"\(long)\"]}]}"), "octets")
    }

    @Test func `keys are looked up so many times and no more`() async throws {
        var keys: [DKIM2Signer.Key] = []
        var table = workshop.lookup
        for number in 0..<Limits.dkim2Alternatives {
            let key = try SigningKey.generate(.ed25519)
            keys.append(.init(selector: "k\(number)", key: key))
            table.texts["k\(number)._domainkey.a.example"] = [key.keyRecord]
        }
        let signer = try DKIM2Signer(domain: try #require(DomainName("a.example")), keys: keys)
        var text = DKIM2Workshop.text
        for _ in 0...(Limits.dkim2KeyLookups / Limits.dkim2Alternatives) {
            let fields = try signer.sign(
                DKIM2Workshop.message(text),
                for: .envelope(
                    DKIM2Envelope(mailFrom: "a@a.example", recipients: ["a@a.example"])),
                now: DKIM2Workshop.now)
            text = String(decoding: fields.octets, as: UTF8.self) + text
        }
        let outcome = await DKIM2Workshop(workshop, table).verify(text)
        #expect(outcome.result == .permerror)
        #expect(outcome.reason.contains("\(Limits.dkim2KeyLookups) keys"), "\(outcome.reason)")
        #expect(outcome.hops.last?.result == .pass)
        #expect(throws: DKIM2SigningError.self) {
            try DKIM2Signer(
                domain: try #require(DomainName("a.example")),
                keys: keys + [.init(selector: "more", key: keys[0].key)])
        }
    }

    /// Bodies that are not in memory: one line again and again.
    @Test func `large bodies are restored only so far`() async throws {
        let header = "From: a@a.example\r\nTo: b@b.example\r\n"
        let small = header + "\r\nx\r\n"
        let signed = try workshop.signed(
            small, by: "a.example", from: "a@a.example", to: ["a@a.example"])
        let cut = try #require(signed.firstRange(of: "\r\n\r\n"))
        let head = Array(signed[..<cut.upperBound].utf8)
        let large = RawMessage(
            header: head, body: RepeatedLine(count: Limits.dkim2ComparedBodyOctets))
        let hop = DKIM2Signer.Hop.envelope(
            DKIM2Envelope(mailFrom: "a@a.example", recipients: ["a@a.example"]))
        let signer = try workshop.signer("a.example")
        #expect(throws: DKIM2SigningError.self) {
            try signer.sign(
                large, for: hop, former: DKIM2Workshop.message(signed), now: DKIM2Workshop.now)
        }
        let fields = try signer.sign(
            large, for: hop, former: DKIM2Workshop.message(signed),
            options: .init(losesBody: true), now: DKIM2Workshop.now)
        #expect(fields.instance?.contains("r=eyJiIjpudWxsfQ==") == true)

        // Recipes in a row over a body of 64 MiB: the fifth asks for too much reading.
        let recipe = DKIM2Workshop.base64(#"{"b":[{"c":[1,1]}]}"#)
        let lines = (1...6).map {
            "Message-Instance: m=\($0); h=\(DKIM2Workshop.hashes(of: small)); r=\(recipe);\r\n"
        }
        let history = try #require(
            DKIM2History(
                RawMessage(
                    header: Array(
                        (lines.joined()
                            + "DKIM2-Signature: i=1; m=6; t=1; d=a.example; mf=PD4=; rt=YQ==; s=a:b:YQ==;\r\n"
                            + header + "\r\n").replacing("rt=YQ==", with: "rt=PGE+").utf8),
                    body: RepeatedLine(count: Limits.dkim2RereadOctets / 4))))
        guard case .impossible(let reason) = history.instance(1) else {
            Issue.record("restored")
            return
        }
        #expect(reason.contains("too large"), "\(reason)")
        guard case .impossible(let other) = history.instance(5) else {
            Issue.record("restored")
            return
        }
        #expect(other.contains("\(Limits.dkim2RestoredBodyOctets)"), "\(other)")
    }
}

/// A body of one line repeated until it has more than `count` octets.
private struct RepeatedLine: MessageBody {
    private let lines: Int
    private static let line =
        Array(String(repeating: "0123456789abcdef", count: 4).utf8) + [13, 10]

    init(count: Int) { lines = count / Self.line.count + 1 }

    var count: Int { lines * Self.line.count }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        let block = Array(repeating: Self.line, count: 1_024).flatMap(\.self)
        var left = count
        while left > 0 {
            let part = min(left, block.count)
            block.withUnsafeBytes { use(UnsafeRawBufferPointer(rebasing: $0[..<part])) }
            left -= part
        }
    }
}
