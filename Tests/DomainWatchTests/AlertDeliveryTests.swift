import DomainWatch
import Foundation
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What is sent about alerts, octet by octet.
@Suite struct AlertDeliveryTests {
    /// A notice as it comes out of the queue.
    private func notice(_ title: String, _ text: String = "One line.") async throws -> AlertNotice {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        let store = AlertStore(database: database)
        _ = try await store.keepDigest(
            AlertNotice.Content(.alert, title: title, text: text), day: 1, channels: [.syslog],
            now: 1_764_000_000)
        let notice = try await store.claimNotices(now: 1_764_000_000).first
        try await database.close()
        return try #require(notice)
    }

    @Test func `a log server's address is read, and what is none is refused`() throws {
        for (text, wanted) in [
            ("udp://192.0.2.1", "udp://192.0.2.1:514"), ("tcp://logs.example:601", nil),
            ("tls://logs.example", "tls://logs.example:6514"), ("udp://[2001:db8::1]:514", nil),
            ("tcp://[2001:db8::1]", "tcp://[2001:db8::1]:514"),
        ] {
            #expect(SyslogDestination(text)?.description == wanted ?? text, "\(text)")
        }
        for text in [
            "192.0.2.1:514", "http://192.0.2.1", "udp://", "udp://a b", "tcp://x:0",
            "tcp://x:70000",
            "udp://x:", "tcp://[::1", "",
        ] { #expect(SyslogDestination(text) == nil, "\(text)") }
    }

    @Test func `a line for the log is one line, and not too long`() async throws {
        let destination = try #require(SyslogDestination("udp://192.0.2.1"))
        let hostile = "Begin\r\n<0>1 - forged\u{1B}[31m" + String(repeating: "ä", count: 3_000)
        let line = String(
            decoding: destination.message(try await notice(hostile)), as: UTF8.self)
        #expect(line.hasPrefix("<12>1 2025-11-24T16:00:00Z sealgate sealgate - alert - \u{FEFF}B"))
        for bad in ["\r", "\n", "\u{1B}"] {
            #expect(!line.unicodeScalars.contains { String($0) == bad })
        }
        #expect(line.utf8.count < 2_048)
    }

    @Test func `a mail is plain text in lines that every server takes`() async throws {
        let sender = try #require(EmailAddress("sealgate@example.com"))
        let person = try #require(EmailAddress("ada@example.org"))
        let title =
            "Jemand schreibt als bücher.example\r\nBcc: eve@example.net "
            + String(repeating: "🦊", count: 400)
        let text = String(repeating: "Größer. ", count: 200)
        let mail = String(
            decoding: AlertMail.render(
                try await notice(title, text), from: sender, to: [person, sender]),
            as: UTF8.self)
        let parts = mail.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 2)
        for line in mail.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 78 && line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
        }
        #expect(!mail.contains("\r\nBcc:"))
        #expect(parts[0].contains("Date: Mon, 24 Nov 2025 16:00:00 +0000"))
        #expect(parts[0].contains("To: <ada@example.org>,\r\n <sealgate@example.com>"))
        let body = parts[1].replacingOccurrences(of: "\r\n", with: "")
        let decoded = try #require(Data(base64Encoded: body))
        #expect(String(decoding: decoded, as: UTF8.self) == text + "\n")
    }

    @Test func `a signature is the one that RFC 2104 makes`() {
        // Made with Python's hmac module.
        let made = AlertWebhook.signature(
            Array("{}".utf8), at: 1_764_000_000, secret: Array("0123456789abcdef".utf8))
        #expect(
            made
                == "t=1764000000,v1=7d30677170eef90881d27d4ed43c2fbd6dc9b8344fa6abe28751fe26722a3342"
        )
    }
}
