// Seeds: ../shared/conformance/mime-mail-parser/eml, mime-enmime, mime-mimekit/messages,
// mime-wooyun-xss. Crashers: Tests/InternetMessageTests/Fixtures/FailCases/.
import InternetMessage

/// Parses the input as a message and as an mbox file, walks all parts and decodes all that can be
/// decoded, with a small budget so that limits are met as well.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessageParser(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    readAll(MessageParser().parse(bytes))
    var budget = Budget()
    budget.parts = 6
    budget.depth = 3
    budget.messageDepth = 2
    budget.headerFields = 12
    budget.headerBytes = 400
    budget.parameters = 5
    budget.decodedBytes = 300
    readAll(MessageParser(budget: budget).parse(bytes))

    // Whole, or cut in two: the messages must be the same.
    var whole = MboxSplitter(messageLimit: 1 << 12)
    var halves = MboxSplitter(messageLimit: 1 << 12)
    let expected = whole.feed(bytes) + whole.finish()
    var found = halves.feed(Array(bytes.prefix(size / 3)))
    found += halves.feed(Array(bytes.dropFirst(size / 3)))
    found += halves.finish()
    precondition(expected.map(\.bytes) == found.map(\.bytes))
    precondition(expected.map(\.offset) == found.map(\.offset))
    return 0
}

private func readAll(_ message: ParsedMessage) {
    for part in message.allParts {
        precondition(part.bodyRange.upperBound <= part.source.count)
        _ = part.decodedText(limit: 1 << 16)
        _ = part.decodedBody(limit: 7)
        _ = part.fileName
        _ = part.contentIdentifier
        for field in part.headers {
            _ = field.name
            _ = field.text
            _ = field.unfolded
            _ = field.addresses.mailboxes.map(\.spec)
            _ = field.addresses.mailboxes.map(\.emailAddress)
            _ = field.date
            _ = field.messageIdentifiers
            _ = ContentType(parsing: [UInt8](field.rawValue))
            _ = ContentDisposition(parsing: [UInt8](field.rawValue))
        }
    }
    _ = message.subject
    _ = message.from
    _ = message.messageIdentifier
}
