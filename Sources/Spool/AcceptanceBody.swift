import Identities
import SMTP

/// The body of an acceptance: summary, envelope, the gateway's record.
enum AcceptanceBody {
    static func encode(_ message: SpoolMessage, _ summary: AcceptanceSummary) -> [UInt8] {
        var writer = OctetWriter(capacity: 512 + message.record.count)
        summary.write(to: &writer)
        let parameters = message.envelope.parameters
        write(message.envelope.reversePath.mailbox, to: &writer)
        writer.put(Int64(parameters.size ?? -1))
        writer.put(parameters.body.rawValue)
        writer.put(parameters.isInternational)
        writer.put(parameters.requiresTLS)
        writer.put(parameters.returns?.rawValue ?? 0xFF)
        writer.put(parameters.envelopeIdentifier)
        for recipient in message.envelope.recipients {
            write(recipient.path.mailbox, to: &writer)
            writer.put(recipient.notify?.rawValue ?? 0xFF)
            writer.put(recipient.originalRecipient)
        }
        writer.put(message.record)
        return writer.octets
    }

    /// Nil when the octets are no acceptance.
    static func decode(_ octets: [UInt8]) -> AcceptedMessage? {
        var reader = OctetReader(octets)
        guard let summary = AcceptanceSummary(&reader),
            let envelope = envelope(&reader, recipients: summary.recipients),
            let record = reader.bytes(), reader.isAtEnd
        else { return nil }
        return AcceptedMessage(summary: summary, envelope: envelope, record: record)
    }

    private static func envelope(_ reader: inout OctetReader, recipients: Int) -> Envelope? {
        guard let sender = mailbox(&reader), let size = reader.integer(Int64.self),
            let body = reader.integer(UInt8.self).flatMap(MailParameters.Body.init),
            let isInternational = reader.flag(), let requiresTLS = reader.flag(),
            let returns = reader.integer(UInt8.self), let identifier = reader.optionalText()
        else { return nil }
        var envelope = Envelope(
            reversePath: ReversePath(sender),
            parameters: MailParameters(
                size: size < 0 ? nil : Int(size), body: body, isInternational: isInternational,
                requiresTLS: requiresTLS, returns: MailParameters.Return(rawValue: returns),
                envelopeIdentifier: identifier), recipients: [])
        for _ in 0..<recipients {
            guard let mailbox = mailbox(&reader), let notify = reader.integer(UInt8.self),
                let original = reader.optionalText()
            else { return nil }
            envelope.recipients.append(
                EnvelopeRecipient(
                    mailbox.map(ForwardPath.init) ?? .postmaster,
                    notify: notify == 0xFF ? nil : DeliveryNotification(rawValue: notify),
                    originalRecipient: original))
        }
        return envelope
    }

    private static func write(_ mailbox: Mailbox?, to writer: inout OctetWriter) {
        switch mailbox?.host {
        case nil:
            writer.put(UInt8(0))
            return
        case .domain(let name):
            writer.put(UInt8(1))
            writer.put(name.text)
        case .address(let address):
            writer.put(UInt8(2))
            writer.put(address.bytes)
        }
        writer.put(mailbox?.localPart ?? "")
    }

    /// Outer nil when the octets are no mailbox; inner nil for nobody.
    private static func mailbox(_ reader: inout OctetReader) -> Mailbox?? {
        let host: MailHost
        switch reader.integer(UInt8.self) {
        case 0:
            return .some(nil)
        case 1:
            guard let name = reader.text().flatMap({ DomainName($0) }) else { return nil }
            host = .domain(name)
        case 2:
            guard let address = reader.bytes().flatMap(IPAddress.init(bytes:)) else { return nil }
            host = .address(address)
        default:
            return nil
        }
        guard let local = reader.text(), let mailbox = Mailbox(localPart: local, host: host)
        else { return nil }
        return mailbox
    }
}
