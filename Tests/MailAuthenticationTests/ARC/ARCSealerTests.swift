import Identities
import MailAuthentication
import Testing

@Suite struct ARCSealerTests {
    private static func seal(
        _ text: String, results: String = ARCFixture.results, names: [String]? = nil
    ) async throws -> ARCSealing {
        let fixture = try ARCFixture()
        let message = ARCFixture.raw(text)
        let sealer = ARCSealer(
            domain: try #require(DomainName("seal.example")), selector: "arc", key: fixture.key,
            signedFields: names)
        return try sealer.seal(
            message, results: results,
            validation: await fixture.validator.validate(message, now: ARCFixture.now),
            now: ARCFixture.now)
    }

    private static func reason(_ outcome: ARCSealing) -> String {
        if case .refused(let reason) = outcome { reason } else { "" }
    }

    @Test func `the first set says that there was none before`() async throws {
        guard case .sealed(let set) = try await Self.seal(ARCFixture.message) else {
            Issue.record("refused")
            return
        }
        #expect(set.instance == 1 && set.chainStatus == .none)
        #expect(
            set.fields.map(\.name) == [
                "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results",
            ])
        #expect(set.results.unfolded.onOneLine == "i=1; " + ARCFixture.results)
        #expect(set.messageSignature.unfolded.contains("h=from:from:to:to:cc:"))
        #expect(set.text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        #expect(set.text.hasSuffix("\r\n"))
    }

    @Test func `a broken chain is sealed as failed, over the new set alone`() async throws {
        let fixture = try ARCFixture()
        let sealed = try await fixture.sealed(by: ["one.example", "two.example"])
        let broken = sealed.replacingFirst("ARC-Seal", "X-Seal")
        guard case .sealed(let set) = try await Self.seal(broken) else {
            Issue.record("refused")
            return
        }
        #expect(set.instance == 3 && set.chainStatus == .fail)
        // RFC 8617 §5.1.2: the seal verifies as if its set were the only one.
        let alone = set.fields.map { field in
            String(decoding: field.octets, as: UTF8.self).replacingFirst("i=3;", "i=1;")
        }
        #expect(alone.count == 3)
        let again = await fixture.validate(set.text + broken)
        #expect(again.result == .fail)
        #expect(again.reason == "The newest seal says that the chain had failed before.")
        let next = try await Self.seal(set.text + broken)
        #expect(Self.reason(next).contains("nothing is added to it"))
    }

    @Test func `a chain without a readable number is sealed as failed from one`() async throws {
        let text = "ARC-Seal: i=x; cv=none\r\n" + ARCFixture.message
        guard case .sealed(let set) = try await Self.seal(text) else {
            Issue.record("refused")
            return
        }
        #expect(set.instance == 1 && set.chainStatus == .fail)
    }

    @Test func `fifty sets are the most`() async throws {
        let fixture = try ARCFixture(.ed25519)
        let domains = (1...Limits.arcSets).map { "h\($0).example" }
        let text = try await fixture.sealed(by: domains)
        let found = await fixture.validate(text)
        #expect(found.result == .pass && found.instances == 50 && found.oldestPass == 0)
        await #expect(throws: ARCFixture.Refused.self) {
            try await fixture.sealed(text, by: ["one.more.example"])
        }
        #expect(Self.reason(try await Self.seal(text)).contains("50 ARC sets already"))
    }

    @Test func `the validation must be that of the message`() async throws {
        let fixture = try ARCFixture()
        let sealed = try await fixture.sealed(by: ["one.example"])
        let wrong = [
            (ARCFixture.message, ARCValidation(.pass, instances: 1, reason: ".")),
            (ARCFixture.message, ARCValidation(.fail, reason: ".")),
            (sealed, ARCValidation(.none, reason: ".")),
            (sealed, ARCValidation(.pass, instances: 2, reason: ".")),
            (
                sealed.replacingFirst("ARC-Seal", "X"),
                ARCValidation(.pass, instances: 1, reason: ".")
            ),
        ]
        for (text, validation) in wrong {
            let outcome = try fixture.sealer("two.example").seal(
                ARCFixture.raw(text), results: ARCFixture.results, validation: validation, now: 1)
            #expect(Self.reason(outcome) == "The validation given is not that of this message.")
        }
    }

    @Test(arguments: [
        "", "mx.example", "mx.example;", "; spf=pass", "mx.example; a;; b", "mx.example; a\0b",
        "mx.example; a\u{7}", "mx.example spf=pass; a=b", "mx.example 2; a=b",
    ])
    func `results that are none are refused`(results: String) async throws {
        #expect(!Self.reason(try await Self.seal(ARCFixture.message, results: results)).isEmpty)
    }

    @Test func `results cannot begin a field of their own`() async throws {
        let results = "mx.example; spf=pass\r\nBcc: everyone@all.example\r\n\r\nbody; x=y"
        guard case .sealed(let set) = try await Self.seal(ARCFixture.message, results: results)
        else {
            Issue.record("refused")
            return
        }
        let lines = set.text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(
            lines.dropLast().allSatisfy { $0.hasPrefix("ARC-") || $0.first?.isWhitespace == true })
    }

    @Test(arguments: [
        "Authentication-Results", "arc-seal", "ARC-Message-Signature", "", "a b", "a:b", "a;b",
        "é",
    ])
    func `fields that must not be signed are refused`(name: String) async throws {
        let outcome = try await Self.seal(ARCFixture.message, names: ["from", name])
        #expect(!Self.reason(outcome).isEmpty)
    }

    @Test func `results of one host are joined in their order, those of others left out`() {
        let message = ARCFixture.raw(
            "Authentication-Results: MX.example (comment; here) 1;\r\n\tspf=pass (a; b)\r\n"
                + "Authentication-Results: other.example; dmarc=pass\r\n"
                + "Authentication-Results: \"mx.example\"; dkim=pass reason=\"x; y\";\r\n"
                + "Authentication-Results: mx.example; none\r\n"
                + "Authentication-Results: mx.example 2; arc=pass\r\n"
                + "Authentication-Results: mx.example (; auth=pass\r\n"
                + "Authentication-Results: mx.example.evil; auth=pass\r\n\r\n")
        #expect(
            ARCResultsPayload.combined(of: message, authservID: "mx.example")
                == "mx.example; spf=pass (a; b); dkim=pass reason=\"x; y\"")
        #expect(
            ARCResultsPayload.combined(of: message, authservID: "third.example")
                == "third.example; none")
    }
}

extension String {
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
