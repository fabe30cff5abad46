// Seeds: ../shared/conformance/smtp-chasquid-fuzz. The first octet chooses options and pieces.
// Crashers: Tests/SMTPTests/Fixtures/FailCases/SMTPCommandStreamFuzz.
import SMTP

/// A client's octets, chunks and all, whole and in pieces: the same actions, replies that are
/// replies, contents that no other server can read differently, and bounds that hold.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard size > 1, let data else { return 0 }
    let octets = Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
    var whole = Run(choice: data[0])
    whole.feed(octets)
    var pieces = Run(choice: data[0])
    var index = 0
    var length = Int(data[0] & 7) + 1
    while index < octets.count {
        let end = min(octets.count, index + length)
        pieces.feed(Array(octets[index..<end]))
        index = end
        length = length % 13 + 1
    }
    precondition(whole.events == pieces.events)
    precondition(whole.contents == pieces.contents)
    whole.check()
    return 0
}

/// One dialogue with a policy that refuses some.
private struct Run {
    private var session: SMTPServerSession
    private let maximum: Int
    /// Actions and replies; all replies between two actions are one.
    private(set) var events = [""]
    private(set) var contents: [[UInt8]] = []
    private var isBinary: [Bool] = []

    init(choice: UInt8) {
        var options = SMTPServerOptions(hostName: "mx.example")
        options.maximumMessageOctets = choice & 8 == 0 ? 200 : 20
        options.takesBareLineFeed = choice & 16 == 0
        options.offersStartTLS = choice & 32 == 0
        options.offersXClient = choice & 64 == 0
        options.recipients = 3
        options.errors = choice & 128 == 0 ? 1_000 : 5
        options.idleCommands = 50
        maximum = options.maximumMessageOctets
        session = SMTPServerSession(options)
        session.greet()
    }

    mutating func feed(_ octets: [UInt8]) {
        var index = 0
        while true {
            var consumed = 0
            let action = session.advance(octets.span.extracting(index...), consumed: &consumed)
            index += consumed
            // A read brings at most so much more than may be kept.
            precondition(session.content.count <= maximum + 2 * octets.count + 2)
            guard let action else { break }
            take(action)
        }
        takeReplies()
    }

    private mutating func take(_ action: SMTPServerSession.Action) {
        takeReplies()
        switch action {
        case .hello, .mail: session.answer(nil)
        case .recipient(let recipient):
            let isRefused = recipient.path.description.hasPrefix("x")
            session.answer(isRefused ? SMTPReply(550, nil, "no\r\n250 yes") : nil)
        case .message:
            isBinary.append(session.envelope?.parameters.body == .binaryMIME)
            contents.append(session.takeContent())
            precondition(session.envelope?.recipients.isEmpty == false)
            session.answer(SMTPReply(250, nil, "ok"))
        case .startTLS: break
        case .xclient(let attributes): session.greet(hasHello: attributes.helo != nil)
        case .pause: session.resume()
        case .contentBegins, .discarded, .close: break
        }
        // A set has no order of its own.
        if case .message(let defects) = action {
            events.append("message \(defects.map(\.rawValue).sorted())")
        } else {
            events.append("\(action)")
        }
        events.append("")
    }

    private mutating func takeReplies() {
        let octets = session.takeReplies()
        events[events.count - 1] += String(decoding: octets, as: UTF8.self)
    }

    /// Every reply reads as one, and every content has CRLF alone.
    func check() {
        for event in events where event.hasSuffix("\r\n") {
            var parser = SMTPReplyParser()
            let octets = Array(event.utf8)
            var index = 0
            while index < octets.count {
                var consumed = 0
                guard (try? parser.parse(octets[index...], consumed: &consumed)) != nil else {
                    fatalError("a reply is not a reply")
                }
                index += consumed
            }
            precondition(!parser.isInside)
        }
        for (content, isBinary) in zip(contents, isBinary) {
            precondition(content.count <= maximum)
            guard !isBinary else { continue }
            for (index, octet) in content.enumerated() {
                precondition(octet != 0x0A || index > 0 && content[index - 1] == 0x0D)
                precondition(
                    octet != 0x0D || index + 1 < content.count && content[index + 1] == 0x0A)
            }
        }
    }
}
