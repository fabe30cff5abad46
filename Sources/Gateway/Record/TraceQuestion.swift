public import Spool
public import Storage

import Identities

/// What a person looks for in the record of messages, in the words they typed.
public struct TraceQuestion: Hashable, Sendable {
    /// What happened to the messages that are looked for.
    public enum Outcome: String, Sendable, CaseIterable {
        case delivered, waiting, held, failed, refused, deferred, deleted

        public var state: MessageState {
            switch self {
            case .delivered: .delivered
            case .waiting: .waiting
            case .held: .held
            case .failed: .failed
            case .refused: .refused
            case .deferred: .deferred
            case .deleted: .deleted
            }
        }
    }

    /// What the store is asked.
    public private(set) var search = MessageSearch()
    /// What could not be understood and was left out, each in a sentence.
    public private(set) var problems: [String] = []
    /// Set where the text is the queue id of one message.
    public private(set) var id: QueueIdentifier?

    /// - Parameters:
    ///   - anything: addresses, domains, a client's address, a Message-ID, a queue id, words of the
    ///     subject; every one of them must fit.
    ///   - sender: an address or a domain; `recipient` alike.
    ///   - from: milliseconds since 1970, as `until`, which is not included.
    public init(
        anything: String? = nil, sender: String? = nil, recipient: String? = nil,
        subject: String? = nil, client: String? = nil, outcome: Outcome? = nil,
        from: Int64? = nil, until: Int64? = nil
    ) {
        if let anything { read(anything) }
        if let sender {
            read(sender, "From", SearchTerm.sender(address:), SearchTerm.sender(domain:))
        }
        if let recipient {
            read(recipient, "To", SearchTerm.recipient(address:), SearchTerm.recipient(domain:))
        }
        if let subject { readWords(subject) }
        if let client {
            if let address = IPAddress(client) {
                search.terms.append([.client(address)])
            } else {
                problems.append("“\(client)” is no address of a server; it was left out.")
            }
        }
        search.state = outcome?.state
        // Rare fates have their place in the index; the others are seen by looking at messages.
        switch outcome {
        case .held, .failed, .refused, .deferred:
            if let state = outcome?.state { search.terms.append([.state(state)]) }
        case .delivered, .waiting, .deleted, nil: break
        }
        search.from = from
        search.until = until
    }

    /// One text for everything: each word is taken for what it looks like.
    private mutating func read(_ text: String) {
        let words = text.split(separator: " ")
        if words.count == 1, let found = QueueIdentifier(words[0]) { id = found }
        for word in words.prefix(Limits.questionWords) {
            let word = String(word)
            if let address = IPAddress(word) {
                search.terms.append([.client(address)])
            } else if word.contains("@") {
                readAddress(word)
            } else if word.contains("."), let domain = DomainName(word) {
                search.terms.append([.sender(domain: domain), .recipient(domain: domain)])
            } else {
                readWords(word)
            }
        }
    }

    /// Something with an @: an address, a domain behind it, or a Message-ID.
    private mutating func readAddress(_ word: String) {
        let bare = word.filter { $0 != "<" && $0 != ">" && $0 != "," && $0 != ";" }
        if bare.hasPrefix("@"), let domain = DomainName(bare.dropFirst()) {
            search.terms.append([.sender(domain: domain), .recipient(domain: domain)])
        } else {
            search.terms.append([
                .sender(address: bare), .recipient(address: bare), .messageID(bare),
            ])
        }
    }

    private mutating func read(
        _ text: String, _ field: String, _ address: (String) -> SearchTerm,
        _ domain: (DomainName) -> SearchTerm
    ) {
        let bare = text.filter { $0 != "<" && $0 != ">" }
        let name = bare.hasPrefix("@") ? bare.dropFirst() : bare[...]
        // A name without a dot is more likely a word that belongs elsewhere.
        if bare.contains("."), let found = DomainName(name) {
            search.terms.append([domain(found)])
        } else if let found = EmailAddress(bare) {
            search.terms.append([address(found.description)])
        } else {
            problems.append("“\(text)” in \(field) is no address and no domain; it was left out.")
        }
    }

    private mutating func readWords(_ text: String) {
        for word in SearchTerm.words(of: text).prefix(Limits.questionWords) {
            search.terms.append([.word(word)])
        }
    }
}
