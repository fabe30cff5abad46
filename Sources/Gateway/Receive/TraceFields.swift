import Identities
import MailAuthentication
import SMTP
import SMTPServer
import Spool

/// The header fields that we put before a message: one clean hop with the client's true address,
/// what authentication found, and our verdict.
struct TraceFields {
    let hostName: DomainName
    let stamp: VerdictStamp

    /// All fields with their line ends, ready to stand before the content.
    func render(
        _ received: ReceivedMessage, id: QueueIdentifier, results: AuthenticationResults?,
        _ decision: Decision, now: Int64
    ) -> [UInt8] {
        var text = stamp.render(id: id.description, decision, at: now) + "\r\n"
        if let results {
            text += results.renderField() + "\r\n"
        }
        text += self.received(received, id: id, now: now) + "\r\n"
        return Array(text.utf8)
    }

    /// RFC 5321 §4.4. Microsoft's Enhanced Filtering reads the address in brackets.
    func received(_ message: ReceivedMessage, id: QueueIdentifier, now: Int64) -> String {
        let client = message.client
        let address = client.address.isIPv4 ? "\(client.address)" : "IPv6:\(client.address)"
        var text = "Received: from \(Self.word(client.helo ?? "unknown")) ([\(address)])"
        text += "\r\n\tby \(hostName.text) (Sealgate) with \(Self.proto(client, message.envelope))"
        text += " id \(id)"
        if let tls = client.tls {
            let cipher = tls.cipher.isEmpty ? "" : " \(Self.word(tls.cipher))"
            text += "\r\n\t(\(Self.word(tls.version))\(cipher))"
        }
        // With several recipients the field would tell each about the others (RFC 5321 §7.2).
        if message.envelope.recipients.count == 1 {
            let path = message.envelope.recipients[0].path.description
            if path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { text += "\r\n\tfor <\(path)>" }
        }
        return text + ";\r\n\t" + MailDate.render(now)
    }

    /// RFC 3848, RFC 6531 §4.3.
    private static func proto(_ client: ClientConnection, _ envelope: Envelope) -> String {
        guard client.isExtended else { return "SMTP" }
        let secure = client.tls == nil ? "" : "S"
        return (envelope.parameters.isInternational ? "UTF8SMTP" : "ESMTP") + secure
    }

    /// What a client said, without anything that could end the field or open a comment.
    private static func word(_ text: String) -> String {
        var safe = ""
        for octet in text.utf8.prefix(Limits.heloOctets) {
            let isSafe = octet > 0x20 && octet < 0x7F && !"()<>\\\";,@".utf8.contains(octet)
            safe.unicodeScalars.append(isSafe ? Unicode.Scalar(octet) : "?")
        }
        return safe.isEmpty ? "unknown" : safe
    }
}
