import SMTP
import Testing

/// Nothing but CRLF "." CRLF ends a message, whatever stands in it, in whatever pieces it comes.
struct `Smuggling` {
    private static let letters: [UInt8] = [0x0D, 0x0A, UInt8(ascii: "."), 0x00, UInt8(ascii: "x")]
    private static let smuggled = Array(
        "MAIL FROM:<evil@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nevil\r\n.\r\n".utf8)

    private static func holds(_ sequence: [UInt8], _ end: [UInt8]) -> Bool {
        sequence.count >= end.count
            && (0...(sequence.count - end.count)).contains {
                sequence[$0..<($0 + end.count)].elementsEqual(end)
            }
    }

    /// All sequences of up to six of the five octets that matter: 19,530 of them.
    @Test func `no sequence but the right one ends a message`() {
        var sequences: [[UInt8]] = [[]]
        var begin = 0
        for _ in 1...6 {
            let end = sequences.count
            for index in begin..<end {
                for letter in Self.letters { sequences.append(sequences[index] + [letter]) }
            }
            begin = end
        }
        let start = Dialogue.inData()
        var ended = 0
        for sequence in sequences.dropFirst() where sequence.contains(UInt8(ascii: ".")) {
            var dialogue = start
            let text = [UInt8(ascii: "a")] + sequence
            dialogue.feed(text)
            let isEnd = Self.holds(text, [0x0D, 0x0A, UInt8(ascii: "."), 0x0D, 0x0A])
            if isEnd { ended += 1 }
            #expect(dialogue.session.isInContent == !isEnd, "\(sequence)")
        }
        // x CRLF.CRLF x in six places: only CRLF.CRLF alone, or with one octet around it.
        #expect(ended == 11)
    }

    @Test(arguments: [
        "\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\n.\r", "\r.\n", "\r\n.\n", "\r\n.\r",
        "\r\n\0.\r\n",
        "\r\n.\0\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\r\n\r.\r\n", "\n\n.\r\n", "\r\n.\n\r\n",
        "\n\r.\n\r",
        "\r\n. \r\n", "\r\n..\r\n", "\u{85}.\u{85}", "\u{2028}.\u{2028}", "\u{B}.\u{B}",
        "\u{C}.\u{C}",
        "\r\n.\r\u{0}\n", "\n.\u{0}\n",
    ])
    func `a false end in DATA never makes a second message`(_ end: String) {
        for isTaken in [true, false] {
            var options = Dialogue.options
            options.takesBareLineFeed = isTaken
            var transcripts: Set<[String]> = []
            for pieces in [[1_000_000], [1], [2], [3, 1, 5]] {
                var dialogue = Dialogue.inData(options)
                dialogue.feed(
                    Array("Subject: x\r\n\r\ntext".utf8) + Array(end.utf8) + Self.smuggled,
                    inPiecesOf: pieces)
                transcripts.insert(dialogue.events)
                #expect(dialogue.messages.count <= 1)
                #expect(dialogue.envelopes.allSatisfy { $0.reversePath.description != "evil@b" })
                #expect(!dialogue.events.contains { $0.contains("evil") })
                for message in dialogue.messages { expectClean(message) }
            }
            #expect(transcripts.count == 1)
        }
    }

