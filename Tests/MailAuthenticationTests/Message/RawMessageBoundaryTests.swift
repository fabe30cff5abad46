import FoundationEssentials
import InternetMessage
import MailAuthentication
import TestSupport
import Testing

/// What is authenticated is what is shown: both readers split a message at the same octets.
@Suite struct RawMessageBoundaryTests {
    /// Where the two differ by intent.
    private enum Exception {
        /// Lines end in a bare CR throughout. On the wire such a text is one line; the reader for
        /// people makes the best of it, and there is nothing to authenticate.
        case lineEndsAreCR
        /// The reader for people takes `FROM x` in any case of letters for an mbox separator; three
        /// Dockerfiles among the samples begin so. Neither finds a field in them.
        case fromInCapitals
    }

    private static func exception(_ octets: [UInt8]) -> Exception? {
        if octets.starts(with: "FROM ".utf8) { return .fromInCapitals }
        return octets.contains(0x0A) || !octets.contains(0x0D) ? nil : .lineEndsAreCR
    }

    @Test func `fields and body start where the parser for people finds them, in every file`()
        throws
    {
        let suites = try Self.suites()
        #expect(suites.count > 10)
        var files = 0
        var exceptions = 0
        for suite in suites {
            for path in try SharedData.files(below: "conformance/" + suite) {
                let octets = try SharedData.bytes(path)
                if Self.exception(octets) != nil {
                    exceptions += 1
                    continue
                }
                files += 1
                Self.compare(octets, path)
            }
        }
        print("BOUNDARIES mime-*: files \(files), exceptions \(exceptions)")
        #expect(files > 1_000 && exceptions < 40)
    }

    @Test func `odd headers are split alike`() {
        for text in [
            "", "\r\n", "\n", "A: b", "A: b\r\n", "A: b\r\n\r\n", "A: b\n\nc",
            " A: b\r\nC: d\r\n\r\n",
            "From x\r\nA: b\r\n\r\nc", ">From x\nA: b\n\nc", "From : x\r\n\r\n",
            "A: b\r\nnonsense\r\n",
            "A: b\r\nnonsense\r\nC: d\r\n\r\n", "A: b\r\nnonsense\r\n e\r\n\r\n",
            "A: b\r\n \r\nC: d\r\n",
            "A: b\r\r\nC: d\r\n\r\n", "A\0: b\r\n\r\n", "A: b\rC: d\r\n\r\n", ": b\r\n\r\n",
            "A: b\r\n\t\r\n\r\nc", "\u{FEFF}A: b\r\n\r\n", "A:\r\n\r\n", "A:\r\n b\r\n\r\nc\r\n",
            "A: b\n\rC: d\r\n\r\n", "A : b\r\n : c\r\n\r\n", "A: b\nC: d\r\n\nx",
        ] {
            Self.compare(Array(text.utf8), text.debugDescription)
        }
    }

    @Test func `random headers are split alike`() {
        var random = DKIMRandom(seed: 11)
        let parts = [
            "A: b", "C", ":", " ", "\t", "\r\n", "\n", "\r", "\r\n\r\n", "From ", "x y", "D : e",
            "\0", "é",
        ]
        for _ in 0..<4_000 {
            let text = (0..<random.below(14)).map { _ in parts[random.below(parts.count)] }.joined()
            let octets = Array(text.utf8)
            if Self.exception(octets) == nil { Self.compare(octets, text.debugDescription) }
        }
    }

    @Test func `a header and a body in two pieces are the same message`() {
        for text in ["A: b\r\nC: d\r\n\r\nbody\r\n", "A: b\r\nnonsense\r\n\r\nbody\r\n"] {
            let octets = Array(text.utf8)
            let whole = RawMessage(octets)
            guard let end = text.firstRange(of: "\r\n\r\n")?.upperBound else { return }
            let count = text.utf8.distance(from: text.startIndex, to: end)
            let parts = RawMessage(
                header: Array(octets.prefix(count)),
                body: BodyInMemory(Array(octets.dropFirst(count))))
            #expect(whole.fields.map(\.name) == parts.fields.map(\.name))
            #expect(Self.octets(of: whole.body) == Self.octets(of: parts.body))
            #expect(whole.body.count == parts.body.count)
        }
    }

    @Test func `fields and octets of a header beyond the limits are not read, and that is told`() {
        let many = String(repeating: "A: b\r\n", count: MailAuthentication.Limits.headerFields + 5)
        let fields = RawMessage(Array((many + "\r\nbody").utf8))
        // The field that was being read is kept.
        #expect(fields.fields.count == MailAuthentication.Limits.headerFields)
        #expect(
            fields.defects == [.headerTooLarge]
                && Self.octets(of: fields.body) == Array("body".utf8))
        let long =
            "A: " + String(repeating: "b", count: MailAuthentication.Limits.headerSectionOctets)
        let octets = RawMessage(Array((long + "\r\nC: d\r\n\r\nbody").utf8))
        #expect(octets.fields.count == 1 && octets.defects == [.headerTooLarge])
    }

    private static func suites() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: SharedData.path("conformance"))
            .filter { $0.hasPrefix("mime-") }.sorted()
    }

    private static func compare(_ octets: [UInt8], _ path: String) {
        let shown = MessageParser().parse(octets).root
        let raw = RawMessage(octets)
        #expect(
            raw.fields.map { $0.range }
                == shown.headers.map {
                    $0.nameRange.lowerBound..<$0.valueRange.upperBound
                }, "\(path)")
        #expect(raw.fields.map(\.name) == shown.headers.map(\.name), "\(path)")
        #expect(
            raw.fields.map { Array($0.valueOctets) } == shown.headers.map { Array($0.rawValue) },
            "\(path)")
        #expect(octets.count - raw.body.count == shown.bodyRange.lowerBound, "\(path)")
    }

    private static func octets(of body: any MessageBody) -> [UInt8] {
        var octets: [UInt8] = []
        body.forEachPiece { octets += $0 }
        return octets
    }
}
