import MailAuthentication
import Testing

/// The canonical forms of the body, told by what a signature over one text says of another.
@Suite struct DKIMBodyTests {
    private static let header = Array("From: a@example.com\r\n\r\n".utf8)

    /// Signs the first body and verifies the signature over the second.
    private static func result(
        _ form: Canonicalization, signed: String, seen: String, sizes: [Int] = [1 << 20],
        lineEnds: RawMessage.LineEnds = .asSent
    ) async throws -> DKIMResult {
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        signer.bodyForm = form
        let message = RawMessage(
            header: header, body: BodyInMemory(Array(signed.utf8)), lineEnds: .asSent)
        let field = try signer.sign(message, now: DKIMTestKeys.now)
        let body = DKIMCountedBody(Array(seen.utf8), sizes: sizes)
        let other = RawMessage(header: header, body: body, lineEnds: lineEnds)
        return await DKIMVerifier(lookup: try DKIMTestKeys.dns())
            .verify(DKIMTestKeys.with([field], other), now: DKIMTestKeys.now)[0].result
    }

    /// RFC 6376 §3.4.3 and §3.4.4: pairs that are one text in that form.
    private static let same: [(Canonicalization, String, String)] = [
        (.simple, "", "\r\n"), (.simple, "\r\n\r\n\r\n", "\r\n"), (.simple, "a", "a\r\n"),
        (.simple, "a\r\n\r\n\r\n", "a\r\n"), (.relaxed, "", "\r\n"), (.relaxed, "", " \t\r\n\r\n"),
        (.relaxed, "a", "a \t \r\n"), (.relaxed, "a b\r\n", "a \t b\r\n\r\n \r\n"),
        (.relaxed, " a\r\n", "\t  a\r\n"), (.relaxed, "a\r\n\r\nb\r\n", "a\t\r\n \t\r\nb"),
        (.relaxed, "a\rb\r\n", "a\rb \r\n"), (.relaxed, "\r\n\r\na\r\n", " \r\n\t\r\na\r\n"),
    ]

    @Test func `bodies that are the same in a form have the same hash, in any pieces`()
        async throws
    {
        for (form, one, other) in Self.same {
            for (signed, seen) in [(one, other), (other, one)] {
                for sizes in [[1], [2], [3], [1, 7], [1 << 20]] {
                    let result = try await Self.result(
                        form, signed: signed, seen: seen, sizes: sizes)
                    #expect(result == .pass, "\(form) \(signed.debugDescription) \(sizes)")
                }
            }
        }
    }

    private static let different: [(Canonicalization, String, String)] = [
        (.simple, "a\r\n", "a \r\n"), (.simple, "a\r\n", "\r\na\r\n"), (.simple, "", " \r\n"),
        (.simple, "a\r\nb\r\n", "a\nb\r\n"), (.simple, "a\r\nb\r\n", "a\rb\r\n"),
        (.relaxed, "ab\r\n", "a b\r\n"), (.relaxed, "a\r\n", " a\r\n"),
        (.relaxed, "a\r\nb\r\n", "a b\r\n"), (.relaxed, "a\r\nb\r\n", "a\nb\r\n"),
        (.relaxed, "a\r\nb\r\n", "a\r\n\r\nb\r\n"), (.relaxed, "a\r\n", "a\r\r\n"),
        (.simple, "a\0b\r\n", "ab\r\n"),
    ]

    @Test func `bodies that differ in a form have different hashes`() async throws {
        for (form, signed, seen) in Self.different {
            let result = try await Self.result(form, signed: signed, seen: seen)
            #expect(result == .fail, "\(form) \(signed.debugDescription)")
        }
    }

    @Test func `a file with bare line feeds verifies as the message that was sent`() async throws {
        let sent = "one  two\r\n\r\n three \r\n\r\n\r\n"
        let stored = "one  two\n\n three \n\n\n"
        for form in Canonicalization.allCases {
            for sizes in [[1], [5], [1 << 20]] {
                let result = try await Self.result(
                    form, signed: sent, seen: stored, sizes: sizes, lineEnds: .bareLineFeeds)
                #expect(result == .pass, "\(form) \(sizes)")
            }
            let strict = try await Self.result(form, signed: sent, seen: stored)
            #expect(strict == .fail)
        }
    }

