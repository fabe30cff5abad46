import DNS
import Identities
import MailAuthentication
import Testing

@Suite struct ARCValidatorTests {
    @Test func `a message without ARC fields has no chain`() async throws {
        let found = try await ARCFixture().validate(ARCFixture.message)
        #expect(found.result == .none)
        #expect(found.instances == 0 && found.sealers.isEmpty && found.oldestPass == nil)
        #expect(found.reason == "The message has no ARC sets.")
    }

    @Test(arguments: [KeyType.rsa, .ed25519])
    func `a chain of three sets holds`(type: KeyType) async throws {
        let fixture = try ARCFixture(type)
        let domains = ["one.example", "two.example", "three.example"]
        let found = await fixture.validate(try await fixture.sealed(by: domains))
        #expect(found.result == .pass, "\(found.reason)")
        #expect(found.instances == 3 && found.sealers.map(\.text) == domains)
        #expect(found.oldestPass == 0)
        #expect(found.reason.contains("one.example, two.example, three.example"))
    }

    @Test func `the order in which the fields stand does not matter`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"])
        let message = ARCFixture.raw(text)
        let mixed = message.with(fields: Array(message.fields.reversed()))
        // `h=` names each field once here, so that only their order has changed.
        let found = await fixture.validator.validate(mixed, now: ARCFixture.now)
        #expect(found.result == .pass, "\(found.reason)")
    }

    @Test func `a footer added between two hops shows in the oldest set that holds`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"]) + "The list\r\n"
        let found = await fixture.validate(
            try await fixture.sealed(text, by: []))
        #expect(found.result == .fail)
        #expect(found.reason.contains("body has changed since ARC set 2"))

        let first = try await fixture.sealed(by: ["one.example"]) + "The list\r\n"
        // The list validated before it changed the message, so it says pass.
        let before = await fixture.validate(try await fixture.sealed(by: ["one.example"]))
        let message = ARCFixture.raw(first)
        let outcome = try fixture.sealer("list.example").seal(
            message, results: ARCFixture.results, validation: before, now: ARCFixture.now)
        guard case .sealed(let set) = outcome else { throw ARCFixture.Refused(description: "") }
        let after = await fixture.validate(set.text + first)
        #expect(after.result == .pass && after.oldestPass == 2)
        #expect(after.reason.contains("unchanged since set 2"))
    }

    @Test func `the oldest set that holds is looked for only when wanted`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"])
        let policy = ARCPolicy(looksForOldestPass: false)
        let found = await ARCValidator(lookup: fixture, policy: policy)
            .validate(ARCFixture.raw(text), now: ARCFixture.now)
        #expect(found.result == .pass && found.oldestPass == nil)
    }

    // MARK: Structure

    @Test(arguments: [
        ("ARC-Authentication-Results", "has no ARC-Authentication-Results"),
        ("ARC-Message-Signature", "has no ARC-Message-Signature"), ("ARC-Seal", "has no ARC-Seal"),
    ])
    func `a set without one of its parts fails`(name: String, reason: String) async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"])
        for instance in [1, 2] {
            let message = ARCFixture.raw(text)
            let fields = message.fields.filter {
                !($0.name == name && $0.unfolded.hasPrefix("i=\(instance);"))
            }
            #expect(fields.count == message.fields.count - 1)
            let found = await fixture.validator.validate(
                message.with(fields: fields), now: ARCFixture.now)
            #expect(found.result == .fail && found.instances == 2)
            #expect(found.reason.contains(reason), "\(found.reason)")
        }
    }

    @Test func `duplicates and gaps fail`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example", "three.example"])
        let message = ARCFixture.raw(text)
        let arc = message.fields.filter { $0.name.hasPrefix("ARC-") }
        for field in arc {
            let found = await fixture.validator.validate(
                message.with(fields: [field] + message.fields), now: ARCFixture.now)
            #expect(found.result == .fail && found.reason.hasPrefix("There are two"))
        }
        let gap = message.fields.filter { !$0.unfolded.hasPrefix("i=2;") }
        let found = await fixture.validator.validate(
            message.with(fields: gap), now: ARCFixture.now)
        #expect(found.result == .fail)
        #expect(found.reason == "ARC set 2 of 3 is missing.")
        #expect(found.sealers.map(\.text) == ["one.example", "three.example"])
    }

    @Test(arguments: [
        ("cv=none", "cv=pass"), ("cv=none", "cv=fail"), ("cv=pass", "cv=none"),
        ("cv=pass", "cv=fail"), ("cv=pass", "cv=PASS"), ("cv=pass", "cv="), ("cv=pass", "xx=pass"),
    ])
    func `a seal with a status that does not fit its place fails`(
        old: String, new: String
    ) async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"])
        let found = await fixture.validate(text.replacingFirst(old, new))
        #expect(found.result == .fail)
        #expect(!found.reason.contains("verify"), "\(found.reason)")
    }

    @Test(arguments: ["i=0;", "i=;", "i=x;", "i=-1;", "i=51;", "i=99999999999999999999;", "x=1;"])
    func `a number that is none fails`(number: String) async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        for name in ["ARC-Seal: ", "ARC-Message-Signature: ", "ARC-Authentication-Results: "] {
            let found = await fixture.validate(text.replacingFirst(name + "i=1;", name + number))
            #expect(found.result == .fail, "\(name)\(number)")
        }
    }

    @Test func `comments around the number are read`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        // The seal no longer verifies, though the structure is whole.
        for spelling in ["i (a(b)c) = 1 (d\\)e) ;", " (x)\r\n\ti=01;"] {
            let changed = text.replacingFirst(
                "ARC-Authentication-Results: i=1;", "ARC-Authentication-Results: " + spelling)
            let found = await fixture.validate(changed)
            #expect(found.reason.hasPrefix("The seal of ARC set 1"), "\(found.reason)")
        }
    }

    // MARK: Signatures

    @Test(arguments: [
        ("Good morning", "Good evening", "body has changed"),
        ("Subject: Hello", "Subject: Help", "signed header field has changed"),
        ("From: A", "Subject: Second\r\nFrom: A", "signed header field has changed"),
        ("dkim=fail", "dkim=pass", "The seal of ARC set 1"),
    ])
    func `what was changed on the way is found`(
        old: String, new: String, reason: String
    ) async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        let found = await fixture.validate(text.replacingFirst(old, new))
        #expect(found.result == .fail && found.reason.contains(reason), "\(found.reason)")
    }

    @Test(arguments: [
        ("rsa-sha256", "rsa-sha1", "no longer accepted"), ("rsa-sha256", "x", "unknown algorithm"),
        ("rsa-sha256", "ed25519-sha256", "not of the kind"), ("c=relaxed/", "c=loose/", "(c=)"),
        ("d=one.example", "d=-", "not verify"), ("d=one.example", "d=a..b", "(d=)"),
        ("s=arc", "s=", "(s=)"), ("t=17", "t=x17", "no number"), ("bh=", "bb=", "(bh=)"),
        ("h=from", "hh=from", "(h=)"), ("h=from", "h=arc-seal:from", "must not"),
        ("t=1700000000", "t=1700000000; x=1", "expires before"),
        ("t=1700000000", "x=1600000000", "has expired"), ("t=17", "q=http; t=17", "(q=)"),
        ("t=17", "l=0; t=17", "body has changed"), ("t=17", "l=99999; t=17", "body has changed"),
        ("c=relaxed", ";c=relaxed", "cannot be read"), ("t=17", "a=x; t=17", "stands twice"),
    ])
    func `a message signature that cannot be right fails`(
        old: String, new: String, reason: String
    ) async throws {
        let fixture = try ARCFixture()
        let sealed = try await fixture.sealed(by: ["one.example"])
        let start = try #require(sealed.firstRange(of: "ARC-Message-Signature"))
        let text =
            sealed[..<start.lowerBound]
            + String(sealed[start.lowerBound...]).replacingFirst(old, new)
        let found = await fixture.validate(String(text))
        #expect(found.result == .fail)
        if old != "d=one.example" || new != "d=-" {
            #expect(found.reason.contains(reason), "\(found.reason)")
        }
    }

    @Test func `a seal that lists fields fails`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        let found = await fixture.validate(text.replacingFirst("cv=none", "h=from; cv=none"))
        #expect(found.reason == "ARC-Seal 1 has the tag h=, which seals must not have.")
    }

    // MARK: Keys

    @Test func `a key that cannot be fetched for the moment fails, and the reason says so`()
        async throws
    {
        var fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example", "two.example"])
        let name = try #require(DomainName("arc._domainkey.one.example"))
        fixture.others[name] = DNSAnswer(.failure("SERVFAIL"))
        let found = await fixture.validate(text)
        #expect(found.result == .fail)
        #expect(found.reason.contains("arc._domainkey.one.example"))
        #expect(found.reason.contains("SERVFAIL") && found.reason.contains("temporary"))
    }

    @Test(arguments: [
        ("v=DKIM1; p=", "revoked"), ("v=DKIM1; k=rsa; what", "cannot be used"),
        ("v=DKIM1; h=sha1; ", "not meant"), ("v=DKIM1; s=tlsrpt; ", "not meant"), ("", "no key"),
    ])
    func `a key that is of no use fails`(record: String, reason: String) async throws {
        var fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"])
        let name = try #require(DomainName("arc._domainkey.one.example"))
        let isWhole = record.hasSuffix("; ")
        let key = fixture.key.keyRecord.replacingFirst("v=DKIM1; ", "")
        fixture.others[name] =
            record.isEmpty
            ? DNSAnswer(.noData) : ARCFixture.answer(name, isWhole ? record + key : record)
        let found = await fixture.validate(text)
        #expect(found.result == .fail && found.reason.contains(reason), "\(found.reason)")
    }

    @Test func `nothing is looked up for a message whose body has changed`() async throws {
        let fixture = try ARCFixture()
        let text = try await fixture.sealed(by: ["one.example"]).replacingFirst("Good", "Bad")
        let found = await ARCValidator(lookup: NoLookup())
            .validate(ARCFixture.raw(text), now: ARCFixture.now)
        #expect(found.reason.contains("body has changed"))
    }

    private struct NoLookup: DNSLookup {
        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            Issue.record("\(name) was looked up")
            return DNSAnswer(.nameError)
        }
    }
}

extension String {
    func replacingFirst(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else {
            Issue.record("\(old) does not occur")
            return self
        }
        return replacingCharacters(in: range, with: new)
    }

    private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + self[range.upperBound...]
    }
}
