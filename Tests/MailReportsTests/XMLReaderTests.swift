import MailReports
import Testing

/// The reader by itself: which parts of a document it hands over.
@Suite struct XMLReaderTests {
    /// Writes down what it is given, texts joined.
    struct Recorder: XMLHandler {
        var events: [String] = []
        private var texts = ""

        private static func string(_ bytes: XMLBytes) -> String {
            String(decoding: bytes, as: UTF8.self)
        }

        private mutating func flush() {
            if !texts.isEmpty { events.append("“\(texts)”") }
            texts = ""
        }

        mutating func attribute(name: XMLBytes, value: XMLBytes) {
            flush()
            events.append("\(Self.string(name))=\(Self.string(value))")
        }

        mutating func open(prefix: XMLBytes, name: XMLBytes) -> XMLOpening {
            flush()
            let prefix = prefix.isEmpty ? "" : Self.string(prefix) + ":"
            events.append("<\(prefix)\(Self.string(name))")
            return .push
        }

        mutating func text(_ bytes: XMLBytes) { texts += Self.string(bytes) }

        mutating func close(_ manner: XMLClosing) {
            flush()
            events.append(">" + (manner == .tag ? "" : manner == .implied ? "implied" : "end"))
        }

        func isTransparent(prefix: XMLBytes, name: XMLBytes) -> Bool { false }

        mutating func depart(
            _ code: Repair.Code, _ weight: Repair.Weight, at offset: Int, _ detail: String
        ) {
            flush()
            events.append("\(code.rawValue)@\(offset)")
        }
    }

    private func events(_ document: String, chunk: Int) throws -> [String] {
        var reader = XMLReader(handler: Recorder())
        let bytes = Array(document.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes {
                try reader.feed($0)
            }
        }
        try reader.finish()
        return reader.handler.events
    }

    static let documents: [(String, [String])] = [
        ("<a/>", ["<a", ">"]),
        ("<a></a>", ["<a", ">"]),
        ("<a >x</a\n>", ["<a", "“x”", ">"]),
        ("<n:a><n:b/></n:a>", ["<n:a", "<n:b", ">", ">"]),
        ("<a b=\"1\" c='&amp;>'/>", ["b=1", "c=&amp;>", "<a", ">"]),
        ("<a b = '1'>x</a>", ["b=1", "<a", "“x”", ">"]),
        ("<a>1&lt;2&#x26;&#51;</a>", ["<a", "“1<2&3”", ">"]),
        ("<a><![CDATA[<&]]]]></a>", ["<a", "“<&]]”", ">"]),
        (
            "<a><!-- <b> -- --->x<?p <?></a>",
            ["<a", "“x”", "strayMarkup@24", "strayMarkup@27", ">"]
        ),
        ("<a><b>x</a>", ["<a", "<b", "“x”", "mismatchedTag@7", ">implied", ">"]),
        ("<a></b></a>", ["<a", "mismatchedTag@3", ">"]),
        ("<a><b>", ["<a", "<b", "truncatedDocument@6", ">end", ">end"]),
        ("<a>&</a>", ["<a", "bareAmpersand@4", "“&”", ">"]),
        ("<a>&x y;</a>", ["<a", "bareAmpersand@5", "“&x y;”", ">"]),
        ("<a>&x;</a>", ["<a", "unknownEntity@5", "“&x;”", ">"]),
        (
            "<a><b<c/></a>",
            ["<a", "strayMarkup@3", "<b", "<c", ">", "mismatchedTag@9", ">implied", ">"]
        ),
        ("<a></a><!-- c --> \n", ["<a", ">"]),
    ]

    @Test(arguments: documents) func `a document is handed over in its parts`(
        _ document: String, _ expected: [String]
    ) throws {
        for chunk in [1, 2, 3, 100] {
            #expect(try events(document, chunk: chunk) == expected, "chunks of \(chunk)")
        }
    }

    @Test func `names of any length within the limit are matched`() throws {
        let long = String(repeating: "n", count: 256)
        let events = try events("<\(long)><\(long.dropLast())>x</\(long)>", chunk: 50)
        #expect(events.suffix(4) == ["“x”", "mismatchedTag@516", ">implied", ">"])
    }
}
