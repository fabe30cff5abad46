import Identities
import SMTP
import Spool

extension MessageRecord {
    /// The first octet: how the rest is laid out. Older layouts stay readable: 1 has no acts.
    private static let layout: UInt8 = 2

    /// The record in octets, at most `Limits.recordOctets`: texts are cut, and recipients beyond
    /// `Limits.recordRecipientOctets` only counted.
    public func encoded() -> [UInt8] {
        var writer = RecordOctetWriter(capacity: 1_024)
        writer.write(Self.layout)
        writer.write(id.rawValue)
        writer.write(UInt64(bitPattern: receivedAt))
        writer.write(role.rawValue)
        writer.write(client)
        writer.write(heloName)
        if let tls {
            writer.write(UInt8(1))
            writer.write(tls.version)
            writer.write(tls.cipher)
            writer.write(tls.clientCertificateName)
        } else {
            writer.write(UInt8(0))
        }
        writer.write(reversePath.mailbox)
        writer.write(recipientCount)
        writeRecipients(to: &writer)
        writer.write(header.authorAddress)
        writer.write(header.authorName)
        writer.write(header.subject, limit: Limits.recordSubjectOctets)
        writer.write(header.messageID)
        writer.write(header.date)
        writer.write(size)
        let domains = identities.dkim.prefix(Limits.recordDomains)
        writer.write(domains.count)
        for domain in domains { writer.write(domain.text) }
        writer.write(identities.spf?.text)
        writer.write(identities.organizational?.text)
        let checks = checks.prefix(Limits.recordChecks)
        writer.write(checks.count)
        for check in checks {
            writer.write(check.method.rawValue)
            writer.write(check.result)
            writer.write(check.domain)
            writer.write(check.sentence)
        }
        writer.write(Self.code(of: decision.disposition))
        let reasons = decision.reasons.prefix(Limits.recordReasons)
        writer.write(reasons.count)
        for reason in reasons {
            writer.write(reason.code.rawValue)
            writer.write(reason.sentence)
        }
        writer.write(durations.authenticate)
        writer.write(durations.total)
        writer.write(route)
        let acts = acts.prefix(Limits.recordActs)
        writer.write(acts.count)
        for act in acts {
            writer.write(act.kind.rawValue)
            writer.write(act.sentence, limit: Limits.recordActOctets)
        }
        return writer.octets
    }

    private func writeRecipients(to writer: inout RecordOctetWriter) {
        let start = writer.octets.count
        for path in recipients {
            guard writer.octets.count - start < Limits.recordRecipientOctets else { break }
            if let mailbox = path.mailbox {
                writer.write(mailbox)
            } else {
                writer.write(UInt8(3))
            }
        }
        writer.write(UInt8(4))
    }

    private static func code(of disposition: Decision.Disposition) -> UInt8 {
        switch disposition {
        case .deliver: 0
        case .hold: 1
        case .reject: 2
        case .defer: 3
        }
    }

    /// Reads a record; nil when the octets are none of ours or of a newer layout.
    public init?(encoded octets: [UInt8]) {
        guard octets.count <= Limits.recordOctets else { return nil }
        var reader = RecordOctetReader(octets)
        guard let layout = reader.octet(), (1...Self.layout).contains(layout),
            let id = reader.number(),
            let receivedAt = reader.number(), let role = reader.octet().flatMap(Role.init),
            let client = reader.optionalAddress(), let heloName = reader.optionalText(),
            let tls = Self.tls(&reader), let reversePath = reader.mailbox(),
            let recipientCount = reader.count(), let recipients = Self.recipients(&reader),
            let header = Self.header(&reader), let size = reader.count(),
            let identities = Self.identities(&reader), let checks = Self.checks(&reader),
            let decision = Self.decision(&reader), let authenticate = reader.count(),
            let total = reader.count(), let route = reader.text(),
            let acts = layout > 1 ? Self.acts(&reader) : [], reader.isAtEnd
        else { return nil }
        self.init(
            id: QueueIdentifier(rawValue: id), receivedAt: Int64(bitPattern: receivedAt),
            role: role, client: client, heloName: heloName, tls: tls,
            reversePath: ReversePath(reversePath), recipients: recipients, header: header,
            size: size, identities: identities, checks: checks, decision: decision,
            durations: RecordedDurations(authenticate: authenticate, total: total), route: route)
        self.recipientCount = max(recipientCount, recipients.count)
        self.acts = acts
    }

    private static func acts(_ reader: inout RecordOctetReader) -> [RecordedAct]? {
        guard let count = reader.count(limit: Limits.recordActs) else { return nil }
        var acts: [RecordedAct] = []
        for _ in 0..<count {
            guard let kind = reader.octet().flatMap(RecordedAct.Kind.init),
                let sentence = reader.text()
            else { return nil }
            acts.append(RecordedAct(kind, sentence))
        }
        return acts
    }