    /// What is handed over has CRLF alone, so that it means the same to everybody behind us.
    private func expectClean(_ message: [UInt8]) {
        for (index, octet) in message.enumerated() {
            if octet == 0x0A { #expect(index > 0 && message[index - 1] == 0x0D) }
            if octet == 0x0D { #expect(index + 1 < message.count && message[index + 1] == 0x0A) }
        }
    }

    @Test(arguments: [
        "\n.\n", "\n.\r\n", "\r\n.\r\n", "\r.\r", "\r\n.\n", "\n", "\r", "\r\n.\r\nQUIT\r\n",
    ])
    func `a chunk is as long as it says, whatever it holds`(_ end: String) {
        for isTaken in [true, false] {
            var options = Dialogue.options
            options.takesBareLineFeed = isTaken
            var transcripts: Set<[String]> = []
            for pieces in [[1_000_000], [1], [2], [3, 1, 5]] {
                let content = Array("Subject: x\r\n\r\ntext".utf8) + Array(end.utf8) + Self.smuggled
                var dialogue = Dialogue.beforeChunk(options)
                let half = content.count / 2
                dialogue.feed(
                    Array("BDAT \(half)\r\n".utf8) + content[..<half]
                        + Array("BDAT \(content.count - half) LAST\r\n".utf8) + content[half...]
                        + Array("NOOP\r\n".utf8),
                    inPiecesOf: pieces)
                transcripts.insert(dialogue.events)
                #expect(dialogue.messages.count <= 1)
                #expect(!dialogue.events.contains { $0.contains("evil") })
                #expect(dialogue.codes.last == 250)
                for message in dialogue.messages { expectClean(message) }
            }
            #expect(transcripts.count == 1)
        }
    }

    @Test func `a bare line feed becomes a line end, or the message is refused`() {
        var options = Dialogue.options
        var dialogue = Dialogue.inData(options)
        dialogue.feed("a\nb\n.\nc\r\n.\r\n")
        #expect(dialogue.messages == [Array("a\r\nb\r\n.\r\nc\r\n".utf8)])
        #expect(dialogue.defects == [[.bareLineFeed]])
        options.takesBareLineFeed = false
        var strict = Dialogue.inData(options)
        strict.feed("a\nb\n.\nc\r\n.\r\nNOOP\r\n")
        #expect(strict.messages.isEmpty)
        #expect(strict.codes.suffix(2) == [554, 250])
        var command = Dialogue(options)
        command.feed("EHLO c\nMAIL FROM:<a@b>\n")
        #expect(command.codes == [220, 521])
        #expect(command.isClosed)
    }

    @Test func `a bare carriage return makes a message refused`() {
        for content in ["a\rb\r\n", "\ra\r\n", "a\r\r\n", "a\r\n.\rb\r\n"] {
            var dialogue = Dialogue.inData()
            dialogue.feed(content + ".\r\nNOOP\r\n")
            #expect(dialogue.messages.isEmpty)
            #expect(dialogue.codes.suffix(2) == [554, 250], "\(content)")
        }
        var chunk = Dialogue.beforeChunk()
        chunk.feed("BDAT 2 LAST\r\na\rNOOP\r\n")
        #expect(chunk.codes.suffix(2) == [554, 250])
        var split = Dialogue.beforeChunk()
        split.feed("BDAT 2\r\na\rBDAT 2 LAST\r\n\nb")
        #expect(split.messages == [Array("a\r\nb".utf8)])
        #expect(split.defects == [[.noFinalLineEnd]])
    }

    @Test func `binary content is left as it is`() {
        var dialogue = Dialogue.beforeChunk(parameters: " BODY=BINARYMIME")
        dialogue.feed(Array("DATA\r\nBDAT 6 LAST\r\n".utf8) + [0, 0x0A, 0x0D, 0x2E, 0x0A, 0xFF])
        #expect(dialogue.codes.suffix(2) == [503, 250])
        #expect(dialogue.messages == [[0, 0x0A, 0x0D, 0x2E, 0x0A, 0xFF]])
        #expect(dialogue.defects == [[]])
    }

    @Test func `what is odd about the content is told`() {
        func defects(_ content: [UInt8], _ parameters: String = "") -> Set<TransportDefect>? {
            var dialogue = Dialogue.beforeChunk(parameters: parameters)
            dialogue.feed(Array("DATA\r\n".utf8) + content + Array("\r\n.\r\n".utf8))
            return dialogue.defects.first
        }
        #expect(defects(Array("plain".utf8)) == [])
        #expect(defects([0x61, 0, 0x62]) == [.nul])
        #expect(defects([0xE4]) == [.eightBitWithoutDeclaration])
        #expect(defects([0xE4], " BODY=8BITMIME") == [])
        #expect(defects(Array(repeating: 0x61, count: Limits.contentLineOctets)) == [])
        #expect(defects(Array(repeating: 0x61, count: Limits.contentLineOctets + 1)) == [.longLine])
    }

    @Test func `dots are unstuffed at the starts of lines alone`() {
        for pieces in [[1_000], [1], [2]] {
            var dialogue = Dialogue.inData()
            dialogue.feed(
                Array(".From: a\r\n..\r\n...\r\n.x\r\nx.\r\n\r\n.\r\n".utf8), inPiecesOf: pieces)
            #expect(dialogue.messages == [Array("From: a\r\n.\r\n..\r\nx\r\nx.\r\n\r\n".utf8)])
        }
        var empty = Dialogue.inData()
        empty.feed(".\r\n")
        #expect(empty.messages == [[]])
    }
}
