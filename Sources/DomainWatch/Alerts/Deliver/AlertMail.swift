import FoundationEssentials
public import Identities
import MailReports
public import Storage

/// A notice as a mail: plain text, in letters of any script.
public enum AlertMail {
    /// The whole message (RFC 5322), lines ending in CRLF.
    ///
    /// - Parameter recipients: all of them, shown in To.
    public static func render(
        _ notice: AlertNotice, from sender: EmailAddress, to recipients: [EmailAddress]
    ) -> [UInt8] {
        let title = SafeText.line("[Sealgate] " + notice.content.title, limit: Limits.subject)
        let lines = [
            "From: Sealgate <\(sender)>",
            "To: " + recipients.map { "<\($0)>" }.joined(separator: ",\r\n "),
            "Subject: " + encoded(title),
            "Date: " + date(notice.madeAt),
            // The same notice is the same mail, should it be sent twice.
            "Message-ID: <alert-\(notice.id).\(notice.madeAt)@\(sender.domain.text)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
        ]
        let body = Data((notice.content.text + "\n").utf8).base64EncodedString()
        return Array((lines + folded(body, 76)).joined(separator: "\r\n").utf8) + [13, 10]
    }

    /// RFC 2047 §2: words that leave room for the name of the field in a line of 76, each of whole
    /// letters; plain where ASCII will do.
    private static func encoded(_ text: String) -> String {
        if text.utf8.count <= 60, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            return text
        }
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty {
                words.append("=?utf-8?B?\(Data(word).base64EncodedString())?=")
            }
            word = []
        }
        for scalar in text.unicodeScalars {
            let octets = Array(String(scalar).utf8)
            if word.count + octets.count > 36 { end() }
            word += octets
        }
        end()
        return words.joined(separator: "\r\n ")
    }

    private static func folded(_ text: String, _ length: Int) -> [String] {
        let octets = Array(text.utf8)
        return stride(from: 0, to: octets.count, by: length).map {
            String(decoding: octets[$0..<min(octets.count, $0 + length)], as: UTF8.self)
        }
    }

    /// `Sun, 22 Nov 2026 05:25:07 +0000`.
    private static func date(_ seconds: Int64) -> String {
        let text = EvidenceText.machine(seconds)
        let day = UTCDay(secondsSinceEpoch: seconds)
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let name = names[((day.number % 7) + 7) % 7]
        return "\(name), \(EvidenceText.day(day)) \(text.dropFirst(11).prefix(8)) +0000"
    }
}
