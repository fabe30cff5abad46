import MailAuthentication
import Testing

/// Fields that no honest signer makes, truly signed by their maker all the same.
@Suite struct DKIM2HostileTests {
    private let workshop: DKIM2Workshop
    private static let now = DKIM2Workshop.now
    private static let route = DKIM2Workshop.route("a@a.example", "l@b.example")

    init() throws { workshop = try DKIM2Workshop() }

    /// One hop by a.example with any tags, over one instance field.
    private func one(
        _ tags: String = "i=1; m=1; t=\(now); \(route)", instance: String? = nil
    ) throws -> String {
        let instance = instance ?? DKIM2Workshop.instance(1, of: DKIM2Workshop.text)
        return try workshop.signature(tags, over: [instance], by: "a.example") + instance
            + DKIM2Workshop.text
    }

    /// Two hops: `text` is what the second one sent, with a recipe of its own.
    private func two(
        _ recipe: String, text: String = DKIM2Workshop.text, flags: String = ""
    ) throws -> String {
        let first = DKIM2Workshop.instance(1, of: DKIM2Workshop.text)
        let second = DKIM2Workshop.instance(2, of: text, recipe: recipe)
        let origin = try workshop.signature(
            "i=1; m=1; t=\(Self.now); \(Self.route)\(flags)", over: [first], by: "a.example")
        let list = try workshop.signature(
            "i=2; m=2; t=\(Self.now); \(DKIM2Workshop.route("l@b.example", "c@c.example"))",
            over: [first, second], [origin], by: "b.example")
        return list + origin + second + first + text
    }

