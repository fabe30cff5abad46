/// How far a transaction has come.
struct TransactionProgress: Sendable {
    enum Content: Sendable {
        case waiting
        case sending
        case sent
    }

    let transaction: SMTPTransaction
    let framing: ContentFraming
    /// Nil where nothing is decided, also for recipients that were accepted.
    var recipients: [SMTPTransactionOutcome.Recipient?]
    var accepted = 0
    /// MAIL or RCPT commands written so far, where they go one by one.
    var writtenRecipients = 0
    var isMailAccepted = false
    /// Whether the command that introduces content was written with the recipients.
    var introducedContent = false
    var content = Content.waiting
    var sentUndeclaredEightBit = false

    init(_ transaction: SMTPTransaction, _ framing: ContentFraming) {
        self.transaction = transaction
        self.framing = framing
        recipients = Array(repeating: nil, count: transaction.envelope.recipients.count)
    }

    /// Decides for everyone who is still open.
    mutating func settle(_ result: SMTPTransactionOutcome.Recipient) {
        for index in recipients.indices where recipients[index] == nil {
            recipients[index] = result
        }
    }

    /// A transaction that came to its end; each recipient is settled.
    func outcome(isUncertain: Bool = false) -> SMTPTransactionOutcome {
        SMTPTransactionOutcome(
            recipients: recipients.compactMap { $0 }, sentContent: content != .waiting,
            isUncertain: isUncertain,
            sentUndeclaredEightBit: sentUndeclaredEightBit && content != .waiting)
    }

    /// A transaction that was cut off. Whoever is not settled has failed; when all of the content
    /// had gone to a server that had not refused everybody, nobody knows what became of it.
    func outcome(endedBy failure: SMTPClientFailure) -> SMTPTransactionOutcome {
        var copy = self
        let isOpen = recipients.contains(nil)
        copy.settle(.failed(failure))
        // 421 is an answer: the server has not taken it.
        return copy.outcome(
            isUncertain: content == .sent && isOpen && failure.reason != .refused)
    }
}
