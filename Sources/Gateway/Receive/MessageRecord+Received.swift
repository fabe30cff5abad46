import Identities
import InternetMessage
import MailAuthentication
import SMTP
import SMTPServer
import Spool

extension MessageRecord {
    /// The record of a message that we are about to answer.
    init(
        _ received: ReceivedMessage, _ message: RawMessage,
        _ authentication: MessageAuthentication?, _ decision: Decision, id: QueueIdentifier,
        role: ListenerRole, durations: RecordedDurations, at milliseconds: Int64
    ) {
        self.init(
            id: id, receivedAt: milliseconds, role: Role(role),
            client: received.client.address, heloName: received.client.helo,
            tls: received.client.tls.map {
                RecordedTLS(
                    version: $0.version, cipher: $0.cipher,
                    clientCertificateName: $0.clientCertificateName)
            },
            reversePath: received.envelope.reversePath,
            recipients: received.envelope.recipients.map(\.path),
            header: RecordedHeader(message), size: received.content.count,
            identities: authentication.map { ValidatedIdentities($0) } ?? ValidatedIdentities(),
            checks: authentication.map { RecordedCheck.all(of: $0) } ?? [],
            decision: decision, durations: durations)
    }
}

extension MessageRecord.Role {
    init(_ role: ListenerRole) {
        switch role {
        case .inbound: self = .inbound
        case .internal: self = .internal
        case .reports: self = .reports
        }
    }
}

extension RecordedHeader {
    /// The first field of each name counts; of a From with several addresses, none.
    init(_ message: RawMessage) {
        self.init()
        for field in message.fields {
            if field.isNamed("From"), authorAddress == nil {
                readAuthor(field)
            } else if field.isNamed("Subject"), subject == nil {
                let value = Array(field.unfolded.utf8.prefix(Limits.recordSubjectOctets * 3))
                subject = EncodedWord.decode(value).text
            } else if field.isNamed("Message-ID"), messageID == nil {
                messageID = field.unfolded
            } else if field.isNamed("Date"), date == nil {
                date = field.unfolded
            }
        }
    }

    /// The domain of the author's address.
    var authorDomain: DomainName? {
        guard let at = authorAddress?.utf8.lastIndex(of: UInt8(ascii: "@")),
            let domain = authorAddress?[at...].dropFirst()
        else { return nil }
        return DomainName(domain)
    }

    private mutating func readAuthor(_ field: RawField) {
        let addresses = AddressList(parsing: Array(field.valueOctets.prefix(4_096))).mailboxes
        guard addresses.count == 1, let author = addresses.first else { return }
        authorAddress = author.spec
        authorName = author.displayName
    }
}

extension ValidatedIdentities {
    init(_ found: MessageAuthentication) {
        var domains: [DomainName] = []
        for signature in found.dkim where signature.result == .pass {
            if let domain = signature.domain, !domains.contains(domain) { domains.append(domain) }
        }
        let spf = found.spf.flatMap { $0.result == .pass ? $0.domain : nil }
        let dmarc = found.dmarc
        self.init(
            dkim: domains, spf: spf,
            organizational: dmarc?.result == .pass ? dmarc?.organizationalDomain : nil)
    }
}

extension RecordedCheck {
    /// What was checked, in the order in which it is told.
    static func all(of found: MessageAuthentication) -> [RecordedCheck] {
        var checks: [RecordedCheck] = []
        if let spf = found.spf {
            checks.append(
                RecordedCheck(.spf, spf.result.rawValue, domain: spf.domain?.text, spf.reason))
        }
        if let helo = found.helo, found.spf == nil || !found.mailFrom.isEmpty {
            checks.append(
                RecordedCheck(.helo, helo.result.rawValue, domain: helo.domain?.text, helo.reason))
        }
        for signature in found.dkim {
            checks.append(
                RecordedCheck(
                    .dkim, signature.result.rawValue, domain: signature.domain?.text,
                    signature.reason))
        }
        if let arc = found.arc, arc.result != .none {
            checks.append(
                RecordedCheck(
                    .arc, arc.result.rawValue, domain: arc.sealers.last?.text, arc.reason))
        }
        if let dmarc = found.dmarc {
            checks.append(
                RecordedCheck(
                    .dmarc, dmarc.result.rawValue, domain: dmarc.author?.text, dmarc.reason))
        }
        return checks
    }
}
