import FoundationEssentials
import TestSupport
import Testing

/// The commands about single messages: what is signed and sealed here verifies here, and what was
/// changed does not.
@Suite(.serialized)
struct AuthenticationWalkTests {
    static let message = """
        From: Alice <alice@d1.example>\r
        To: bob@rcpt.example\r
        Subject: A  walk\r
        Date: Mon, 20 Nov 2023 07:00:00 +0000\r
        Message-ID: <1@d1.example>\r
        \r
        Hello  there \r
        \r

        """
    static let session = [
        "--client-ip", "203.0.113.9", "--helo", "mx.d1.example", "--mail-from", "alice@d1.example",
    ]

    /// A key, a zone with its record, and the message signed with it.
    private func prepared(_ type: String, in folder: String) throws -> (
        zone: String, signed: String
    ) {
        let key = folder + "/\(type).pem"
        let made = try Program.run([
            "key", "--type", type, "--domain", "d1.example", "--selector", "s1", "--output", key,
        ])
        #expect(made.status == 0, "\(made.errors)")
        let record = try #require(made.output.split(separator: "\n").last)
        let zone = folder + "/\(type).zone"
        try write(
            """
            $ORIGIN .
            example 300 IN SOA ns.example. h.example. 1 2 3 4 5
            d1.example. IN TXT "v=spf1 ip4:203.0.113.0/24 -all"
            _dmarc.d1.example. IN TXT "v=DMARC1; p=reject"
            \(record)

            """, to: zone)
        let plain = folder + "/plain.eml"
        try write(Self.message, to: plain)
        let signed = try Program.run([
            "sign", plain, "--domain", "d1.example", "--selector", "s1", "--key", key,
        ])
        #expect(signed.status == 0, "\(signed.errors)")
        #expect(signed.output.hasSuffix(Self.message))
        let path = folder + "/signed.eml"
        try write(signed.output, to: path)
        return (zone, path)
    }

    @Test(
        "a message signed here verifies here, and not after a change",
        arguments: ["rsa", "ed25519"])
    func signed(type: String) throws {
        try withScratchFolder { folder in
            let (zone, signed) = try prepared(type, in: folder)
            let word = try Program.run([
                "verify", signed, "--dns", zone, "--only", "dkim", "--format", "word",
            ])
            #expect(word.output == "pass\n", "\(word.errors)")
            let text = try String(contentsOf: URL(filePath: signed), encoding: .utf8)
            let changed = folder + "/changed.eml"
            try write(text.replacing("Hello", with: "Hallo"), to: changed)
            let after = try Program.run([
                "verify", changed, "--dns", zone, "--only", "dkim", "--format", "word",
            ])
            #expect(after.output == "fail\n", "\(after.errors)")
        }
    }

    @Test("the JSON of verify has every method with its result, and DMARC its ground")
    func json() throws {
        try withScratchFolder { folder in
            let (zone, signed) = try prepared("rsa", in: folder)
            let run = try Program.run(
                ["verify", signed, "--dns", zone, "--format", "json"] + Self.session)
            #expect(run.status == 0, "\(run.errors)")
            let found = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
            #expect(found.spf.result == "pass")
            #expect(found.dkim.map(\.result) == ["pass"])
            #expect(found.arc.result == "none")
            #expect(found.bimi.result == "none")
            #expect(found.dmarc.result == "pass")
            #expect(found.dmarc.policy == "reject")
            #expect(found.dmarc.disposition == "none")
            #expect(found.dmarc.organizationalDomain == "d1.example")
            #expect(found.dmarc.discovery.method == "treewalk")
        }
    }

    struct Answer: Decodable {
        struct Method: Decodable { var result, reason: String }
        struct DMARC: Decodable {
            struct Discovery: Decodable { var method: String }
            var result, reason, policy, disposition, organizationalDomain: String
            var discovery: Discovery
        }
        var spf, arc, bimi: Method
        var dkim: [Method]
        var dmarc: DMARC
    }

    @Test("a message sealed here has a chain that holds")
    func sealed() throws {
        try withScratchFolder { folder in
            let (zone, signed) = try prepared("rsa", in: folder)
            let sealed = try Program.run(
                [
                    "seal", signed, "--domain", "d1.example", "--selector", "s1", "--key",
                    folder + "/rsa.pem", "--authserv-id", "mx.rcpt.example", "--dns", zone,
                ] + Self.session)
            #expect(sealed.status == 0, "\(sealed.errors)")
            let path = folder + "/sealed.eml"
            try write(sealed.output, to: path)
            let word = try Program.run([
                "verify", path, "--dns", zone, "--only", "arc", "--format", "word",
            ])
            #expect(word.output == "pass\n", "\(word.errors)")
        }
    }

    @Test("spf and dmarc answer without a message")
    func records() throws {
        try withScratchFolder { folder in
            let (zone, _) = try prepared("rsa", in: folder)
            let spf = try Program.run(
                ["spf", "--dns", zone, "--format", "word"] + Self.session)
            #expect(spf.output == "pass\n", "\(spf.errors)")
            let dmarc = try Program.run(["dmarc", "a.d1.example", "--dns", zone])
            #expect(dmarc.output.contains("Policy for a.d1.example: reject"), "\(dmarc.errors)")
        }
    }

    @Test("what cannot be done is told in a sentence")
    func refusals() throws {
        try withScratchFolder { folder in
            let (zone, signed) = try prepared("rsa", in: folder)
            let absent = try Program.run(["verify", folder + "/absent.eml", "--dns", zone])
            #expect(absent.status == 1 && absent.errors.contains("cannot be read"))
            let aFolder = try Program.run([
                "sign", folder, "--domain", "d1.example", "--selector",
                "s1", "--key", folder + "/rsa.pem",
            ])
            #expect(aFolder.status == 1 && aFolder.errors.contains("is not a file"))
            let noKey = try Program.run([
                "sign", signed, "--domain", "d1.example", "--selector",
                "s1", "--key", zone,
            ])
            #expect(noKey.status == 1 && noKey.errors.contains("cannot be used"))
            let again = try Program.run([
                "key", "--domain", "d1.example", "--selector", "s1", "--output",
                folder + "/rsa.pem",
            ])
            #expect(again.status == 1 && again.errors.contains("cannot be written"))
        }
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
