import SMTP
import Testing

@Suite struct AnyChunkingTests {
    /// A server's side of dialogues, with what the client begins when it is ready.
    static let dialogues: [(String, [SMTPTransaction], SMTPClientSession.StartTLS)] = [
        (
            "220 x\r\n250-x y\r\n250-PIPELINING\r\n250 SIZE 99\r\n250 a\r\n550-5.1.1 no\r\n"
                + "550 5.1.1 really\r\n250 c\r\n354 go\r\n250 2.0.0 ok\r\n250 a\r\n250 b\r\n"
                + "354 go\r\n421 bye\r\n",
            [.mail(2), .mail()], .never
        ),
        (
            "220 x\r\n500 no\r\n250 x\r\n250 a\r\n550 no\r\n250 reset\r\n250 a\n250 b\n354\n"
                + "250\n250 too much\r\n",
            [.mail(), .mail()], .ifOffered
        ),
        (
            "220 x\r\n250-x\r\n250-CHUNKING\r\n250 PIPELINING\r\n250 a\r\n550 no\r\n554 no\r\n"
                + "250 reset\r\n250 a\r\n250 b\r\n250 c\r\nnonsense",
            [.mail(isAhead: true), .mail(isAhead: true), .mail()], .never
        ),
        ("220 x\r\n250-x\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n", [], .required),
    ]

    @Test(arguments: dialogues.indices)
    func `any chunking of a server's octets gives the same actions`(_ index: Int) {
        let (text, transactions, startTLS) = Self.dialogues[index]
        let octets = Array(text.utf8)
        let whole = Self.play([octets], transactions, startTLS)
        #expect(!whole.isEmpty)
        #expect(Self.play(octets.map { [$0] }, transactions, startTLS) == whole)
        for cut in octets.indices {
            let parts = [Array(octets[..<cut]), Array(octets[cut...])]
            #expect(Self.play(parts, transactions, startTLS) == whole, "cut at \(cut)")
        }
    }

    /// What a server sends at once answers what it has been asked: a part is fed up to the reply
    /// that makes it the client's turn.
    private static func play(
        _ parts: [[UInt8]], _ transactions: [SMTPTransaction],
        _ startTLS: SMTPClientSession.StartTLS
    ) -> [SMTPClientSession.Action] {
        var dialogue = ClientDialogue(startTLS: startTLS)
        var waiting = transactions[...]
        var actions: [SMTPClientSession.Action] = []
        for part in parts {
            var rest = part[...]
            while !rest.isEmpty {
                let count = Self.turn(rest, dialogue)
                dialogue.receive(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                let new = dialogue.actions
                _ = dialogue.took()
                actions += new
                if new.contains(where: { if case .content = $0 { true } else { false } }) {
                    dialogue.session.contentSent()
                }
                if dialogue.session.isReady, let next = waiting.popFirst() {
                    let begun = dialogue.session.begin(next)
                    actions += begun
                    if begun.contains(.content(.counted)) { dialogue.session.contentSent() }
                }
            }
        }
        return actions
    }

    /// Octets up to the reply after which the client does something of its own.
    private static func turn(_ octets: ArraySlice<UInt8>, _ dialogue: ClientDialogue) -> Int {
        var probe = dialogue
        var count = 0
        repeat {
            let reply = reply(octets.dropFirst(count))
            probe.receive(Array(octets.dropFirst(count).prefix(reply)))
            count += reply
        } while count < octets.count && !probe.session.isReady
            && !probe.actions.contains(.content(.dotted))
        return count
    }

    /// Octets up to the end of the first whole reply.
    private static func reply(_ octets: ArraySlice<UInt8>) -> Int {
        var start = octets.startIndex
        while let end = octets[start...].firstIndex(of: 0x0A) {
            let isLast = end - start < 4 || octets[start + 3] != UInt8(ascii: "-")
            start = end + 1
            if isLast { break }
        }
        return start == octets.startIndex ? octets.count : start - octets.startIndex
    }
}
