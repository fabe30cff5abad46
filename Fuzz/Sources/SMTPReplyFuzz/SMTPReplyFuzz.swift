// Seeds: Tests/SMTPTests/Fixtures/replies.
import Identities
import SMTP

/// A server that may say anything, in any chunking: a client does the same whatever the chunking,
/// each transaction ends once, and nothing is taken for delivered whose end was never sent.
///
/// The first octet chooses what the client wants, the second how the octets are cut; the rest is
/// what the server says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard bytes.count > 2 else { return 0 }
    let octets = Array(bytes.dropFirst(2))
    var slow = Client(wishes: bytes[0])
    var turns: [Int] = []
    for (index, octet) in octets.enumerated() {
        if slow.hear([octet]) { turns.append(index + 1) }
    }
    slow.end()
    var fast = Client(wishes: bytes[0])
    var start = 0
    var step = Int(bytes[1])
    for turn in turns + [octets.count] {
        while start < turn {
            step = (step &* 29 &+ 7) & 0xFF
            let end = min(turn, start + 1 + step)
            _ = fast.hear(Array(octets[start..<end]))
            start = end
        }
    }
    fast.end()
    precondition(fast.actions == slow.actions, "the chunking makes a difference")
    stuff(octets, cut: Int(bytes[1]))
    return 0
}

/// Whatever is sent behind DATA, its end is found at the end alone.
private func stuff(_ octets: [UInt8], cut: Int) {
    var output: [UInt8] = []
    var stuffing = DotStuffing()
    let cut = min(cut, octets.count)
    Array(octets[..<cut]).withUnsafeBytes { stuffing.encode($0) { output += $0 } }
    Array(octets[cut...]).withUnsafeBytes { stuffing.encode($0) { output += $0 } }
    stuffing.finish { output += $0 }
    let lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
    precondition(lines.last?.isEmpty == true)
    for (index, line) in lines.dropLast().enumerated() {
        precondition(line.last == 0x0D && !line.dropLast().contains(0x0D))
        precondition((line == [0x2E, 0x0D]) == (index == lines.count - 2))
    }
}

/// A client that sends what it has, one message after the other.
private struct Client {
    var session: SMTPClientSession
    var actions: [SMTPClientSession.Action] = []
    private let wishes: UInt8
    private var begun = 0
    private var finished = 0
    private var isOver = false
    private var sentContents = 0

    init(wishes: UInt8) {
        self.wishes = wishes
        let startTLS: [SMTPClientSession.StartTLS] = [.never, .ifOffered, .required, .ifOffered]
        session = SMTPClientSession(
            SMTPClientSession.Configuration(
                hello: "gate.example", startTLS: startTLS[Int(wishes & 3)],
                usesPipelining: wishes & 4 == 0, usesChunking: wishes & 8 == 0))
    }

    /// Whether the client did something of its own.
    mutating func hear(_ octets: [UInt8]) -> Bool {
        take(octets.withUnsafeBytes { session.receive($0) })
    }

    mutating func end() {
        _ = take(session.closed())
        precondition(isOver && begun == finished)
        _ = take(session.timedOut())
    }

    private mutating func take(_ new: [SMTPClientSession.Action]) -> Bool {
        var didAct = false
        for action in new {
            precondition(!isOver, "something follows the end")
            actions.append(action)
            switch action {
            case .write(let octets):
                precondition(octets.suffix(2) == [0x0D, 0x0A])
            case .startTLS:
                didAct = true
                // An odd choice leaves the handshake hanging, and what comes is an attack.
                if wishes & 16 == 0 {
                    _ = take(session.secured(isAuthenticated: wishes & 32 == 0))
                }
            case .ready: break
            case .content:
                didAct = true
                sentContents += 1
                if wishes & 64 == 0 { session.contentSent() }
            case .finished(let outcome): check(outcome)
            case .failed, .close: isOver = true
            }
        }
        if session.isReady, !isOver, begun < 6 {
            didAct = true
            begun += 1
            _ = take(session.begin(transaction))
        }
        return didAct
    }

    private mutating func check(_ outcome: SMTPTransactionOutcome) {
        finished += 1
        precondition(outcome.recipients.count == transaction.envelope.recipients.count)
        precondition(!outcome.isUncertain || outcome.sentContent)
        let isAccepted = outcome.recipients.contains {
            if case .accepted = $0 { true } else { false }
        }
        precondition(!isAccepted || transaction.isProbe || outcome.sentContent)
        precondition(!isAccepted || !outcome.isUncertain)
    }

    private var transaction: SMTPTransaction {
        let names = ["b", "ü", "c d"].prefix(Int(wishes >> 6) % 3 + 1)
        let recipients = names.compactMap { name in
            DomainName("to.example").flatMap {
                Mailbox(localPart: name, host: .domain($0)).map {
                    EnvelopeRecipient(
                        ForwardPath($0), notify: .failure, originalRecipient: "rfc822;x y")
                }
            }
        }
        if wishes & 128 != 0, wishes & 1 != 0 {
            return SMTPTransaction(probing: recipients[0].path)
        }
        return SMTPTransaction(
            envelope: Envelope(
                reversePath: .null,
                parameters: MailParameters(requiresTLS: wishes & 0xF0 == 0xF0),
                recipients: recipients),
            octets: 100, isEightBit: true, isBinary: wishes & 0x3C == 0x3C,
            allowsContentAhead: wishes & 32 == 0)
    }
}
