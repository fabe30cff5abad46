import DNS
import Identities
import MailAuthentication
import Testing

/// Hostile messages and keys: each is bounded, and told.
@Suite struct DKIMBoundsTests {
    private static let hash = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="

    private static func tags(_ number: Int, _ more: String = "") -> String {
        "v=1; a=rsa-sha256; d=example.com; s=s\(number); h=From; bh=\(hash); b=AAAA; \(more)"
    }

    @Test func `of thousands of signatures a few are checked and some reported`() async throws {
        let text = (0..<5_000).map { "DKIM-Signature: \(Self.tags($0))\n" }.joined()
        let message = RawMessage(DKIMTestKeys.crlf(text + DKIMTestKeys.text))
        let dns = DKIMTestDNS()
        var policy = DKIMPolicy()
        policy.maximumSignatures = 20
        let outcomes = await DKIMVerifier(lookup: dns, policy: policy).verify(message, now: 0)
        #expect(dns.asked == 20)
        #expect(outcomes.count == 20 + Limits.dkimReportedSignatures)
        #expect(outcomes.prefix(20).allSatisfy { $0.result == .permerror })
        #expect(outcomes.dropFirst(20).allSatisfy { $0.result == .policy })
        let last = try #require(outcomes.last)
        #expect(last.reason.contains("\(5_000 - 20 - Limits.dkimReportedSignatures) more"))
        #expect(!outcomes[21].reason.contains("more signatures"))
    }

    @Test func `signatures that name one key ask for it once`() async {
        let text = (0..<10).map { _ in "DKIM-Signature: \(Self.tags(1))\n" }.joined()
        let dns = DKIMTestDNS()
        let message = RawMessage(DKIMTestKeys.crlf(text + DKIMTestKeys.text))
        #expect(await DKIMVerifier(lookup: dns).verify(message, now: 0).count == 10)
        #expect(dns.asked == 1)
    }

    @Test func `the body is read a few times, however many lengths are asked for`() async throws {
        let rsa = try #require(DKIMTestKeys.rsa)
        let text = (0..<20).map { "DKIM-Signature: \(Self.tags(1, "l=\($0)"))\n" }.joined()
        let body = DKIMCountedBody(Array("Hello\r\n".utf8))
        let message = RawMessage(
            header: DKIMTestKeys.crlf(text + "From: a@example.com\n\n"), body: body)
        let dns = DKIMTestDNS(["s1._domainkey.example.com": [rsa.keyRecord]])
        let outcomes = await DKIMVerifier(lookup: dns).verify(message, now: 0)
        #expect(body.readings == Limits.dkimBodyReadings)
        #expect(outcomes.prefix(Limits.dkimBodyReadings).allSatisfy { $0.result == .fail })
        #expect(outcomes.dropFirst(Limits.dkimBodyReadings).allSatisfy { $0.result == .policy })
    }

