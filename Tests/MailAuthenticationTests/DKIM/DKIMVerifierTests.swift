import DNS
import MailAuthentication
import Testing

@Suite struct DKIMVerifierTests {
    private static let place = "s1._domainkey.example.com"

    /// Signs the usual message and verifies it with this record in the DNS.
    private static func outcome(
        _ records: [String], key: SigningKey? = DKIMTestKeys.rsa, now: Int64 = DKIMTestKeys.now,
        isAuthenticated: Bool = false, _ change: (inout DKIMSigner) -> Void = { _ in }
    ) async throws -> DKIMVerification {
        var signer = try DKIMTestKeys.signer(key)
        change(&signer)
        let field = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let dns = DKIMTestDNS([place: records], isAuthenticated: isAuthenticated)
        return await DKIMVerifier(lookup: dns).verify(DKIMTestKeys.with([field]), now: now)[0]
    }

    private static func record(_ key: SigningKey?, _ tags: String = "") throws -> String {
        guard let key else { throw DKIMTestKeys.Absent() }
        return key.keyRecord.replacing("v=DKIM1; ", with: "v=DKIM1; \(tags)")
    }

    @Test func `a message without a signature gives one outcome: none`() async throws {
        let verifier = DKIMVerifier(lookup: DKIMTestDNS())
        let outcomes = await verifier.verify(DKIMTestKeys.message, now: 0)
        #expect(outcomes.map(\.result) == [.none])
        let empty = await verifier.verify(RawMessage([]), now: 0)
        #expect(empty.map(\.result) == [.none])
    }

    @Test func `size and origin of the key are reported`() async throws {
        let rsa = try await Self.outcome([try Self.record(DKIMTestKeys.rsa)], isAuthenticated: true)
        #expect(rsa.result == .pass && rsa.keyBits == 2_048 && rsa.isKeyAuthenticated)
        #expect(rsa.risks.isEmpty)
        let small = try await Self.outcome(
            [try Self.record(DKIMTestKeys.smallRSA)], key: DKIMTestKeys.smallRSA)
        #expect(small.result == .pass && small.keyBits == 1_024 && small.risks == [.shortKey])
        #expect(!small.isKeyAuthenticated)
    }

    // MARK: Key records

    @Test func `a key that is missing, taken back or unusable is a permanent error`() async throws {
        let other = try SigningKey.generate(.ed25519)
        let cases: [([String], String)] = [
            ([], "no key"), (["v=DKIM1; p="], "back"), (["v=spf1 -all"], "v=DKIM1"),
            (["v=DKIM1; p=AAEC"], "RSA key"), (["v=DKIM1; k=dsa; p=AAEC"], "unknown kind"),
            ([other.keyRecord], "not for rsa-sha256"),
            ([try Self.record(DKIMTestKeys.rsa, "h=sha1; ")], "sha256"),
            ([try Self.record(DKIMTestKeys.rsa, "s=tlsrpt; ")], "s="),
            (["v=DKIM1; k=ed25519; p=AAEC"], "Ed25519"),
        ]
        for (records, word) in cases {
            let outcome = try await Self.outcome(records)
            #expect(outcome.result == .permerror, "\(records)")
            #expect(outcome.reason.contains(word), "\(records): \(outcome.reason)")
            #expect(outcome.reason.hasSuffix("."))
        }
    }

    @Test func `a DNS failure is a temporary error, not a fail`() async throws {
        let field = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
            .sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let dns = DKIMTestDNS(failures: [Self.place])
        let outcome = await DKIMVerifier(lookup: dns)
            .verify(DKIMTestKeys.with([field]), now: DKIMTestKeys.now)[0]
        #expect(outcome.result == .temperror)
        #expect(outcome.reason.contains(Self.place) && outcome.reason.hasSuffix("timed out."))
    }

    @Test func `of several key records under one name each is tried`() async throws {
        let good = try Self.record(DKIMTestKeys.rsa)
        let another = try SigningKey.generate(.rsa).keyRecord
        let ed25519 = try Self.record(DKIMTestKeys.ed25519)
        for records in [
            [ed25519, good], ["v=spf1 -all", good], [another, good], ["v=DKIM1; p=", good],
            [another, ed25519, "x", good],
        ] {
            #expect(try await Self.outcome(records).result == .pass, "\(records)")
        }
        let late = Array(repeating: another, count: Limits.dkimKeyRecords) + [good]
        #expect(try await Self.outcome(late).result == .fail)
        #expect(try await Self.outcome([ed25519, "v=DKIM1; p="]).reason.contains("back"))
    }

    @Test func `an identity below the domain needs a key without t=s`() async throws {
        let strict = [try Self.record(DKIMTestKeys.rsa, "t=s; ")]
        let below = try await Self.outcome(strict) { $0.identity = "ann@sub.example.com" }
        #expect(below.result == .permerror && below.reason.contains("t=s"))
        let same = try await Self.outcome(strict) { $0.identity = "ann@example.com" }
        #expect(same.result == .pass && same.identity == "ann@example.com")
        #expect(try await Self.outcome(strict).result == .pass)
        let open = [try Self.record(DKIMTestKeys.rsa)]
        let allowed = try await Self.outcome(open) { $0.identity = "@sub.example.com" }
        #expect(allowed.result == .pass)
    }

