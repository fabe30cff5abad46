import InternetMessage
import Testing

/// Every limit is met, and what an attacker can multiply is bounded. Work is counted, not timed:
/// input that would cost the square of its length would not end here.
@Suite struct BoundsTests {
    private static let kind = "Content-Type: multipart/mixed; boundary="

    @Test func `Parts: 30,000 in a row stop at the limit, the octets stay`() {
        let text = Self.kind + "a\n\n" + String(repeating: "--a\n\nx\n", count: 30_000) + "--a--\n"
        let message = Message.parse(text)
        #expect(message.allParts.count == Limits.parts)
        #expect(message.defects.map(\.code) == [.tooManyParts])
        #expect(message.isIncomplete)
        #expect(message.bytes.count == Message.bytes(text).count)
        #expect(message.root.bodyRange.upperBound == message.bytes.count)
        let all = Message.parse(text) { $0.parts = 100_000 }
        #expect(all.root.children.count == 30_000)
        #expect(all.defects == [])
    }

    @Test func `Depth: multiparts in multiparts stop at the limit`() {
        let text = (0..<10_000).map { "\(Self.kind)b\($0)\n\n--b\($0)\n" }.joined()
        let message = Message.parse(text)
        #expect(message.allParts.count == Limits.depth + 1)
        #expect(message.has(.tooDeep))
        // A budget may say more, but not without end.
        let deep = Message.parse(text) {
            $0.depth = .max
            $0.parts = .max
        }
        #expect(deep.allParts.count == Limits.greatestDepth + 1)
        #expect(deep.has(.tooDeep))
    }

    @Test func `Depth: 900 open boundaries make no line dearer`() {
        let opening = (0..<900).map { "\(Self.kind)b\($0)\n\n--b\($0)\n" }.joined()
        let text = opening + "\n" + String(repeating: "--c0000\n", count: 20_000) + "--b0--\n"
        let message = Message.parse(text) {
            $0.depth = 1_000
        }
        #expect(message.allParts.count == 901)
        let missing = message.defects.filter { $0.code == .missingEndBoundary }
        #expect(missing.map(\.occurrences).reduce(0, +) == 899)
        #expect(missing.count == Limits.defectsPerCode)
    }

    @Test func `Messages 200 deep stop at the limit, or are all read`() {
        let text = String(repeating: "Content-Type: message/rfc822\n\n", count: 200) + "\nx"
        let message = Message.parse(text)
        #expect(message.allParts.count == Limits.messageDepth + 1)
        #expect(message.has(.tooManyNestedMessages))
        let innermost = message.allParts.last
        #expect(innermost?.rawBody.suffix(1) == [0x78])
        let all = Message.parse(text) {
            $0.messageDepth = 1_000
            $0.depth = 1_000
        }
        #expect(all.allParts.count == 201)
        #expect(all.allParts.last?.text() == "x")
    }

    @Test func `Encoded messages in encoded messages stop at the limit`() {
        var text = "Subject: x\n\ny"
        for _ in 0..<8 {
            let head =
                "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
            text = head + text.replacing("=", with: "=3D")
        }
        let message = Message.parse(text)
        #expect(message.allParts.count == Limits.encodedDepth + 1)
        #expect(message.has(.encodedTooDeep))
        let poor = Message.parse(text) { $0.decodedBytes = 40 }
        #expect(poor.has(.tooManyDecodedBytes))
        #expect(poor.budget.decodedBytes == 0)
    }

    @Test func `Header fields: a hundred thousand stop at the limit, the body is found`() {
        let text = String(repeating: "A: b\n", count: 100_000) + "\nbody"
        let message = Message.parse(text)
        #expect(message.headers.count == Limits.headerFields)
        #expect(message.defects.first?.code == .tooManyHeaderFields)
        #expect(message.root.text() == "body")
    }

    @Test func `Header octets: a field of 10 MB stops at the limit, the body is found`() {
        let line = " " + String(repeating: "x", count: 76) + "\n"
        let text = "A: b\nB:" + String(repeating: line, count: 135_000) + "C: d\n\nbody"
        let message = Message.parse(text)
        #expect(message.headers.map(\.name) == ["A", "C"])
        #expect(message.has(.tooManyHeaderBytes))
        #expect(message.root.text() == "body")
        let all = Message.parse(text) { $0.headerBytes = 20 << 20 }
        #expect(all.headers.count == 3)
        #expect(all.headers[1].unfolded.utf8.count <= Limits.fieldTextBytes)
    }

    @Test func `Parameters: of one field, and of all`() {
        let many = (0..<10_000).map { "; a\($0)=b" }.joined()
        let message = Message.parse("Content-Type: text/plain\(many)\n\n")
        #expect(message.root.contentType.parameters.count == Limits.parametersPerField)
        #expect(message.has(.tooManyParameters))
        let few = Message.parse("Content-Type: text/plain\(many)\n\n") { $0.parameters = 3 }
        #expect(few.root.contentType.parameters.count == 3)
        #expect(few.budget.parameters == 0)
        let sections = (0..<10_000).map { "; a*\($0)=b" }.joined()
        let joined = Message.parse("Content-Type: text/plain\(sections)\n\n")
        #expect(
            joined.root.contentType.parameters.map(\.value.count) == [Limits.parametersPerField])
    }

    @Test func `Boundaries longer than RFC 2046 allows are used and said, endless ones are not`() {
        let long = String(repeating: "b", count: Limits.standardBoundaryBytes + 1)
        let message = Message.parse(Self.kind + "\(long)\n\n--\(long)\n\nx\n--\(long)--\n")
        #expect(message.root.children.count == 1)
        #expect(Message.codes(message) == [.overlongBoundary])
        let endless = String(repeating: "b", count: Limits.boundaryBytes + 1)
        let other = Message.parse(Self.kind + "\(endless)\n\n--\(endless)\n\nx\n")
        #expect(other.root.children.isEmpty)
        #expect(other.has(.overlongBoundary))
    }

    @Test func `10,000 boundaries that were ended, one after the other`() {
        let one = "--o\n\(Self.kind)\"i\"\n\n--i\n\nx\n--i--\n"
        let text = Self.kind + "o\n\n" + String(repeating: one, count: 10_000) + "--o--\n"
        let message = Message.parse(text) { $0.parts = 100_000 }
        #expect(message.allParts.count == 20_001)
        #expect(message.defects == [])
    }

    @Test func `Fields that make a careless reader go back again and again`() {
        let count = 200_000
        for unit in [
            "=?a?Q?", "(", "\"\\", "<", "a;(", "\"<\\", "=?", "a:", "[", "<,", ",\"", "*=\"'",
        ] {
            let text = String(String(repeating: unit, count: count / unit.utf8.count))
            let message = MessageParser().parse(
                Array(
                    "Content-Type: a/b; \(text)\nContent-Disposition: \(text)\nTo: \(text)\n\n".utf8
                ))
            for field in message.headers {
                #expect(field.text.utf8.count <= 3 * Limits.fieldTextBytes)
                #expect(field.addresses.mailboxes.count <= Limits.addresses)
                #expect(field.messageIdentifiers.count <= Limits.messageIdentifiers)
                _ = field.date
            }
        }
    }

    @Test func `Defects of one kind are kept up to the limit and then counted`() {
        let text = String(repeating: "Subject : x\n", count: 100) + "\n"
        let defects = Message.parse(text).defects.filter { $0.code == .spaceBeforeColon }
        #expect(defects.count == Limits.defectsPerCode)
        #expect(defects.map(\.occurrences).reduce(0, +) == 100)
    }
}
