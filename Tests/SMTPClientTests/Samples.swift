import FoundationEssentials
import Identities
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import SMTP
import SMTPClient

/// What most tests of this target begin with.
enum Samples {
    static let loopback = IPAddress(ipv4: 0x7F00_0001)
    static let content = "Subject: x\r\n\r\n.dot\r\nend\r\n"
    /// In an hour, in milliseconds: the certificates of the tests are made meanwhile.
    static let now = (Int64(Date().timeIntervalSince1970) + 3_600) * 1_000
    static let inTenYears = now + 3_650 * 86_400_000

    static func options() -> SMTPClientOptions {
        var options = SMTPClientOptions(hostName: "gate.example")
        // Long: what is to run out of time says so itself, and a busy machine must not.
        options.timeouts.connect = .seconds(90)
        options.idleTime = .seconds(30)
        options.contentAheadTime = .seconds(90)
        for timeout in [
            \DeliveryTimeouts.greeting, \.hello, \.mail, \.recipient, \.data, \.verdict,
        ] {
            options.timeouts[keyPath: timeout] = .seconds(90)
        }
        return options
    }

    static func client(
        _ options: SMTPClientOptions = options(), now: Int64 = now,
        group: (any EventLoopGroup)? = nil
    ) -> SMTPClient {
        SMTPClient(
            options: options, group: group, now: { now }, logger: Logger(label: "test"))
    }

    static func target(
        _ port: Int, _ tls: TLSRequirement = .never, name: String = "mx.to.example"
    ) -> DeliveryTarget {
        DeliveryTarget(name: name, address: loopback, port: port, tls: tls)
    }

    /// A message from `a@from.example` to recipients of `to.example`.
    static func message(
        _ recipients: [String] = ["b"], content: String = content,
        parameters: MailParameters = MailParameters()
    ) -> OutgoingMessage {
        OutgoingMessage(
            envelope: Envelope(
                reversePath: ReversePath(mailbox("a", "from.example")), parameters: parameters,
                recipients: recipients.compactMap { name in
                    mailbox(name, "to.example").map { EnvelopeRecipient(ForwardPath($0)) }
                }),
            content: MemoryContent(Array(content.utf8)))
    }

    static func mailbox(_ localPart: String, _ domain: String) -> Mailbox? {
        DomainName(domain).flatMap { Mailbox(localPart: localPart, host: .domain($0)) }
    }

    /// A result in short.
    static func words(_ result: DeliveryResult) -> String {
        var words = result.recipients.map { recipient in
            switch recipient {
            case .delivered(let reply): "delivered \(reply.code)"
            case .refused(let reply): "refused \(reply.code)"
            case .failed(let failure): "failed \(failure.stage) \(failure.status)"
            }
        }
        if result.uncertain { words.append("uncertain") }
        return words.joined(separator: ", ")
    }
}

/// What a server says to a client that pipelines and uses DATA.
extension [FakeServer.Step] {
    static func greeting(_ keywords: String...) -> [FakeServer.Step] {
        let lines = ["mx.to.example"] + keywords
        let reply = lines.enumerated().map { index, line in
            "250\(index == lines.count - 1 ? " " : "-")\(line)"
        }
        return [.say("220 mx.to.example"), .hear(1), .say(reply.joined(separator: "\r\n"))]
    }

    /// The same with STARTTLS, and messages behind it.
    static func securedMessages(_ tls: NIOSSLContext, _ keywords: String...) -> [FakeServer.Step] {
        let lines = keywords.map { "250-\($0)\r\n" }.joined()
        return greeting("STARTTLS", "PIPELINING") + [
            .hear(1), .say("220 go"), .tls(tls), .hear(1),
            .say("250-mx.to.example\r\n\(lines)250 PIPELINING"),
        ] + message + [.again(8)]
    }

    /// One message for one recipient, pipelined.
    static let message: [FakeServer.Step] = [
        .hear(3), .say("250 ok\r\n250 ok\r\n354 go"), .content, .say("250 2.0.0 taken"),
    ]

    /// Any number of them.
    static let messages: [FakeServer.Step] =
        greeting("PIPELINING") + message + [.again(3)]
}
