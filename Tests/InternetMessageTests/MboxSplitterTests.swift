import InternetMessage
import Testing

@Suite struct MboxSplitterTests {
    static let file = """
        From a@b Sat Jan  1 00:00:00 2026
        Subject: one

        From here on it is text.
        From 10:30 on, not after an empty line.

        From noon on, without a time.

        From c@d Sat Jan  1 00:00:00 2026
        Subject: two

        x
        From -
        Subject: three
        """

    private static func split(_ bytes: [UInt8], chunk: Int, limit: Int = 1_000) -> [MboxMessage] {
        var splitter = MboxSplitter(messageLimit: limit)
        var messages: [MboxMessage] = []
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + chunk)
            messages += splitter.feed(Array(bytes[position..<end]))
            position = end
        }
        return messages + splitter.finish()
    }

    @Test func `Messages are cut where a From line follows an empty line`() {
        for bytes in [Array(Self.file.utf8), Message.bytes(Self.file)] {
            let messages = Self.split(bytes, chunk: bytes.count)
            #expect(
                messages.map { MessageParser().parse($0.bytes).subject } == ["one", "two", "three"])
            #expect(messages.map(\.envelope).last == "From -")
            #expect(messages.allSatisfy { !$0.isTruncated })
            for message in messages {
                let start = Int(message.offset)
                #expect(Array(bytes[start..<(start + message.bytes.count)]) == message.bytes)
            }
        }
    }

    @Test func `Any cutting into chunks gives the same messages`() {
        let bytes = Message.bytes(Self.file)
        let whole = Self.split(bytes, chunk: bytes.count)
        for chunk in 1...40 {
            let messages = Self.split(bytes, chunk: chunk)
            #expect(messages.map(\.bytes) == whole.map(\.bytes))
            #expect(messages.map(\.offset) == whole.map(\.offset))
            #expect(messages.map(\.envelope) == whole.map(\.envelope))
        }
    }

    @Test func `A message over the limit is cut short, and the next one is whole`() {
        let long = String(repeating: "x", count: 5_000)
        let text = "From a 1:00\nA: \(long)\n\nFrom b 1:00\nA: b\n"
        for chunk in [1, 7, 4_096, 10_000] {
            let messages = Self.split(Array(text.utf8), chunk: chunk, limit: 100)
            #expect(messages.map(\.bytes.count) == [100, 5])
            #expect(messages.map(\.isTruncated) == [true, false])
        }
    }

    @Test func `Text without a From line is one message, and nothing is none`() {
        #expect(
            Self.split(Array("A: b\n\nc".utf8), chunk: 3).map(\.bytes) == [Array("A: b\n\nc".utf8)])
        #expect(Self.split([], chunk: 1).isEmpty)
        #expect(Self.split(Array("\r\n\n".utf8), chunk: 1).isEmpty)
    }
}