    @Test func `a body that is shorter than l= fails, a longer one is told`() async throws {
        let key = try #require(DKIMTestKeys.ed25519)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for (length, added, result): (Int, String, DKIMResult) in [
            (7, "", .pass), (7, "<b>more</b>\r\n", .pass), (5, "", .pass), (0, "", .pass),
            (8, "", .fail), (.max, "", .fail),
        ] {
            let field = try DKIMHandSigner(key: key, bodyLength: length).sign()
            let message = DKIMHandSigner.message(field, body: DKIMHandSigner.body + added)
            let outcome = await verifier.verify(message, now: DKIMTestKeys.now)[0]
            #expect(outcome.result == result, "l=\(length): \(outcome.reason)")
            #expect(outcome.risks.contains(.bodyLengthLimit))
            if result == .pass {
                #expect(outcome.unsignedBodyOctets == 7 - length + added.utf8.count)
                let isOpen = outcome.unsignedBodyOctets > 0
                #expect(outcome.risks.contains(.unsignedBodyText) == isOpen)
                #expect(outcome.reason.contains("not signed") == isOpen)
            }
        }
    }

    @Test func `l= can be refused by policy`() async throws {
        let key = try #require(DKIMTestKeys.ed25519)
        let field = try DKIMHandSigner(key: key, bodyLength: 5).sign()
        var policy = DKIMPolicy()
        policy.acceptsBodyLengthLimit = false
        let outcome = await DKIMVerifier(lookup: try DKIMTestKeys.dns(), policy: policy)
            .verify(DKIMHandSigner.message(field), now: DKIMTestKeys.now)[0]
        #expect(outcome.result == .policy)
    }

    @Test func `rsa-sha1 is checked, told and does not count`() async throws {
        let key = try #require(DKIMTestKeys.rsa)
        let field = try DKIMHandSigner(key: key, hash: .sha1, selector: "s1").sign()
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        let outcome = await verifier.verify(DKIMHandSigner.message(field), now: 0)[0]
        #expect(outcome.result == .policy && outcome.risks == [.oldAlgorithm])
        #expect(outcome.reason.contains("rsa-sha1"))
        let other = DKIMHandSigner.message(field, body: "Bye\r\n")
        let changed = await verifier.verify(other, now: 0)[0]
        #expect(changed.result == .fail)
    }

    @Test func `keys of 512 and of 16384 bits are refused with their size`() async throws {
        for bits in [512, 768, 1_023, 8_193, 16_384] {
            let record = "v=DKIM1; p=" + DKIMKeyOctets.rsa(bits: bits)
            let dns = DKIMTestDNS(["s1._domainkey.example.com": [record]])
            let outcome = await DKIMVerifier(lookup: dns)
                .verify(DKIMTestKeys.signed(Self.tags(1)), now: 0)[0]
            #expect(outcome.result == .permerror && outcome.keyBits == bits)
            #expect(outcome.reason.contains("\(bits) bits"), "\(outcome.reason)")
        }
    }

    @Test func `records of 65 kilobytes are read or refused, and not remembered`() async {
        let filler = String(repeating: "a", count: 65_000)
        let records = [
            "v=DKIM1; n=\(filler); p=AAEC", "v=DKIM1; p=" + filler,
            String(repeating: "a;", count: 33_000), String(repeating: "a=b;", count: 17_000),
            "v=DKIM1; n=\(filler)\(filler); p=AAEC",
        ]
        for record in records {
            let dns = DKIMTestDNS(["s1._domainkey.example.com": [record]])
            let verifier = DKIMVerifier(lookup: dns)
            for _ in 0..<2 {
                let outcome = await verifier.verify(
                    DKIMTestKeys.signed(Self.tags(1)), now: 0)[0]
                #expect(outcome.result == .permerror, "\(outcome.reason)")
            }
        }
    }

    @Test func `a long chain of aliases and a loop are temporary errors`() async throws {
        let names = (0..<40).map { "n\($0).example.com" }
        let chain = zip(names, names.dropFirst()).map { "\($0). 300 IN CNAME \($1).\n" }.joined()
        let start = "s1._domainkey.example.com. 300 IN CNAME "
        for zone in [start + "n0.example.com.\n" + chain, start + "s1._domainkey.example.com.\n"] {
            let soa = "example.com. 300 IN SOA ns. h. 1 1 1 1 1\n"
            let records = try ZoneFile.parse(soa + zone)
            let outcome = await DKIMVerifier(lookup: ZoneLookup(records: records))
                .verify(DKIMTestKeys.signed(Self.tags(1)), now: 0)[0]
            #expect(outcome.result == .temperror, "\(outcome.reason)")
        }
    }

    @Test func `keys are remembered as long as their record stays the same`() async throws {
        let rsa = try #require(DKIMTestKeys.rsa)
        let field = try DKIMTestKeys.signer(rsa).sign(DKIMTestKeys.message, now: 0)
        let zone = DKIMChangingDNS(rsa.keyRecord)
        let verifier = DKIMVerifier(lookup: zone)
        let message = DKIMTestKeys.with([field])
        #expect(await verifier.verify(message, now: 0)[0].result == .pass)
        #expect(await verifier.verify(message, now: 0)[0].result == .pass)
        zone.set("v=DKIM1; p=")
        #expect(await verifier.verify(message, now: 0)[0].result == .permerror)
        zone.set(try SigningKey.generate(.rsa).keyRecord)
        #expect(await verifier.verify(message, now: 0)[0].result == .fail)
        zone.set(rsa.keyRecord)
        #expect(await verifier.verify(message, now: 0)[0].result == .pass)
    }

    @Test func `more keys than are remembered are all found`() async {
        let ed25519 = DKIMTestKeys.ed25519?.keyRecord ?? ""
        let verifier = DKIMVerifier(lookup: DKIMChangingDNS(ed25519))
        for number in 0..<Limits.dkimCachedKeys + 10 {
            let message = DKIMTestKeys.signed(Self.tags(number))
            let outcome = await verifier.verify(message, now: 0)[0]
            #expect(outcome.reason.contains("not for rsa-sha256"))
        }
    }

    @Test func `folding, CR, LF and NUL in the signature do no harm`() async throws {
        let key = try #require(DKIMTestKeys.ed25519)
        let field = try DKIMHandSigner(key: key).sign()
        let text = String(decoding: field.octets, as: UTF8.self)
        let verifier = DKIMVerifier(lookup: try DKIMTestKeys.dns())
        for (old, new) in [
            ("v=1;", "v=1\0;"), ("d=example.com", "d=example\0.com"), ("h=From", "h=From\0"),
            ("d=example.com", "d=exam\r\n ple.com"), ("s=s2", "s=s\r2"), ("b=", "b=\0"),
            ("v=1;", "v=1;\r"), ("v=1;", "v=1;\n" + String(repeating: " \n", count: 20_000)),
        ] {
            let bytes = Array((text.replacing(old, with: new) + "\r\n").utf8)
            let rest = Array((DKIMHandSigner.field + "\r\n\r\n" + DKIMHandSigner.body).utf8)
            let outcome = await verifier.verify(RawMessage(bytes + rest), now: 0)[0]
            #expect(outcome.result != .pass, "\(new.prefix(20).debugDescription)")
        }
    }
}