    @Test func `any cutting of a random body gives the same hash`() async throws {
        var random = DKIMRandom(seed: 4)
        let parts = ["a", "bcdefghijklmnop", " ", "  ", "\t", "\r\n", "\r", "\n", "é", "\r\n\r\n"]
        for _ in 0..<60 {
            let body = (0..<random.below(120)).map { _ in parts[random.below(parts.count)] }
                .joined()
            for form in Canonicalization.allCases {
                let sizes = (0..<7).map { _ in 1 + random.below(9) }
                let result = try await Self.result(
                    form, signed: body, seen: body, sizes: sizes)
                #expect(result == .pass, "\(form) \(body.debugDescription) \(sizes)")
            }
        }
    }

    /// The relaxed form by the letter of RFC 6376 §3.4.4, one line after the other.
    private static func relaxed(_ body: [UInt8], _ lineEnds: RawMessage.LineEnds) -> [UInt8] {
        var lines: [[UInt8]] = [[]]
        var index = 0
        func lineEnd() -> Int {
            if body[index...].starts(with: [0x0D, 0x0A]) { return 2 }
            return lineEnds == .bareLineFeeds && body[index] == 0x0A ? 1 : 0
        }
        while index < body.count {
            let skipped = lineEnd()
            if skipped > 0 {
                lines.append([])
            } else if body[index] != 0x20 && body[index] != 0x09 {
                lines[lines.count - 1].append(body[index])
            } else if lines[lines.count - 1].last != 0x20 {
                lines[lines.count - 1].append(0x20)
            }
            index += max(1, skipped)
        }
        lines = lines.map { $0.last == 0x20 ? $0.dropLast() : $0 }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Array(lines.map { $0 + [0x0D, 0x0A] }.joined())
    }

    /// What is in the relaxed form already is its own simple form.
    @Test func `random bodies have the relaxed form that the RFC describes`() throws {
        var random = DKIMRandom(seed: 9)
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        let parts = [
            "a", "bcdefghijklmnop", "word and word and word", " ", "  ", "\t", " \t", "\r\n",
            "\r\n", "\r", "\n", "é", "\r\n\r\n", "\r\n ", " \r\n", "\0",
        ]
        func hash(_ body: [UInt8], _ form: Canonicalization, _ ends: RawMessage.LineEnds) throws
            -> [UInt8]
        {
            signer.bodyForm = form
            let sizes = [1 << 20, 1 + random.below(40)]
            let message = RawMessage(
                header: Self.header, body: DKIMCountedBody(body, sizes: [sizes[random.below(2)]]),
                lineEnds: ends)
            let field = try signer.sign(message, now: 0)
            return DKIMSignatureParser.parse(field).signature?.bodyHash ?? []
        }
        for _ in 0..<6_000 {
            let text =
                "a"
                + (0..<random.below(24)).map { _ in parts[random.below(parts.count)] }
                .joined()
            let body = Array(text.utf8)
            for ends in [RawMessage.LineEnds.asSent, .bareLineFeeds] {
                let found = try hash(body, .relaxed, ends)
                let expected = try hash(Self.relaxed(body, ends), .simple, .asSent)
                #expect(found == expected, "\(text.debugDescription) \(ends)")
                guard found == expected else { return }
            }
        }
    }

    @Test func `ten thousand empty lines in front of text count, behind it they do not`()
        async throws
    {
        let empty = String(repeating: "\r\n", count: 10_000)
        for form in Canonicalization.allCases {
            #expect(try await Self.result(form, signed: "a", seen: "a\r\n" + empty) == .pass)
            #expect(try await Self.result(form, signed: "a", seen: empty + "a") == .fail)
            let both = empty + "a"
            #expect(try await Self.result(form, signed: both, seen: both, sizes: [7]) == .pass)
        }
    }

    /// 800 times the same 64 KiB: whoever gathered them would hold 50 MiB.
    private struct LongBody: MessageBody {
        let piece = Array(String(repeating: "a line of text \r\n", count: 4_096).utf8)
        var count: Int { piece.count * 800 }

        func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
            for _ in 0..<800 { piece.withUnsafeBytes(use) }
        }
    }

    @Test func `a body of 50 MiB is signed and verified as it passes by`() async throws {
        let message = RawMessage(header: Self.header, body: LongBody())
        #expect(message.body.count > 50 << 20)
        var signer = try DKIMTestKeys.signer(DKIMTestKeys.ed25519, selector: "s2")
        for form in Canonicalization.allCases {
            signer.bodyForm = form
            let field = try signer.sign(message, now: DKIMTestKeys.now)
            let outcome = await DKIMVerifier(lookup: try DKIMTestKeys.dns())
                .verify(DKIMTestKeys.with([field], message), now: DKIMTestKeys.now)[0]
            #expect(outcome.result == .pass)
        }
    }
}
