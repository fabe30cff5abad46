public import SMTP
public import Spool
public import Storage

import Identities

extension MessageRecord {
    /// What the store keeps of it, found by sender, recipient, client, Message-ID and the words of
    /// its subject.
    ///
    /// - Parameters:
    ///   - recipients: all of them, where the record holds only some.
    ///   - standsFor: messages alike that this one is kept for, itself included.
    public func entry(recipients: [ForwardPath]? = nil, standsFor: Int64 = 1) -> MessageEntry {
        let recipients = recipients ?? self.recipients
        return MessageEntry(
            id: id.storedValue, receivedAt: receivedAt, state: state,
            reason: decision.reasons.first?.code.rawValue ?? "", standsFor: standsFor,
            record: encoded(), recipients: recipients.map(\.description),
            terms: terms(recipients: recipients), author: provedSender)
    }

    private var state: MessageState {
        switch decision.disposition {
        case .deliver: .waiting
        case .hold: .held
        case .reject: .refused
        case .defer: .deferred
        }
    }

    /// Who is proved to have written it; nil where DMARC's alignment proves nobody.
    public var provedSender: ProvedSender? {
        guard let identity = identities.organizational, let address = header.authorAddress,
            !address.isEmpty
        else { return nil }
        return ProvedSender(identity: identity.text, address: address)
    }

    private func terms(recipients: [ForwardPath]) -> [SearchTerm] {
        var terms: [SearchTerm] = []
        terms.reserveCapacity(16)
        if let client { terms.append(.client(client)) }
        if let messageID = header.messageID { terms.append(.messageID(messageID)) }
        if decision.disposition != .deliver { terms.append(.state(state)) }
        let sender = reversePath.mailbox
        if let sender {
            terms.append(.sender(address: sender.description))
            if let domain = sender.host.domain { Self.add(domain, to: &terms) }
        }
        if let text = header.authorAddress, text != sender?.description {
            terms.append(.sender(address: text))
            if let at = text.utf8.lastIndex(of: UInt8(ascii: "@")),
                let domain = DomainName(text[text.utf8.index(after: at)...]),
                domain != sender?.host.domain
            {
                Self.add(domain, to: &terms)
            }
        }
        for word in SearchTerm.words(of: header.subject ?? "") { terms.append(.word(word)) }
        var domains: Set<DomainName> = []
        for path in recipients {
            guard terms.count < MessageStore.Limits.terms else { break }
            terms.append(.recipient(address: path.description))
            guard let domain = path.mailbox?.host.domain, domains.insert(domain).inserted else {
                continue
            }
            for name in Self.searched(domain) { terms.append(.recipient(domain: name)) }
        }
        return terms
    }

    private static func add(_ domain: DomainName, to terms: inout [SearchTerm]) {
        for name in searched(domain) { terms.append(.sender(domain: name)) }
    }

    /// The domain and those above it that have a dot, so that `example.org` finds
    /// `mail.example.org`; not more than four.
    static func searched(_ domain: DomainName) -> [DomainName] {
        var names = [domain]
        var rest = domain.text[...]
        while names.count < 4, let dot = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
            rest = rest[rest.utf8.index(after: dot)...]
            guard rest.utf8.contains(UInt8(ascii: ".")), let name = DomainName(rest) else { break }
            names.append(name)
        }
        return names
    }
}

extension QueueIdentifier {
    /// The identifier as tables keep it: the same order, for as long as milliseconds since 1970 fit
    /// into 43 bits.
    public var storedValue: Int64 { Int64(bitPattern: rawValue) }

    /// The identifier of a row.
    public init(storedValue: Int64) { self.init(rawValue: UInt64(bitPattern: storedValue)) }
}