    @Test func `a key in testing is told`() async throws {
        let outcome = try await Self.outcome([try Self.record(DKIMTestKeys.rsa, "t=y; ")])
        #expect(outcome.result == .pass && outcome.risks == [.testing])
    }

    @Test func `a key for reports on TLS is for them alone`() async throws {
        let dns = DKIMTestDNS([Self.place: [try Self.record(DKIMTestKeys.rsa, "s=tlsrpt; ")]])
        let field = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
            .sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        var policy = DKIMPolicy()
        policy.service = "tlsrpt"
        let outcome = await DKIMVerifier(lookup: dns, policy: policy)
            .verify(DKIMTestKeys.with([field]), now: DKIMTestKeys.now)[0]
        #expect(outcome.result == .pass)
    }

    // MARK: Time

    @Test func `a signature past its time matches and does not count`() async throws {
        let records = [try Self.record(DKIMTestKeys.rsa)]
        for (seconds, result): (Int64, DKIMResult) in [
            (59, .pass), (61, .pass), (60 + 299, .pass), (60 + 301, .policy),
        ] {
            let outcome = try await Self.outcome(records, now: DKIMTestKeys.now + seconds) {
                $0.lifetime = 60
            }
            #expect(outcome.result == result, "\(seconds): \(outcome.reason)")
            #expect(outcome.risks.contains(.expired) == (result == .policy))
        }
    }

    @Test func `a signature from the future matches and does not count`() async throws {
        let records = [try Self.record(DKIMTestKeys.rsa)]
        let near = try await Self.outcome(records, now: DKIMTestKeys.now - 3_600)
        #expect(near.result == .pass && near.risks.isEmpty)
        let far = try await Self.outcome(records, now: DKIMTestKeys.now - 3_601)
        #expect(far.result == .policy && far.risks == [.signedInFuture])
        let early = try await Self.outcome(records, now: .min)
        #expect(early.result == .policy)
        #expect(try await Self.outcome(records, now: .max).result == .pass)
    }

    // MARK: Headers

    @Test func `a changed field breaks the signature`() async throws {
        let field = try DKIMTestKeys.signer(DKIMTestKeys.rsa)
            .sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for (index, old) in DKIMTestKeys.message.fields.enumerated() {
            var fields = DKIMTestKeys.message.fields
            fields[index] = try #require(RawField("\(old.name): x"))
            let message = DKIMTestKeys.message.with(fields: [field] + fields)
            let outcome = await verifier.verify(message, now: DKIMTestKeys.now)[0]
            #expect(outcome.result == .fail && outcome.reason.contains("header field"))
        }
    }

    @Test func `fields left open are told as risks`() async throws {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        signer.signedFields = SignedFields(present: ["from", "to"], sealed: [])
        let field = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        let open = await verifier.verify(DKIMTestKeys.with([field]), now: DKIMTestKeys.now)[0]
        #expect(open.result == .pass && open.risks == [.unsignedSubject])
        // A second From above the signed one passes by the letter of RFC 6376.
        let from = try #require(RawField("From: eve@example.org"))
        let twice = await verifier.verify(
            DKIMTestKeys.with([from, field]), now: DKIMTestKeys.now)[0]
        #expect(twice.result == .pass)
        #expect(twice.risks == [.unsignedSubject, .unsignedDuplicate])
    }

    @Test func `a signature cannot stand for its own field`() async throws {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        let first = try signer.sign(DKIMTestKeys.message, now: DKIMTestKeys.now)
        signer.signedFields.present.append("dkim-signature")
        let once = DKIMTestKeys.with([first])
        let second = try signer.sign(once, now: DKIMTestKeys.now)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        let both = await verifier.verify(DKIMTestKeys.with([second], once), now: DKIMTestKeys.now)
        #expect(both.map(\.result) == [.pass, .pass], "\(both.map(\.reason))")
        let alone = await verifier.verify(DKIMTestKeys.with([second]), now: DKIMTestKeys.now)
        #expect(alone.map(\.result) == [.fail])
    }

    @Test func `folds and names with bare line feeds verify in both forms`() async throws {
        let text = "From: a@example.com\nSubject: one\n\ttwo\n  three \nTo : b@example.com\n\nhi\n"
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for form in Canonicalization.allCases {
            var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
            signer.headerForm = form
            let sent = RawMessage(DKIMTestKeys.crlf(text))
            let stored = RawMessage(Array(text.utf8))
            #expect(stored.lineEnds == .bareLineFeeds && sent.lineEnds == .asSent)
            let field = try signer.sign(sent, now: DKIMTestKeys.now)
            #expect(field == field)
            let outcome = await verifier.verify(
                DKIMTestKeys.with([field], stored), now: DKIMTestKeys.now)[0]
            #expect(outcome.result == .pass, "\(form): \(outcome.reason)")
        }
    }
}
