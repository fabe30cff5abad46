import Gateway
import Identities
import MailAuthentication
import SMTP
import SMTPServer
import Spool
import Testing

/// What leaves is signed or sealed over all that is really sent, and others verify it.
struct SealTests {
    private static let ours =
        "From: Anna <anna@bank.example>\r\nTo: ben@example.com\r\nSubject: Account\r\n"
        + "Date: Mon, 21 Sep 2026 14:00:00 +0000\r\nMessage-ID: <1@bank.example>\r\n\r\n"
        + "Dear Ben,\r\n\r\n.dots and  blanks \r\n\r\n\r\n"

    private static let theirs = ours.replacing("bank.example", with: "sender.example")

    private func ownPeople() throws -> SealWorkshop {
        var workshop = try SealWorkshop()
        workshop.role = .internal
        workshop.options.ownNetworks = [try #require(IPNetwork("192.0.2.0/24"))]
        workshop.client = "192.0.2.1"
        return workshop
    }

    // MARK: Our own people's mail

    @Test(arguments: [false, true])
    func `mail of our own people leaves with both signatures, which dkimpy and we verify`(
        isLarge: Bool
    ) async throws {
        var workshop = try ownPeople()
        workshop.isLarge = isLarge
        workshop.options.seals.signers[try domain("bank.example")] = [
            try SealWorkshop.signer("r"), try SealWorkshop.signer("e", .ed25519),
        ]
        // A field in our name goes out before anything is signed.
        let outcome = try await workshop.send(
            "X-Sealgate-Verdict: v=1; verdict=deliver; h=00\r\n" + Self.ours,
            from: "anna@bank.example")
        #expect(outcome.reply.code == 250)
        #expect(outcome.acts == [.signed, .signed])
        #expect(outcome.text.hasPrefix("DKIM-Signature: "))
        #expect(outcome.text.contains("h=from:from:"))
        #expect(!outcome.text.contains("h=00"))
        #expect(outcome.text.hasSuffix(Self.ours))
        let found = try await SealWorkshop.check(outcome.octets)
        #expect(found.dkim.map(\.result) == [.pass, .pass])
        #expect(found.dmarc?.result == .pass)
        let others = try SealWorkshop.dkimpy(outcome.octets)
        #expect(others == ["dkim True", "dkim True", "arc none"])
    }

    @Test func `a network of ours is signed for at the door for everybody too`() async throws {
        var workshop = try ownPeople()
        workshop.role = .inbound
        workshop.options.seals.signers[try domain("bank.example")] = [
            try SealWorkshop.signer("r")
        ]
        let outcome = try await workshop.send(
            Self.ours.replacing("anna@bank", with: "anna@news.bank"), from: "anna@bank.example")
        // The nearest domain above the author's signs.
        #expect(outcome.text.contains("d=bank.example;"))
        #expect(try await SealWorkshop.check(outcome.octets).dmarc?.result == .pass)
    }

    @Test func `mail from outside and of others' authors gets no signature`() async throws {
        var workshop = try SealWorkshop()
        workshop.options.seals.signers[try domain("bank.example")] = [
            try SealWorkshop.signer("r")
        ]
        workshop.options.judge.ownDomainForged = .deliver
        let forged = try await workshop.send(Self.ours)
        #expect(!forged.text.contains("DKIM-Signature"))
        var own = try ownPeople()
        own.options.seals = workshop.options.seals
        let theirs = try await own.send(Self.theirs)
        #expect(!theirs.text.contains("DKIM-Signature"))
        #expect(theirs.acts == [])
    }

    @Test func `mail that cannot be signed is held, and says why`() async throws {
        var workshop = try ownPeople()
        workshop.options.seals.signers[try domain("bank.example")] = [
            try SealWorkshop.signer("r")
        ]
        let padding = String(
            repeating: "X-Padding: 0123456789012345678901234567890\r\n", count: 70_000)
        let outcome = try await workshop.send(
            Self.ours.replacing("Date:", with: padding + "Date:"), from: "anna@bank.example")
        #expect(outcome.reply.code == 250)
        guard case .hold(reason: let reason)? = outcome.disposition else {
            Issue.record("It was not held.")
            return
        }
        #expect(reason.contains("cannot be signed"))
        #expect(outcome.record?.decision.disposition == .hold)
        #expect(outcome.record?.decision.reasons.first?.code == .unsigned)
        #expect(outcome.acts == [.unsigned])
        #expect(outcome.text.contains("verdict=hold; reason=unsigned"))
        #expect(!outcome.text.contains("DKIM-Signature"))
    }

    @Test func `a selector that makes no field holds the mail too`() async throws {
        var workshop = try ownPeople()
        var signer = try SealWorkshop.signer("r")
        signer.selector = "no selector"
        workshop.options.seals.signers[try domain("bank.example")] = [signer]
        let outcome = try await workshop.send(Self.ours, from: "anna@bank.example")
        #expect(outcome.record?.decision.disposition == .hold)
    }

    // MARK: DKIM2

    @Test func `DKIM2 signs beside DKIM for a single recipient, and tells where it does not`()
        async throws
    {
        var workshop = try ownPeople()
        let name = try domain("bank.example")
        workshop.options.seals.signers[name] = [try SealWorkshop.signer("r")]
        workshop.options.seals.chainSigners[name] = try DKIM2Signer(
            domain: name, keys: [DKIM2Signer.Key(selector: "e", key: SealWorkshop.ed25519.get())])
        let outcome = try await workshop.send(Self.ours, from: "anna@bank.example")
        #expect(outcome.acts == [.signed, .signed])
        let verifier = DKIM2Verifier(lookup: try SealWorkshop.zone())
        let envelope = DKIM2Envelope(
            mailFrom: "<anna@bank.example>", recipients: ["<ben@example.com>"])
        let found = await verifier.verify(
            RawMessage(outcome.octets), envelope: envelope, now: SealWorkshop.now)
        #expect(found.result == .pass, "\(found.reason)")
        #expect(try SealWorkshop.dkimpy(outcome.octets) == ["dkim True", "arc none"])

        let several = try await workshop.send(
            Self.ours, from: "anna@bank.example", to: ["ben@example.com", "eva@example.com"])
        #expect(several.acts == [.signed, .unsigned])
        #expect(!several.text.contains("DKIM2-Signature"))
        // The return address is of another domain.
        let other = try await workshop.send(Self.ours, from: "anna@sender.example")
        #expect(other.acts == [.signed, .unsigned])
    }

    // MARK: Mail that is passed on

    private func signed() throws -> String {
        let message = RawMessage(Array(Self.theirs.utf8))
        let signer = DKIMSigner(
            domain: try domain("sender.example"), selector: "r", key: try SealWorkshop.rsa.get())
        let field = try signer.sign(message, now: SealWorkshop.now)
        return String(decoding: field.octets, as: UTF8.self) + "\r\n" + Self.theirs
    }

    @Test(arguments: [false, true])
    func `mail from outside is sealed as it leaves, again on the next way`(isLarge: Bool)
        async throws
    {
        var workshop = try SealWorkshop()
        workshop.isLarge = isLarge
        workshop.options.seals.arc = try SealWorkshop.sealer()
        let first = try await workshop.send(try signed())
        #expect(first.acts == [.sealed])
        #expect(first.text.hasPrefix("ARC-Seal: i=1;"))
        #expect(first.text.contains("mx.bank.example; spf=fail"))
        let found = try await SealWorkshop.check(first.octets)
        #expect(found.arc?.result == .pass, "\(found.arc?.reason ?? "")")
        #expect(found.dkim.first?.result == .pass)
        #expect(try SealWorkshop.dkimpy(first.octets) == ["dkim True", "arc pass"])

        let second = try await workshop.send(first.octets)
        #expect(second.text.hasPrefix("ARC-Seal: i=2;"))
        #expect(try await SealWorkshop.check(second.octets).arc?.instances == 2)
        #expect(try SealWorkshop.dkimpy(second.octets) == ["dkim True", "arc pass"])
    }

    @Test(arguments: [false, true])
    func `a change is sealed with what held before it`(isLarge: Bool) async throws {
        var workshop = try SealWorkshop()
        workshop.isLarge = isLarge
        workshop.options.seals.arc = try SealWorkshop.sealer()
        workshop.options.changes = MessageChanger.Options(
            subjectTag: SubjectTag("[External]"), banner: Banner("Mind the sender."))
        let outcome = try await workshop.send(try signed())
        #expect(outcome.acts == [.tagged, .banner, .sealed])
        #expect(outcome.text.contains("Subject: [External] Account\r\n"))
        #expect(outcome.text.contains("\r\n\r\nMind the sender.\r\n\r\nDear Ben,\r\n"))
        let found = try await SealWorkshop.check(outcome.octets)
        #expect(found.arc?.result == .pass)
        #expect(found.dkim.first?.result == .fail)
        #expect(outcome.text.contains("dkim=pass"))
        #expect(outcome.record?.acts.last?.sentence.contains("does not fit") == true)
        #expect(try SealWorkshop.dkimpy(outcome.octets).last == "arc pass")
    }

    @Test func `a chain that failed is passed on without a seal, and the record says so`()
        async throws
    {
        var workshop = try SealWorkshop()
        workshop.options.seals.arc = try SealWorkshop.sealer()
        let sealed = try await workshop.send(try signed())
        let broken = sealed.text.replacing("Dear Ben", with: "Dear Eve")
        let failed = try await workshop.send(broken)
        #expect(failed.text.contains("cv=fail"))
        #expect(failed.acts == [.sealed])
        let after = try await workshop.send(failed.octets)
        #expect(after.reply.code == 250)
        #expect(after.acts == [.unsigned])
    }

    @Test func `without keys and changes a message leaves octet for octet`() async throws {
        let text = try signed()
        let outcome = try await SealWorkshop().send(text)
        #expect(outcome.text.hasSuffix(text))
        #expect(outcome.acts == [])
    }

    @Test func `mail that is proved to be of our own domains is no stranger's`() async throws {
        var workshop = try SealWorkshop()
        workshop.client = "192.0.2.1"
        workshop.options.changes = MessageChanger.Options(subjectTag: SubjectTag("[External]"))
        let own = try await workshop.send(Self.ours, from: "anna@bank.example")
        #expect(!own.text.contains("[External]"))
        let stranger = try await workshop.send(Self.theirs)
        #expect(stranger.text.contains("[External]"))
    }
}