    private static func tls(_ reader: inout RecordOctetReader) -> RecordedTLS?? {
        switch reader.octet() {
        case 0: return .some(nil)
        case 1:
            guard let version = reader.text(), let cipher = reader.text(),
                let name = reader.optionalText()
            else { return nil }
            return RecordedTLS(version: version, cipher: cipher, clientCertificateName: name)
        default: return nil
        }
    }

    private static func recipients(_ reader: inout RecordOctetReader) -> [ForwardPath]? {
        var recipients: [ForwardPath] = []
        while true {
            switch reader.peek() {
            case 3:
                _ = reader.octet()
                recipients.append(.postmaster)
            case 4:
                _ = reader.octet()
                return recipients
            default:
                guard let found = reader.mailbox(), let mailbox = found else { return nil }
                recipients.append(ForwardPath(mailbox))
            }
        }
    }

    private static func header(_ reader: inout RecordOctetReader) -> RecordedHeader? {
        guard let address = reader.optionalText(), let name = reader.optionalText(),
            let subject = reader.optionalText(), let messageID = reader.optionalText(),
            let date = reader.optionalText()
        else { return nil }
        return RecordedHeader(
            authorAddress: address, authorName: name, subject: subject, messageID: messageID,
            date: date)
    }

    private static func identities(_ reader: inout RecordOctetReader) -> ValidatedIdentities? {
        guard let count = reader.count(limit: Limits.recordDomains) else { return nil }
        var identities = ValidatedIdentities()
        for _ in 0..<count {
            guard let text = reader.text(), let domain = DomainName(text) else { return nil }
            identities.dkim.append(domain)
        }
        guard let spf = reader.optionalText(), let organizational = reader.optionalText() else {
            return nil
        }
        identities.spf = spf.flatMap { DomainName($0) }
        identities.organizational = organizational.flatMap { DomainName($0) }
        return identities
    }

    private static func checks(_ reader: inout RecordOctetReader) -> [RecordedCheck]? {
        guard let count = reader.count(limit: Limits.recordChecks) else { return nil }
        var checks: [RecordedCheck] = []
        for _ in 0..<count {
            guard let method = reader.octet().flatMap(RecordedCheck.Method.init),
                let result = reader.text(), let domain = reader.optionalText(),
                let sentence = reader.text()
            else { return nil }
            checks.append(RecordedCheck(method, result, domain: domain, sentence))
        }
        return checks
    }

    private static func decision(_ reader: inout RecordOctetReader) -> Decision? {
        guard let code = reader.octet(),
            let disposition = Decision.Disposition.allCases.first(where: {
                Self.code(of: $0) == code
            }),
            let count = reader.count(limit: Limits.recordReasons)
        else { return nil }
        var decision = Decision(disposition, [])
        for _ in 0..<count {
            guard let word = reader.text(), let sentence = reader.text() else { return nil }
            // A word of a version that is not ours any more: its sentence was for people anyway.
            guard let code = ReasonCode(rawValue: word) else { continue }
            decision.reasons.append(DecisionReason(code, sentence))
        }
        return decision
    }
}

extension RecordOctetWriter {
    fileprivate mutating func write(_ address: IPAddress?) {
        let bytes = address?.bytes ?? []
        write(UInt8(bytes.count))
        for byte in bytes { write(byte) }
    }

    /// 0 for none, 1 for one at a domain, 2 for one at an address.
    fileprivate mutating func write(_ mailbox: Mailbox?) {
        guard let mailbox else { return write(UInt8(0)) }
        switch mailbox.host {
        case .domain(let domain):
            write(UInt8(1))
            write(mailbox.localPart)
            write(domain.text)
        case .address(let address):
            write(UInt8(2))
            write(mailbox.localPart)
            write(address)
        }
    }
}

extension RecordOctetReader {
    /// The outer optional is nil where the octets make no sense.
    fileprivate mutating func optionalAddress() -> IPAddress?? {
        guard let count = octet(), let bytes = slice(Int(count)) else { return nil }
        if count == 0 { return .some(nil) }
        return IPAddress(bytes: Array(bytes)).map { .some($0) }
    }

    /// The outer optional is nil where the octets make no sense.
    fileprivate mutating func mailbox() -> Mailbox?? {
        let kind = octet()
        if kind == 0 { return .some(nil) }
        guard kind == 1 || kind == 2, let localPart = text() else { return nil }
        let host: MailHost
        if kind == 1 {
            guard let name = text().flatMap({ DomainName($0) }) else { return nil }
            host = .domain(name)
        } else {
            guard let found = optionalAddress(), let address = found else { return nil }
            host = .address(address)
        }
        return Mailbox(localPart: localPart, host: host).map { .some($0) }
    }
}
