internal import Identities
public import SMTP

extension DeliveryStatusNotification {
    /// A report as a message: its envelope and its content.
    public struct Rendered: Sendable {
        public var envelope: Envelope
        public var content: [UInt8]
    }

    /// What of the message goes back.
    public enum Returned: Sendable {
        case header([UInt8])
        case content([UInt8])

        var octets: [UInt8] {
            switch self {
            case .header(let octets), .content(let octets): octets
            }
        }
    }

    /// Writes the report (RFC 3462, RFC 3464, RFC 6533).
    ///
    /// - Parameters:
    ///   - identifier: of the report, for Message-ID and boundary.
    ///   - random: makes the boundary one that nobody can know beforehand, so that no returned
    ///     content ends its part early.
    /// - Returns: Nil when the message has the null reverse path.
    public func render(returning returned: Returned, identifier: String, random: UInt64)
        -> Rendered?
    {
        guard let sender = envelope.reversePath.mailbox else { return nil }
        let isInternational = isInternational
        let boundary = "=_\(identifier).\(String(random, radix: 36))"
        var writer = ReportWriter(isInternational: isInternational)
        writer.field("Date", MailDate.render(at / 1_000))
        writer.field("From", "Mail delivery <MAILER-DAEMON@\(reporter)>")
        writer.field("To", "<\(sender)>")
        writer.field("Subject", subject)
        writer.field("Message-ID", "<\(identifier)@\(reporter)>")
        if let original = Self.messageIdentifier(in: returned.octets) {
            writer.field("In-Reply-To", original)
            writer.field("References", original)
        }
        // RFC 3834 §3.1.7: so that no program answers it.
        writer.field("Auto-Submitted", "auto-replied")
        writer.field("MIME-Version", "1.0")
        writer.line("Content-Type: multipart/report; report-type=delivery-status;")
        writer.line("\tboundary=\"\(boundary)\"")
        let isEightBit = isInternational || returned.octets.contains { $0 >= 0x80 }
        if isEightBit { writer.field("Content-Transfer-Encoding", "8bit") }
        writer.line("")
        writer.line("--\(boundary)")
        writer.line("Content-Type: text/plain; charset=\(isInternational ? "utf-8" : "us-ascii")")
        if isInternational { writer.field("Content-Transfer-Encoding", "8bit") }
        writer.line("")
        explain(&writer)
        writer.line("")
        writer.line("--\(boundary)")
        writeStatus(&writer, isInternational)
        writer.line("--\(boundary)")
        Self.write(returned, &writer)
        writer.line("--\(boundary)--")
        var parameters = MailParameters(
            size: writer.octets.count, body: isEightBit ? .eightBitMIME : .sevenBit,
            isInternational: sender.isInternational)
        // RFC 8689 §5: a report about protected mail is protected.
        parameters.requiresTLS = envelope.parameters.requiresTLS
        return Rendered(
            envelope: Envelope(
                reversePath: .null, parameters: parameters,
                recipients: [EnvelopeRecipient(ForwardPath(sender), notify: .never)]),
            content: writer.octets)
    }

    /// Whether an address of the message has more than ASCII (RFC 6533 §1).
    private var isInternational: Bool {
        envelope.parameters.isInternational
            || envelope.reversePath.mailbox?.isInternational == true
            || recipients.contains {
                $0.recipient.path.mailbox?.isInternational == true
                    || $0.recipient.originalRecipient?.utf8.allSatisfy { $0 < 0x80 } == false
            }
    }

    /// `message/delivery-status`, or its international form (RFC 6533 §3).
    private func writeStatus(_ writer: inout ReportWriter, _ isInternational: Bool) {
        if isInternational {
            writer.line("Content-Type: message/global-delivery-status")
            writer.field("Content-Transfer-Encoding", "8bit")
        } else {
            writer.line("Content-Type: message/delivery-status")
        }
        writer.line("")
        if let identifier = envelope.parameters.envelopeIdentifier {
            writer.field("Original-Envelope-Id", identifier)
        }
        writer.field("Reporting-MTA", "dns; \(reporter)")
        writer.field("Arrival-Date", MailDate.render(receivedAt / 1_000))
        writer.line("")
        for recipient in recipients {
            if let original = recipient.recipient.originalRecipient {
                writer.field("Original-Recipient", Self.typed(original))
            }
            let path = recipient.recipient.path
            let type = path.mailbox?.isInternational == true ? "utf-8" : "rfc822"
            writer.field("Final-Recipient", "\(type); \(address(of: path))")
            writer.field("Action", action.rawValue)
            writer.field("Status", recipient.status.description)
            if let server = recipient.server { writer.field("Remote-MTA", "dns; \(server)") }
            if let reply = recipient.reply {
                writer.field("Diagnostic-Code", "smtp; \(reply)")
            }
            if let time = recipient.lastAttempt {
                writer.field("Last-Attempt-Date", MailDate.render(time / 1_000))
            }
            if let time = recipient.retriedUntil {
                writer.field("Will-Retry-Until", MailDate.render(time / 1_000))
            }
            writer.line("")
        }
    }

    /// `<postmaster>` has no domain but ours.
    func address(of path: ForwardPath) -> String {
        path.mailbox?.description ?? "postmaster@\(reporter)"
    }

    /// `rfc822;user@example.org` with the blank that people like.
    private static func typed(_ original: String) -> String {
        let parts = original.split(separator: ";", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]); \(parts[1])" : original
    }

    private static func write(_ returned: Returned, _ writer: inout ReportWriter) {
        let isEightBit = returned.octets.contains { $0 >= 0x80 }
        let isText = isEightBit && String(validating: returned.octets, as: UTF8.self) != nil
        switch returned {
        case .content:
            writer.line("Content-Type: message/\(isText ? "global" : "rfc822")")
            if isEightBit { writer.field("Content-Transfer-Encoding", "8bit") }
            writer.line("")
            writer.raw(returned.octets)
        case .header:
            writer.line(
                "Content-Type: \(isText ? "message/global-headers" : "text/rfc822-headers")")
            if isText { writer.field("Content-Transfer-Encoding", "8bit") }
            writer.line("")
            // Neither ASCII nor UTF-8: nobody can say what it means.
            writer.raw(
                isEightBit && !isText
                    ? returned.octets.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") } : returned.octets)
        }
        writer.line("")
    }

    /// The message's identifier, where its header has one that is safe to repeat.
    static func messageIdentifier(in header: [UInt8]) -> String? {
        let name = Array("message-id:".utf8)
        var start = 0
        while start < header.count {
            let end = header[start...].firstIndex(of: 0x0A) ?? header.count
            let line = header[start..<end]
            if line.count <= 1 { return nil }
            if line.count > name.count, line.count <= Limits.reportFieldOctets,
                zip(line, name).allSatisfy({ $0 | 0x20 == $1 || $0 == $1 })
            {
                let value = line.dropFirst(name.count).drop { $0 <= 0x20 }
                guard let close = value.firstIndex(of: UInt8(ascii: ">")),
                    value.first == UInt8(ascii: "<"),
                    value[...close].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
                else { return nil }
                return String(decoding: value[...close], as: UTF8.self)
            }
            start = end + 1
        }
        return nil
    }
}
