import DNS
import Testing

/// Updates and signature records on the wire.
@Suite struct UpdateTests {
    private static func name(_ text: String) throws -> DNSName { try #require(DNSName(text)) }

    private static func every() throws -> DNSUpdate {
        let name = try name("_dmarc.Example.test")
        let mail = try Self.name("mail.example.test")
        let record = ResourceRecord(
            name: name, type: .txt, timeToLive: 300, data: .text("v=DMARC1; p=reject"))
        return DNSUpdate(
            zone: try Self.name("example.test"),
            prerequisites: [
                .nameInUse(mail), .nameNotInUse(name), .exists(mail, .mx), .absent(name, .txt),
                .holds(mail, .mx, .mx(preference: 0, exchange: .root)),
            ],
            instructions: [
                .add(record), .remove(name, .txt, .text("old")), .removeSet(mail, .mx),
                .removeName(mail),
            ])
    }

    @Test func `an update is read as it was written`() throws {
        let update = try Self.every()
        for compressing in [true, false] {
            let bytes = update.message(id: 7).render(compressing: compressing)
            let message = try DNSMessage.parse(bytes)
            #expect(message.operation == 5 && message.id == 7)
            #expect(try DNSUpdate.parse(message) == update)
        }
    }

    @Test func `each prerequisite and instruction has the class and type of RFC 2136`() throws {
        let message = try Self.every().message(id: 0)
        #expect(message.questions.map(\.type) == [.soa])
        #expect(message.answers.map(\.recordClass) == [.any, .none, .any, .none, .internet])
        #expect(message.answers.map(\.type) == [.any, .any, .mx, .txt, .mx])
        #expect(message.answers.allSatisfy { $0.timeToLive == 0 })
        #expect(message.authorities.map(\.recordClass) == [.internet, .none, .any, .any])
        #expect(message.authorities.map(\.type) == [.txt, .txt, .mx, .any])
        #expect(message.authorities.map(\.timeToLive) == [300, 0, 0, 0])
    }

    @Test func `what is no update is refused`() throws {
        let good = try Self.every().message(id: 1)
        let outside = try Self.name("example.net")
        var cases: [DNSMessage] = []
        func with(_ change: (inout DNSMessage) -> Void) {
            var copy = good
            change(&copy)
            cases.append(copy)
        }
        with { $0.operation = 0 }
        with { $0.isResponse = true }
        with { $0.questions = [] }
        with { $0.questions[0].type = .txt }
        with { $0.questions[0].recordClass = .any }
        with { $0.answers[0].timeToLive = 1 }
        with { $0.answers[0].name = outside }
        with { $0.answers[0].recordClass = .chaos }
        with { $0.answers[4].type = .any }
        with { $0.authorities[0].name = outside }
        with { $0.authorities[0].type = .any }
        with { $0.authorities[1].timeToLive = 5 }
        with { $0.authorities[2].recordClass = .chaos }
        with { $0.authorities[2].data = .text("x") }
        with {
            $0.answers = Array(repeating: good.answers[0], count: Limits.updateRecords + 1)
        }
        with {
            $0.authorities = Array(
                repeating: good.authorities[0], count: Limits.updateRecords + 1)
        }
        for message in cases {
            #expect(throws: DNSMessageError.self) { try DNSUpdate.parse(message) }
        }
        let full = Array(repeating: good.answers[0], count: Limits.updateRecords)
        var most = good
        most.answers = full
        #expect(try DNSUpdate.parse(most).prerequisites.count == Limits.updateRecords)
    }

    // MARK: Signatures

    private static func signature() throws -> TransactionSignature {
        TransactionSignature(
            keyName: try name("Key.Example"), algorithm: try name("HMAC-SHA256"),
            signedAt: 0x1234_5678_9ABC, authenticationCode: Array(0..<32), originalID: 9,
            fault: .badTime, other: [0, 0, 1, 2, 3, 4])
    }

    @Test func `a signature is taken off as it was put on`() throws {
        let signature = try Self.signature()
        var message = try Self.every().message(id: 9)
        message.edns = DNSMessage.EDNS(payloadSize: 1_232)
        let plain = message.render()
        let whole = try #require(signature.append(to: plain))
        let signed = try #require(try SignedMessage.parse(whole))
        #expect(signed.signature == signature)
        #expect(signed.unsigned == plain)
        #expect(signed.signature.serverTime == 0x0001_0203_04)
        #expect(try SignedMessage.parse(plain) == nil)
        // The message as a whole can be read too: the signature is its last record.
        #expect(try DNSMessage.parse(whole).additionals.map(\.type) == [.tsig])
        // A server in between may have changed the identifier.
        var passed = whole
        passed[0] = 0xFF
        #expect(try SignedMessage.parse(passed)?.unsigned == plain)
    }

    @Test func `what a signature covers is in the canonical form`() throws {
        let signature = try Self.signature()
        let covered = signature.covered(message: [1, 2, 3], requestCode: [7, 8])
        let names = DNSName("key.example")?.wire ?? []
        let algorithm = DNSName("hmac-sha256")?.wire ?? []
        let head: [UInt8] = [0, 2, 7, 8, 1, 2, 3] + names + [0, 255, 0, 0, 0, 0] + algorithm
        #expect(
            covered == head + [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 1, 44, 0, 18, 0, 6]
                + [0, 0, 1, 2, 3, 4])
        #expect(signature.covered(message: []).starts(with: names))
    }

