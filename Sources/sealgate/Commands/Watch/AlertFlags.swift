import ArgumentParser
import DomainWatch
import FoundationEssentials
import Identities
import Logging
import SMTP
import SMTPClient
import Storage

/// Whom alerts are sent to, on the command line.
struct AlertFlags: ParsableArguments, GivesFlags {
    @Option(help: "Whom alerts and the weekly digest are mailed to; may be repeated.")
    var alertMail: [String] = []
    @Option(help: "The address that these mails come from.") var alertSender: String?
    @Option(help: "The server that takes these mails, ADDRESS:PORT.") var alertServer: String?
    @Option(help: "An address of yours that alerts are posted to, signed.")
    var alertWebhook: String?
    @Option(help: "A file with the secret that they are signed with.")
    var alertWebhookSecret: String?
    @Option(help: "A log server, udp://, tcp:// or tls://HOST:PORT.") var alertSyslog: String?

    func give(to flags: inout GivenFlags) {
        flags.add("alerts.mail", alertMail)
        flags.add("alerts.sender", alertSender)
        flags.add("alerts.server", alertServer)
        flags.add("alerts.webhook", alertWebhook)
        flags.add("alerts.webhook-secret", alertWebhookSecret)
        flags.add("alerts.syslog", alertSyslog)
    }
}

/// Who is told what happens, on the command line.
struct ExportFlags: ParsableArguments, GivesFlags {
    @Option(
        help:
            "A log server that is told of changes and verdicts: udp://, tcp:// or tls://HOST:PORT.")
    var exportSyslog: String?
    @Option(help: "A file with the certificates that its own is signed by.")
    var exportAuthority: String?

    func give(to flags: inout GivenFlags) {
        flags.add("export.syslog", exportSyslog)
        flags.add("export.authority", exportAuthority)
    }
}

extension House {
    /// Judges and sends alerts as the settings say.
    ///
    /// - Parameter client: hands mails over; nil where nothing is sent.
    func alertRound(_ settings: Settings.Alerts, client: SMTPClient?) throws -> AlertRound {
        var channels = AlertChannels(syslog: settings.syslog)
        if let url = settings.webhook { channels.webhook = try webhook(url, settings) }
        if !settings.recipients.isEmpty {
            guard let sender = settings.sender, let server = settings.server,
                let address = IPAddress(server.host)
            else {
                throw PlainError(
                    "Mailed alerts need a sender and a server: set alerts.sender and "
                        + "alerts.server beside alerts.mail.")
            }
            let recipients = settings.recipients
            let target = DeliveryTarget(
                name: server.host, address: address, port: server.port)
            if let client {
                channels.mail = { notice in
                    try await Self.mail(
                        AlertMail.render(notice, from: sender, to: recipients), from: sender,
                        to: recipients, by: client, at: target)
                }
            }
        }
        return AlertRound(database: database, channels: channels)
    }

    private func webhook(_ url: String, _ settings: Settings.Alerts) throws -> AlertWebhook {
        guard let path = settings.webhookSecret else {
            throw PlainError(
                "What is posted is signed: set alerts.webhook-secret beside alerts.webhook.")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw PlainError("The secret in \(plain(path)) cannot be read.")
        }
        var secret = Array(data)
        while secret.last == 0x0A || secret.last == 0x0D { secret.removeLast() }
        guard secret.count >= 16 else {
            throw PlainError(
                "The secret in \(plain(path)) is too short: give it 16 octets at least.")
        }
        return AlertWebhook(url: url, secret: secret)
    }

    private static func mail(
        _ octets: [UInt8], from sender: EmailAddress, to recipients: [EmailAddress],
        by client: SMTPClient, at target: DeliveryTarget
    ) async throws {
        let envelope = Envelope(
            reversePath: ReversePath(Mailbox(sender)),
            recipients: recipients.map {
                EnvelopeRecipient(ForwardPath(Mailbox($0)), notify: .never)
            })
        let result = await client.deliver(
            OutgoingMessage(envelope: envelope, content: MemoryContent(octets)), to: target)
        for recipient in result.recipients {
            switch recipient {
            case .delivered: continue
            case .refused(let reply): throw AlertFault("The mail server refuses: \(reply)")
            case .failed(let failure): throw AlertFault("\(failure)")
            }
        }
    }
}