    @Test func `the maker of fields makes good ones`() async throws {
        let outcome = await workshop.verify(try one())
        #expect(outcome.result == .pass, "\(outcome.reason)")
        #expect(outcome.remarks == [.envelopeNotChecked])
        let next = await workshop.verify(try two(#"{"h":{"comments":[]}}"#))
        #expect(next.result == .pass, "\(next.reason)")
    }

    @Test(arguments: [
        "m=1; t=1; \(route)", "i=1; t=1; \(route)", "i=1; m=1; \(route)", "i=1; m=1; t=1",
        "i=1; m=1; t=1; mf=YQ==", "i=1; m=1; t=1; nd=b.example; \(route)",
        "i=1; m=1; t=1; nd=not a name!", "i=0; m=1; t=1; \(route)", "i=x; m=1; t=1; \(route)",
        "i=99999999999999999999; m=1; t=1; \(route)", "i=1; m=-1; t=1; \(route)",
        "i=1; m=1; t=9999999999999999999; \(route)", "i=1; I=1; m=1; t=1; \(route)",
        "i=1; m=1; t=1; mf=***; rt=YQ==", "i=1; m=1; t=1; mf=PGE+; rt=PD4=",
        "i=1; m=1; t=1; mf=; rt=",
        "i=1; m=1; t=1; 5=x; \(route)", "i=1; m=1; t=1; x; \(route)", "=1; i=1; m=1; t=1; \(route)",
        "i=1; m=1; t=1; n=\(String(repeating: "n", count: 65)); \(route)",
        "i=1; m=1; t=1; n=é; \(route)", "i=1; m=1; t=1; \(DKIM2Workshop.route("a@a.example"))",
        "i=2; m=1; t=\(now); \(route)", "i=1; m=2; t=\(now); \(route)", "i=33; m=1; t=1; \(route)",
        "i=1; m=1; t=\(now); \(DKIM2Workshop.route("a@b.example", "l@b.example"))",
        "i=1; m=1; t=\(now); \(DKIM2Workshop.route("a@nota.example", "l@b.example"))",
    ])
    func `a malformed signature is a permanent error`(tags: String) async throws {
        let outcome = await workshop.verify(try one(tags))
        #expect(outcome.result == .permerror)
        #expect(outcome.reason.count > 20 && outcome.reason.hasSuffix("."))
    }

    @Test(arguments: [
        "Message-Instance: m=1;\r\n", "Message-Instance: h=sha256:YQ==:YQ==;\r\n",
        "Message-Instance: m=1; h=sha256;\r\n", "Message-Instance: m=1; h=sha256:YQ==:YQ==;\r\n",
        "Message-Instance: m=1; h=sha256:*:*;\r\n", "Message-Instance: m=1; h=;\r\n",
        "Message-Instance: m=0; h=a:YQ==:YQ==;\r\n", "Message-Instance: m=40; h=a:b:c;\r\n",
        "Message-Instance: m=2; h=a:YQ==:YQ==;\r\n",
        "Message-Instance: m=1; h=\(DKIM2Workshop.hashes(of: "")),\(DKIM2Workshop.hashes(of: ""));\r\n",
    ])
    func `a malformed instance is a permanent error`(field: String) async throws {
        #expect(await workshop.verify(try one(instance: field)).result == .permerror)
    }

    @Test func `an instance with unknown hashes only is not taken for good`() async throws {
        let future = "Message-Instance: m=1; h=sha999:YQ==:YQ==;\r\n"
        #expect(await workshop.verify(try one(instance: future)).result == .fail)
        let both =
            "Message-Instance: m=1; h=sha999:YQ==:YQ==,"
            + DKIM2Workshop.hashes(of: DKIM2Workshop.text) + ";\r\n"
        #expect(await workshop.verify(try one(instance: both)).result == .pass)
    }

    @Test func `instances that nobody signed, doubles and gaps are permanent errors`() async throws
    {
        let text = try one()
        let second = DKIM2Workshop.instance(2, of: DKIM2Workshop.text)
        #expect(await workshop.verify(second + text).result == .permerror)
        let first = DKIM2Workshop.instance(1, of: DKIM2Workshop.text)
        #expect(await workshop.verify(first + text).result == .permerror)
        let third = DKIM2Workshop.instance(3, of: DKIM2Workshop.text)
        #expect(await workshop.verify(third + text).result == .permerror)
        #expect(await workshop.verify(text.replacing(first, with: "")).result == .permerror)
        let line = text.prefix(upTo: text.firstRange(of: first)?.lowerBound ?? text.startIndex)
        #expect(await workshop.verify(line + text).result == .permerror)
        #expect(await workshop.verify(first + DKIM2Workshop.text).result == .none)
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "{\"h\":null}", "{\"h\":{\"to\":null}}", "{\"b\":{}}",
        "{\"b\":[1]}",
        "{\"b\":[{}]}", "{\"b\":[{\"c\":[1,1],\"d\":[\"x\"]}]}", "{\"b\":[{\"c\":[1]}]}",
        "{\"b\":[{\"c\":[0,1]}]}", "{\"b\":[{\"c\":[2,1]}]}",
        "{\"b\":[{\"c\":[1,2]},{\"c\":[2,3]}]}",
        "{\"b\":[{\"c\":[3,3]},{\"c\":[1,1]}]}", "{\"b\":[{\"c\":[1,9223372036854775807]}]}",
        "{\"b\":[{\"c\":[1,99]}]}", "{\"b\":[{\"d\":[]}]}", "{\"b\":[{\"d\":[\"a\\r\\nb\"]}]}",
        "{\"b\":[{\"d\":[1]}]}", "{\"b\":[{\"z\":true}]}", "{\"h\":{\"to\":[{\"c\":[1,2]}]}}",
        "{\"h\":{\"to\":[],\"To\":[]}}", "{\"h\":{\"a b\":[]}}", "{\"h\":{\"\":[]}}",
        "{\"h\":{\"to:\":[]}}", "{\"b\":[", "{\"b\":[],}", "{\"b\":[{\"c\":[1,1]},]}",
        "{\"b\":[],\"b\":[]}",
        "{\"h\":{},\"h\":{}}", "{\"b\":[{\"c\":[1,1.0]}]}", "{\"b\":[{\"c\":[01,1]}]}",
        "{\"b\":[{\"d\":[\"\\ud800\"]}]}", "{\"b\":[{\"d\":[\"\\udc00\\ud800\"]}]}",
        "{\"b\":[{\"d\":[\"\\u12g4\"]}]}", "{\"b\":[{\"d\":[\"\\x\"]}]}",
        "{\"b\":[{\"d\":[\"\t\"]}]}", "{\"x\":[1 2],\"b\":[]}", "{\"x\":,\"b\":[]}", "{b:[]}",
        "{\"b\":[{\"d\":[\"\\n\"]}]}", "{\"b\":[{\"c\":[1,1]}]} x", "\u{0}",
        String(repeating: "[", count: 20_000), String(repeating: "{\"h\":", count: 20_000),
    ])
    func `a malformed recipe is a permanent error`(recipe: String) async throws {
        let text = try two(recipe)
        let outcome = await workshop.verify(text)
        #expect(outcome.result == .permerror, "\(outcome.reason)")
        guard let history = DKIM2History(DKIM2Workshop.message(text)) else { return }
        guard case .impossible = history.instance(1) else {
            Issue.record("restored with \(recipe)")
            return
        }
    }

    @Test func `a recipe that does not lead back fails`() async throws {
        let outcome = await workshop.verify(try two(#"{"b":[{"c":[1,2]}]}"#))
        #expect(outcome.result == .fail)
        #expect(outcome.instances.map(\.result) == [.fail, .pass])
        let header = await workshop.verify(try two(#"{"h":{"Subject":[{"d":["other"]}]}}"#))
        #expect(header.result == .fail)
        // Members that the draft does not name are passed over.
        for recipe in [
            #"{"x":[1,{"y":null}],"b":[{"c":[1,4]}]}"#, #" { "h" : {} , "z" : -1.5e3 } "#,
            #"{"b":[{"d":["\u0046irst line","Second\u0020line"]},{"c":[3,4]}]}"#,
            #"{"b":[{"c":[1,3]},{"d":["","",""]}],"x":"\ud83d\ude00\"\\\/\b\f\n\r\t"}"#,
        ] {
            let more = await workshop.verify(try two(recipe))
            #expect(more.result == .pass, "\(recipe): \(more.reason)")
        }
    }

    @Test func `a lost body is believed only of those who may`() async throws {
        let text = try two(#"{"b":null}"#, text: DKIM2Workshop.text + "more\r\n")
        let outcome = await workshop.verify(text)
        #expect(outcome.result == .permerror)
        #expect(outcome.reason.contains("b.example"))
        let policy = DKIM2Policy(mayLoseBody: [outcome.hops[1].domain])
        let trusted = await workshop.verify(text, policy: policy)
        #expect(trusted.result == .pass, "\(trusted.reason)")
        #expect(trusted.remarks.contains(.formerBodyLost))
    }

    @Test func `requests not to change and not to multiply are kept`() async throws {
        let added = DKIM2Workshop.text.replacing("To: l", with: "List-Id: x\r\nTo: l")
        let recipe = #"{"h":{"list-id":[]}}"#
        let asks = "; f=feedback, donotmodify,unknown"
        let adding = await workshop.verify(try two(recipe, text: added, flags: asks))
        #expect(adding.result == .pass, "\(adding.reason)")
        #expect(adding.hops[0].flags == [.feedback, .doNotModify])
        let changed = DKIM2Workshop.text.replacing("To: list", with: "To: other")
        let undo = #"{"h":{"to":[{"d":["list@b.example"]}]}}"#
        #expect(await workshop.verify(try two(undo, text: changed)).result == .pass)
        let against = await workshop.verify(try two(undo, text: changed, flags: asks))
        #expect(against.result == .fail && against.reason.contains("asked"))

        func exploding(_ flags: DKIM2Flag...) async throws -> DKIM2Verification {
            let first = try workshop.signed(
                by: "a.example", from: "a@a.example", to: ["l@b.example"],
                options: .init(flags: flags))
            let second = try workshop.signed(
                first, by: "b.example", from: "l@b.example", to: ["c@c.example"],
                options: .init(flags: [.exploded]))
            return await workshop.verify(second)
        }
        let exploded = try await exploding()
        #expect(exploded.result == .pass && exploded.remarks.contains(.exploded))
        #expect(try await exploding(.doNotExplode).result == .fail)
    }

    @Test func `copies for others and other senders are replays`() async throws {
        let text = try workshop.signed(
            by: "a.example", from: "a@a.example", to: ["x@b.example", "\"y z\"@b.example"])
        #expect(
            await workshop.verify(text, from: "a@a.example", to: ["<x@b.example>"]).result == .pass)
        #expect(
            await workshop.verify(text, from: "a@a.example", to: ["\"y z\"@b.example"]).result
                == .pass)
        for (sender, recipient) in [
            ("a@a.example", "w@b.example"), ("A@a.example", "x@b.example"),
            ("", "x@b.example"), ("a@a.example", "X@b.example"), ("a@a.example", ""),
        ] {
            let outcome = await workshop.verify(text, from: sender, to: [recipient])
            #expect(outcome.result == .permerror)
            #expect(outcome.hops[0].result == .permerror)
        }
    }

    @Test func `times too old are refused and times to come are remarked`() async throws {
        let text = try one()
        let day: Int64 = 86_400
        #expect(await workshop.verify(text, now: Self.now + 14 * day).result == .pass)
        let old = await workshop.verify(text, now: Self.now + 14 * day + 1)
        #expect(old.result == .permerror && old.reason.contains("14 days"))
        let policy = DKIM2Policy(maximumAge: nil)
        #expect(await workshop.verify(text, policy: policy, now: .max).result == .pass)
        let early = await workshop.verify(text, now: 0)
        #expect(early.result == .pass && early.remarks.contains(.signedInFuture))
    }

    @Test func `keys that are missing, revoked, doubled or unreachable are told apart`()
        async throws
    {
        let text = try one()
        let name = "sel._domainkey.a.example"
        let record = try #require(workshop.lookup.texts[name]?.first)
        let other = try SigningKey.generate(.ed25519).keyRecord
        let rsa = try SigningKey.generate(.rsa).keyRecord
        for (records, result) in [
            ([], DKIM2Result.permerror), (["v=DKIM1; k=ed25519; p="], .permerror),
            ([record, other], .permerror), ([rsa], .permerror), (["v=DKIM1; p=AAAA"], .permerror),
            (["v=DKIM1; k=ed25519; p=AAAA"], .permerror), ([other], .fail),
            ([record.replacing("k=ed25519", with: "h=sha1; k=ed25519")], .pass),
            ([record.replacing("k=ed25519", with: "t=y; k=ed25519")], .pass),
        ] {
            var table = workshop.lookup
            table.texts[name] = records.isEmpty ? nil : records
            let outcome = await DKIM2Workshop(workshop, table).verify(text)
            #expect(outcome.result == result, "\(records): \(outcome.reason)")
            #expect(outcome.remarks.contains(.testing) == records.contains { $0.contains("t=y") })
        }
        var table = workshop.lookup
        table.failing = [name]
        #expect(await DKIM2Workshop(workshop, table).verify(text).result == .temperror)
        // What is certain goes before what may change.
        let changed = text.replacing("First", with: "Other")
        #expect(await DKIM2Workshop(workshop, table).verify(changed).result == .fail)
    }
}
