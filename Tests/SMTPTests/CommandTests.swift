import Identities
import SMTP
import Testing

struct `Commands` {
    private func parse(_ line: String) -> Result<SMTPCommand, SMTPCommand.Fault> {
        do throws(SMTPCommand.Fault) {
            return .success(try SMTPCommand.parse(Array(line.utf8)))
        } catch {
            return .failure(error)
        }
    }

    private func code(_ line: String) -> Int? {
        guard case .failure(let fault) = parse(line) else { return nil }
        return fault.reply.code
    }

    @Test(arguments: [
        ("EHLO client.example", "client.example", true),
        ("helo [192.0.2.1]", "[192.0.2.1]", false),
        ("Ehlo [IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", true),
        ("EHLO   WIN_HOST ", "WIN_HOST", true), ("HELO 192.0.2.1", "192.0.2.1", false),
    ])
    func `a client may call itself by what could be a name`(
        _ line: String, _ name: String, _ isExtended: Bool
    ) {
        #expect(parse(line) == .success(.hello(name, isExtended: isExtended)))
    }

    @Test(arguments: [
        "HELO", "EHLO ", "EHLO a b", "EHLO <a>", "EHLO a;b", "EHLO [", "EHLO []", "EHLO [a",
        "EHLO ü.example", "EHLO a\"b", "EHLO (a)", "EHLO a@b", "EHLO a,b", "EHLO a%b", "EHLO a/b",
        "EHLO \(String(repeating: "a", count: SMTP.Limits.helloOctets + 1))",
    ])
    func `what could be no name is refused`(_ line: String) { #expect(code(line) == 501) }

    @Test(arguments: [
        ("DATA", SMTPCommand.data), ("data  ", .data), ("RSET", .reset), ("QUIT", .quit),
        ("NOOP", .noop), ("noop what so ever", .noop), ("HELP MAIL", .help), ("VRFY a", .verify),
        ("EXPN a", .expand), ("STARTTLS", .startTLS), ("BDAT 0", .chunk(octets: 0, isLast: false)),
        ("BDAT 86 LAST", .chunk(octets: 86, isLast: true)),
        ("bdat 9223372036854775806 last", .chunk(octets: 9_223_372_036_854_775_806, isLast: true)),
    ])
    func `commands are read in any case`(_ line: String, _ command: SMTPCommand) {
        #expect(parse(line) == .success(command))
    }

    @Test(arguments: [
        ("", 500), ("X", 500), ("WHATISTHIS", 500), ("DATA now", 501), ("RSET all", 501),
        ("QUIT please", 501), ("STARTTLS 1", 501), ("VRFY", 501), ("EXPN", 501),
        ("AUTH PLAIN", 502),
        ("ETRN a", 502), ("TURN", 502), ("MAIL", 501), ("MAIL TO:<a@b>", 501),
        ("RCPT FROM:<a@b>", 501),
        ("MAILFROM:<a@b>", 500), ("DATA\u{0}", 500), ("NOOP\u{7F}", 500), ("NOOP a\rb", 500),
        ("XCLIENT", 501), ("XCLIENT ADDR", 501), ("XCLIENT FOO=1", 501),
    ])
    func `what is no command is told so`(_ line: String, _ expected: Int) {
        #expect(code(line) == expected)
    }

    /// After each of these octets would follow that are not commands.
    @Test(arguments: [
        "BDAT", "BDAT x", "BDAT -1", "BDAT 1 2", "BDAT 1 LAST LAST", "BDAT 0x10", "BDAT +1",
        "BDAT 9223372036854775807", "BDAT 99999999999999999999", "BDAT 999999999999999999999",
        "GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT a:25 HTTP/1.1", "PRI * HTTP/2.0",
    ])
    func `where the next command begins must be known`(_ line: String) {
        guard case .failure(let fault) = parse(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(fault.isFatal)
    }

    @Test func `a line of more than 4096 octets is refused`() {
        let room = SMTP.Limits.commandLineOctets - 5
        #expect(parse("NOOP " + String(repeating: "a", count: room)) == .success(.noop))
        #expect(code("NOOP " + String(repeating: "a", count: room + 1)) == 500)
    }

    @Test func `XCLIENT replaces what it names`() throws {
        guard
            case .success(.xclient(let attributes)) = parse(
                "XCLIENT NAME=spike.example ADDR=192.0.2.7 PORT=4711 HELO=a+2Eb PROTO=ESMTP DESTPORT=25"
            )
        else {
            Issue.record("not read")
            return
        }
        #expect(attributes.address == IPAddress("192.0.2.7"))
        #expect(attributes.port == 4_711)
        #expect(attributes.destinationPort == 25)
        #expect(attributes.helo == "a.b")
        #expect(attributes.isExtended == true)
        guard
            case .success(.xclient(let other)) = parse(
                "XCLIENT ADDR=IPV6:2001:db8::7 NAME=[UNAVAILABLE] PORT=[UNAVAILABLE] PROTO=SMTP")
        else {
            Issue.record("not read")
            return
        }
        #expect(other.address == IPAddress("2001:db8::7"))
        #expect(other.port == nil)
        #expect(other.isExtended == false)
        for line in ["ADDR=x", "PORT=70000", "HELO=a b=", "HELO=a+0D+0AQUIT", "PROTO=X", "ADDR=+4"]
        {
            #expect(code("XCLIENT " + line) == 501, "\(line)")
        }
    }
}
