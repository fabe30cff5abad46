import Identities
import SMTP
import SMTPServer
import Synchronization

/// One client's way through the gateway's rules: each answer is nil to go on, or the refusal.
final class ConnectionPolicy: ReceptionPolicy {
    private struct State {
        /// What lists say about the client.
        var lists = DNSLists.Finding()
        /// Whether the recipients so far are addresses for reports.
        var takesReports = false
    }

    private let reception: MailReception
    private let role: ListenerRole
    private let state = Mutex(State())

    init(_ reception: MailReception, role: ListenerRole) {
        self.reception = reception
        self.role = role
    }

    private var options: GatewayOptions { reception.options }

    private func isOwn(_ client: ClientConnection) -> Bool {
        options.isOwnNetwork(client.address)
    }

    private func isUnlimited(_ client: ClientConnection) -> Bool {
        options.isUnlimited(client.address)
    }

    // MARK: Before any mail

    func connected(_ client: ClientConnection) -> PolicyAnswer<ConnectionAnswer> {
        let isOwn = isOwn(client)
        if role == .internal, !isOwn {
            return .now(
                .refuse(
                    refusal(.relayDenied, 554, "This door is for our own networks only.")))
        }
        if isOwn { return .now(.accept(greetingDelay: .zero)) }
        let delay = options.greetingDelay
        guard !reception.lists.lists.isEmpty else { return .now(.accept(greetingDelay: delay)) }
        return .later { [self] in
            let finding = await reception.lists.find(client.address)
            state.withLock { $0.lists = finding }
            return .accept(greetingDelay: delay)
        }
    }

    func earlyTalker(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> {
        .now(
            refusal(
                .earlyTalker, 554, "You talked before the greeting, as programs that send spam do.")
        )
    }

    func hello(_ client: ClientConnection) -> PolicyAnswer<SMTPReply?> {
        guard !isOwn(client), let name = client.helo,
            DomainName(name) == options.hostName
        else { return .now(nil) }
        return .now(refusal(.impossibleSender, 550, "You are not \(name); that is our own name."))
    }

    // MARK: The envelope

    func mail(
        _ path: ReversePath, _ parameters: MailParameters, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> {
        state.withLock { $0.takesReports = false }
        guard !isOwn(client) else { return .now(nil) }
        if let mailbox = path.mailbox, let reply = unencrypted(mailbox.host, client) {
            return .now(reply)
        }
        let now = reception.now()
        guard isUnlimited(client) || reception.messages.take(client.address, now: now) else {
            return .now(
                temporary(.rateLimit, 450, "You send more than we take in a minute; wait a little.")
            )
        }
        guard options.checksSenderDomain, let mailbox = path.mailbox else { return .now(nil) }
        guard let domain = mailbox.host.domain else { return .now(nil) }
        if let known = reception.senders.known(domain, now: now) { return .now(answer(known)) }
        return .later { [self] in answer(await reception.senders.find(domain, now: now)) }
    }

    private func answer(_ finding: SenderDomainCheck.Answer) -> SMTPReply? {
        guard case .impossible(let sentence) = finding else { return nil }
        return refusal(.impossibleSender, 550, sentence)
    }

    func recipient(
        _ recipient: EnvelopeRecipient, _ envelope: Envelope, _ client: ClientConnection
    ) -> PolicyAnswer<SMTPReply?> {
        let isOwn = isOwn(client)
        if !isOwn, let reply = listed() { return .now(reply) }
        if let answer = reportAddress(recipient.path, envelope) { return .now(answer.reply) }
        if isOwn { return .now(nil) }
        if let reply = unencrypted(recipient.path.mailbox?.host, client) { return .now(reply) }
        let now = reception.now()
        guard isUnlimited(client) || !reception.unknowns.isExhausted(client.address, now: now)
        else {
            return .now(
                temporary(
                    .rateLimit, 450, "Too many addresses that do not exist; wait a little."))
        }
        if let known = reception.directory.known(recipient.path, now: now) {
            return .now(reply(known, client, now))
        }
        return .later { [self] in
            reply(await reception.directory.find(recipient.path, now: now), client, now)
        }
    }

    /// RFC 3207 §4: who must begin TLS first is told so with 530.
    private func unencrypted(_ host: MailHost?, _ client: ClientConnection) -> SMTPReply? {
        guard client.tls == nil, let host, options.needsEncryption(host) else { return nil }
        return refusal(
            .unencrypted, 530, "Mail of \(host) comes encrypted only: begin with STARTTLS.")
    }

    private func listed() -> SMTPReply? {
        let lists = state.withLock { $0.lists }
        guard lists.score >= options.refusedScore, lists.score > 0 else { return nil }
        let names = lists.zones.map(\.text).joined(separator: ", ")
        return refusal(.listedClient, 550, "Your address is listed by \(names).")
    }

    /// Whether the recipient is an address for reports. A mail goes either to people or to the
    /// reports; the client sends the rest again by itself.
    private func reportAddress(
        _ path: ForwardPath, _ envelope: Envelope
    ) -> (isReport: Bool, reply: SMTPReply?)? {
        let address = path.mailbox?.address.flatMap {
            EmailAddress(localPart: $0.localPart.lowercased(), domain: $0.domain)
        }
        let isReport =
            role == .reports || address.map(options.reportAddresses.contains) == true
        let takes = state.withLock { state in
            if envelope.recipients.isEmpty { state.takesReports = isReport }
            return state.takesReports
        }
        if isReport != takes {
            return (
                isReport,
                SMTPReply(
                    452, EnhancedStatusCode(4, 5, 3), "Send to this recipient separately")
            )
        }
        guard isReport else { return nil }
        if role == .reports, let address, !options.reportAddresses.isEmpty,
            !options.reportAddresses.contains(address)
        {
            return (true, refusal(.unknownRecipient, 550, "Nobody takes reports at this address."))
        }
        return (true, nil)
    }

    private func reply(
        _ answer: RecipientDirectory.Answer, _ client: ClientConnection, _ now: Int64
    ) -> SMTPReply? {
        switch answer {
        case .exists: return nil
        case .unknown:
            _ = reception.unknowns.take(client.address, now: now)
            return refusal(.unknownRecipient, 550, "Nobody here has this address.")
        case .notOurs:
            return refusal(.relayDenied, 550, "We take no mail for this domain.")
        case .unchecked:
            return temporary(
                .recipientUnchecked, 450, "We cannot say yet whether this address exists.")
        }
    }

    // MARK: The message

    func message(_ message: ReceivedMessage) async -> SMTPReply {
        let takesReports = state.withLock { $0.takesReports }
        guard takesReports else { return await reception.pipeline.accept(message, role: role) }
        return await reception.pipeline.acceptReport(message)
    }

    func closed(_ client: ClientConnection, reason: String) {}

    private func refusal(_ code: ReasonCode, _ number: Int, _ sentence: String) -> SMTPReply {
        reception.refusals.count(code)
        return SMTPReply(number, code.status, sentence)
    }

    private func temporary(_ code: ReasonCode, _ number: Int, _ sentence: String) -> SMTPReply {
        reception.refusals.count(code)
        let status = code.status
        return SMTPReply(number, EnhancedStatusCode(4, status.subject, status.detail), sentence)
    }
}
