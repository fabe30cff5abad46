import Foundation
import SMTP
import SMTPServer
import TestSupport
import Testing

/// The inputs of chasquid's fuzzing, against the real listener: whole dialogues, and its names and
/// addresses as arguments of commands.
@Suite(.timeLimit(.minutes(3))) struct SMTPFuzzCorpusTests {
    @Test func `chasquid's inputs break nothing`() async throws {
        var cases = 0
        var unmet: [String] = []
        let files = try SharedData.files(below: "conformance/smtp-chasquid-fuzz")
            .filter { $0.contains("/testdata/") }
        try await SMTPConformanceServer.run(bareLineFeed: .normalize) { port, messages in
            for file in files {
                let text = String(decoding: try SharedData.bytes(file), as: UTF8.self)
                for input in Self.inputs(text) {
                    cases += 1
                    messages.clear()
                    let isMet =
                        file.contains("/FuzzConnection/")
                        ? try await Self.dialogue(port, input)
                        : try await Self.arguments(port, input)
                    if !isMet { unmet.append(file) }
                }
            }
        }
        print(
            "CONFORMANCE smtp-chasquid-fuzz: cases \(cases), met \(cases - unmet.count), "
                + "not met \(unmet.count)")
        for name in unmet { print("  not met: \(name)") }
        #expect(unmet.isEmpty)
        #expect(cases == 46)
    }

    /// The same replies with LF and with CRLF, whole and octet by octet, and an end.
    private static func dialogue(_ port: Int, _ input: [UInt8]) async throws -> Bool {
        let lines = input.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        var transcripts: Set<[Int]> = []
        for isDripping in [false, true] {
            try await SMTPConformanceClient.connect(port) { client in
                if isDripping { await client.drip(lines) } else { await client.send(lines) }
                transcripts.insert(await client.rest())
            }
        }
        // With LF alone nothing ends a message, so these replies may be fewer.
        var isAnswered = false
        try await SMTPConformanceClient.connect(port) { client in
            await client.send(input)
            isAnswered = await client.rest().first == 220
        }
        return transcripts.count == 1 && transcripts.first?.first == 220 && isAnswered
    }

    /// Each command with the input as its argument has one reply, and the dialogue goes on.
    private static func arguments(_ port: Int, _ input: [UInt8]) async throws -> Bool {
        var isMet = true
        let argument = input.filter { $0 != 0x0A }
        try await SMTPConformanceClient.connect(port) { client in
            isMet = await client.reply()?.code == 220
            for command in [
                "EHLO ", "HELO ", "MAIL FROM:<", "RSET ", "MAIL FROM:", "RCPT TO:<", "VRFY ",
                "AUTH PLAIN ", "XCLIENT NAME=",
            ] {
                await client.send(Array(command.utf8) + argument + Array("\r\n".utf8))
                let reply = await client.reply()
                isMet = isMet && reply.map { (200...599).contains($0.code) } == true
            }
            await client.send(Array("NOOP\r\n".utf8))
            let last = await client.reply()
            isMet = isMet && last?.code == 250
        }
        return isMet
    }

    /// The texts and octets of a corpus file, which are written as Go literals.
    private static func inputs(_ text: String) -> [[UInt8]] {
        text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("[]byte(") || line.hasPrefix("string("),
                let open = line.firstIndex(of: "\""), let close = line.lastIndex(of: "\""),
                open < close
            else { return nil }
            return unquote(Array(line[line.index(after: open)..<close].utf8))
        }
    }

    private static func unquote(_ octets: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        func number(_ length: Int, _ radix: Int) -> UInt32 {
            let end = min(octets.count, index + length)
            let digits = String(decoding: octets[index..<end], as: UTF8.self)
            index = end
            return UInt32(digits, radix: radix) ?? 0
        }
        while index < octets.count {
            let octet = octets[index]
            index += 1
            guard octet == UInt8(ascii: "\\"), index < octets.count else {
                output.append(octet)
                continue
            }
            let letter = octets[index]
            index += 1
            switch letter {
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "x"): output.append(UInt8(truncatingIfNeeded: number(2, 16)))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let scalar = Unicode.Scalar(number(letter == UInt8(ascii: "u") ? 4 : 8, 16))
                output += Array(String(Character(scalar ?? "?")).utf8)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                index -= 1
                output.append(UInt8(truncatingIfNeeded: number(3, 8)))
            default: output.append(letter)
            }
        }
        return output
    }
}