    @Test func `a signature that is not the last record, or is malformed, is refused`() throws {
        let signature = try Self.signature()
        let plain = try Self.every().message(id: 9).render()
        let whole = try #require(signature.append(to: plain))
        let twice = try #require(signature.append(to: whole))
        #expect(throws: DNSMessageError.self) { try SignedMessage.parse(twice) }
        for count in 0..<whole.count {
            #expect(throws: DNSMessageError.self) {
                try SignedMessage.parse(Array(whole[..<count]))
            }
        }
        #expect(throws: DNSMessageError.self) { try SignedMessage.parse(whole + [0]) }
        // Its class is ANY and its time to live 0.
        let start = plain.count + signature.keyName.wire.count
        for place in [start + 3, start + 7] {
            var bent = whole
            bent[place] ^= 1
            #expect(throws: DNSMessageError.self) { try SignedMessage.parse(bent) }
        }
        // In another section it is no signature.
        var message = try DNSMessage.parse(whole)
        message.authorities = message.additionals
        message.additionals = []
        let moved = message.render()
        #expect(throws: DNSMessageError.self) { try SignedMessage.parse(moved) }
        let long = [UInt8](repeating: 0, count: Limits.messageOctets + 1)
        #expect(throws: DNSMessageError.self) { try SignedMessage.parse(long) }
        var many = plain
        many[5] = UInt8(Limits.questions + 1)
        #expect(throws: DNSMessageError.self) { try SignedMessage.parse(many) }
    }

    @Test func `the answers of updates have their names`() {
        let names = (0...10).map { ResponseCode(rawValue: $0).description }
        #expect(Set(names).count == 11 && !names.contains { $0.hasPrefix("RCODE") })
        #expect(ResponseCode.setMissing.description == "NXRRSET")
        #expect(TransactionSignature.Fault.badKey.description == "BADKEY")
    }

    @Test func `the data of one record is read from its text, and of no more than one`() throws {
        let null = try RecordData(type: .mx, presentation: "0 .")
        #expect(null == .mx(preference: 0, exchange: .root))
        let text = try RecordData(type: .txt, presentation: "\"a;b\" \"c\\\"\"")
        #expect(text == .txt([Array("a;b".utf8), Array("c\"".utf8)]))
        #expect(try RecordData(type: .txt, presentation: text.presentation(as: .txt)) == text)
        for (type, hostile) in [
            (RecordType.txt, "\"a\"\n. 0 IN TXT \"b\""), (.txt, ""), (.mx, "10"),
            (.mx, "0 . TXT"), (.a, "192.0.2.1 ; x\r\n"), (.any, "x"), (.txt, "\"a"), (.txt, "(a"),
        ] {
            #expect(throws: ZoneFileError.self) {
                try RecordData(type: type, presentation: hostile)
            }
        }
    }
}
