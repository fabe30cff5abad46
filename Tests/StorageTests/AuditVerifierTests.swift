import Crypto
import Storage
import TestSupport
import Testing

/// What was done to an exported log is told entry by entry.
struct AuditVerifierTests {
    private static let count = 12

    /// A log of twelve entries.
    private static func log() async throws -> [String] {
        var lines: [String] = []
        try await PeopleSamples.each(.sqlite) { samples in
            let audit = samples.accounts.audit(of: samples.other.id)
            for number in 2...count {
                try await audit.append(
                    AuditChange(
                        by: AuditActor(.person, id: 1, name: "Ada"), "test.change",
                        "thing \(number)", after: "state \(number)"),
                    at: PeopleSamples.now + Int64(number))
            }
            lines = try await samples.export(samples.other.id)
        }
        #expect(lines.count == count)
        return lines
    }

    private func verdict(_ lines: [String], head: AuditHead? = nil) -> AuditVerdict {
        var verifier = AuditVerifier()
        for line in lines { verifier.feed(Array(line.utf8)) }
        return verifier.verdict(head: head)
    }

    private func told(_ lines: [String], head: AuditHead? = nil) -> [String] {
        verdict(lines, head: head).findings.map { finding in
            let entries = finding.entries.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "none"
            return "\(finding.kind.rawValue) \(entries)"
        }
    }

