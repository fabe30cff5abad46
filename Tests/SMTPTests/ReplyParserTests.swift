import SMTP
import Testing

struct `Replies of servers` {
    private func parse(_ text: String, inPiecesOf size: Int = 1_000_000) throws -> [SMTPReply] {
        let octets = Array(text.utf8)
        var parser = SMTPReplyParser()
        var replies: [SMTPReply] = []
        var index = 0
        while index < octets.count {
            let end = min(octets.count, index + size)
            while index < end {
                var consumed = 0
                let reply = try parser.parse(octets[index..<end], consumed: &consumed)
                index += consumed
                if let reply { replies.append(reply) }
            }
        }
        return replies
    }

    @Test func `replies are read in any pieces`() throws {
        let text =
            "220 mx ESMTP\r\n250-mx\r\n250-SIZE 100\r\n250 DSN\r\n250 2.1.0 Ok\r\n"
            + "550-5.1.1 No\r\n550 5.1.1 such user\r\n354\r\n421 bye\n"
        let expected = [
            SMTPReply(220, nil, "mx ESMTP"),
            SMTPReply(250, nil, lines: ["mx", "SIZE 100", "DSN"]),
            SMTPReply(250, EnhancedStatusCode(2, 1, 0), "Ok"),
            SMTPReply(550, EnhancedStatusCode(5, 1, 1), lines: ["No", "such user"]),
            SMTPReply(354, nil, ""), SMTPReply(421, nil, "bye"),
        ]
        for size in [1_000, 1, 2, 7] { #expect(try parse(text, inPiecesOf: size) == expected) }
    }

    @Test(arguments: [
        ("hello\r\n", SMTPReplyParser.Fault.notAReply), ("25 x\r\n", .notAReply),
        ("199 x\r\n", .notAReply),
        ("600 x\r\n", .notAReply), ("250x\r\n", .notAReply), ("\r\n", .notAReply),
        ("250-a\r\n251 b\r\n", .codesDiffer),
        (String(repeating: "2", count: Limits.replyLineInOctets + 1), .lineTooLong),
        (String(repeating: "250-a\r\n", count: Limits.replyLines + 1), .tooManyLines),
    ])
    func `what is no reply is an error`(_ text: String, _ fault: SMTPReplyParser.Fault) {
        #expect(throws: fault) { try parse(text) }
    }

    @Test func `a status of another class is text`() throws {
        #expect(try parse("250 5.1.1 odd\r\n") == [SMTPReply(250, nil, "5.1.1 odd")])
    }

    @Test func `no text makes two replies of one`() {
        let reply = SMTPReply(550, EnhancedStatusCode(5, 0, 0), "a\r\n250 b\u{0}")
        #expect(String(decoding: reply.octets, as: UTF8.self) == "550 5.0.0 a??250 b?\r\n")
        let long = SMTPReply(250, nil, String(repeating: "a", count: 1_000))
        #expect(long.octets.count == 4 + Limits.replyLineOctets + 2)
    }
}