    /// What somebody does who knows how the log is made.
    private static func resealed(_ line: String) throws -> String {
        let start = try #require(line.firstRange(of: "\"digest\":\""))
        let end = line.index(start.upperBound, offsetBy: 64)
        let rest = line[line.index(end, offsetBy: 2)...]
        let content = line[..<start.lowerBound] + rest
        let digest = SHA256.hash(data: Array(content.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return line[..<start.upperBound] + digest + line[end...]
    }

    @Test func `an untouched log is intact, and its head is told`() async throws {
        let lines = try await Self.log()
        let verdict = verdict(lines)
        #expect(verdict.isIntact)
        #expect(verdict.head.sequence == 12)
        #expect(AuditHead(verdict.head.description) == verdict.head)
        #expect(told(lines, head: verdict.head) == [])
        #expect(told([]) == [])
        #expect(self.verdict([]).head.sequence == 0)
        #expect(try Self.resealed(lines[3]) == lines[3])
    }

    @Test func `an edited entry is named`() async throws {
        let lines = try await Self.log()
        var edited = lines
        edited[4] = edited[4].replacing("state 5", with: "state 6")
        #expect(told(edited) == ["edited 5-5"])
        // With its digest made anew, the next entry tells.
        edited[4] = try Self.resealed(edited[4])
        #expect(told(edited) == ["edited 5-5"])
        // White space, another spelling and another order of names are no way to write it either.
        for spelled in [
            lines[4].replacing("{\"act\":", with: "{ \"act\":"),
            lines[4].replacing("thing", with: "\\u0074hing"),
            lines[4].replacing("\"sequence\":5", with: "\"sequence\":5.0"),
        ] {
            var other = lines
            other[4] = spelled
            #expect(told(other) == ["edited 5-5"], "\(spelled)")
        }
        var first = lines
        first[0] = try Self.resealed(first[0].replacing("Other", with: "Another"))
        #expect(told(first) == ["edited 1-1"])
    }

    @Test func `removed entries are named`() async throws {
        let lines = try await Self.log()
        var one = lines
        one.remove(at: 4)
        #expect(told(one) == ["removed 5-5"])
        #expect(told(Array(lines.dropFirst(3))) == ["removed 1-3"])
        #expect(told(Array(lines[..<3] + lines[7...])) == ["removed 4-7"])
        // The rest renumbered, so that no number is missing: the digests tell the real ones.
        for index in 4..<one.count {
            one[index] = one[index].replacing(
                "\"sequence\":\(index + 2)", with: "\"sequence\":\(index + 1)")
        }
        #expect(told(one) == ["removed 5-5", "renumbered 6-12"])
    }

    @Test func `an inserted entry is named`() async throws {
        let lines = try await Self.log()
        var more = lines
        let forged = try Self.resealed(lines[5].replacing("state 6", with: "nothing"))
        more.insert(forged, at: 5)
        #expect(told(more) == ["inserted 6-6"])
        #expect(verdict(more).findings[0].line == 6)
        more[5] = lines[5].replacing("state 6", with: "nothing")
        #expect(told(more) == ["inserted 6-6"])
        var twice = lines
        twice.append(lines[2])
        #expect(told(twice) == ["repeated 3-3"])
        var strange = lines
        strange.insert("{\"hello\":1}", at: 3)
        #expect(told(strange) == ["foreign none"])
        strange[3] = lines[3].replacing("\"organisation\":2", with: "\"organisation\":1")
        #expect(told(strange) == ["foreign none"])
        strange[3] = ""
        #expect(told(strange) == ["foreign none"])
    }

    @Test func `a moved entry is named`() async throws {
        let lines = try await Self.log()
        var moved = lines
        let line = moved.remove(at: 2)
        moved.insert(line, at: 8)
        #expect(told(moved) == ["moved 3-3"])
        moved.swapAt(10, 11)
        #expect(verdict(moved).findings.map(\.kind) == [.moved, .moved])
    }

    @Test func `a cut-off end and a log made anew are found with a noted head`() async throws {
        let lines = try await Self.log()
        let head = verdict(lines).head
        let cut = Array(lines.dropLast(2))
        #expect(told(cut) == [])
        #expect(told(cut, head: head) == ["cutOff 11-12"])
        #expect(told([], head: head) == ["cutOff 1-12"])
        // Everything from entry 6 on written anew, each with a digest that fits.
        var anew = lines
        var previous = ""
        for index in 5..<anew.count {
            if index == 5 { anew[index] = anew[index].replacing("state 6", with: "no state") }
            if !previous.isEmpty {
                let old = verdict([lines[index - 1]]).head.digest
                anew[index] = anew[index].replacing(old, with: previous)
            }
            anew[index] = try Self.resealed(anew[index])
            previous = verdict([anew[index]]).head.digest
        }
        #expect(told(anew) == [])
        #expect(told(anew, head: head) == ["edited 12-12"])
        // A head from before what was touched is no help, and one from before an honest end is kept.
        let early = verdict(Array(lines.prefix(4))).head
        #expect(told(lines, head: early) == [])
        for text in [
            "", "12", "x:\(head.digest)", "12:\(head.digest.uppercased())", "-1:\(head.digest)",
        ] {
            #expect(AuditHead(text) == nil)
        }
    }

    @Test func `whatever the file holds, the check ends and names lines`() async throws {
        let lines = try await Self.log()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var bytes = lines.map { Array($0.utf8) }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let line = Int.random(in: 0..<bytes.count, using: &generator)
                let place = Int.random(in: 0..<bytes[line].count, using: &generator)
                bytes[line][place] ^= UInt8.random(in: 1...255, using: &generator)
            }
            var verifier = AuditVerifier()
            for line in bytes { verifier.feed(line) }
            #expect(!verifier.verdict().isIntact)
        }
        var verifier = AuditVerifier()
        verifier.feed([UInt8](repeating: 0x7B, count: AuditLimits.line + 1))
        verifier.feed([UInt8](repeating: 0x5B, count: AuditLimits.line))
        verifier.feed(
            Array(
                lines[0].replacing("\"sequence\":1", with: "\"sequence\":9223372036854775807").utf8)
        )
        #expect(verifier.verdict().findings.map(\.kind) == [.foreign, .foreign, .foreign])
    }

    @Test func `a check is bounded in lines and in what it tells`() async throws {
        let lines = try await Self.log()
        var verifier = AuditVerifier(most: 10)
        for line in lines { verifier.feed(Array(line.utf8)) }
        let verdict = verifier.verdict()
        #expect(verdict.findings.map(\.kind) == [.foreign])
        #expect(verdict.findings[0].line == 11)
        var many = AuditVerifier()
        for _ in 0..<(AuditLimits.findings + 7) { many.feed([0x7B]) }
        #expect(many.verdict().findings.count == AuditLimits.findings)
        #expect(many.verdict().otherFindings == 7)
        // A number that is off by more than is tried is an edit.
        var far = lines
        far[11] = far[11].replacing(
            "\"sequence\":12", with: "\"sequence\":\(12 + AuditLimits.shift + 1)")
        #expect(told(far) == ["removed 12-20", "edited 21-21"])
        far[11] = lines[11].replacing(
            "\"sequence\":12", with: "\"sequence\":\(12 + AuditLimits.shift)")
        #expect(told(far) == ["renumbered 12-12"])
    }
}
