import SQLDatabase

/// What a batch of messages adds to the sums that pages read.
struct MessageTally {
    private struct Fate: Hashable {
        var day: Int64
        var kind: Int64
        var reason: String
    }

    private struct Pair: Hashable {
        var recipient: String
        var sender: ProvedSender
        var day: Int64
    }

    private struct Sum {
        var messages: Int64
        var first: Int64
        var last: Int64
    }

    private var fates: [Fate: Int64] = [:]
    private var pairs: [Pair: Sum] = [:]

    mutating func count(
        _ kind: MessageCount.Kind, reason: String, at instant: Int64, _ messages: Int64 = 1
    ) {
        let reason = StoredText.cut(reason, to: MessageStore.Limits.reasonOctets)
        let fate = Fate(day: MessageStore.day(of: instant), kind: kind.rawValue, reason: reason)
        fates[fate, default: 0] += messages
    }

    mutating func relate(_ sender: ProvedSender, to recipient: String, at instant: Int64) {
        let limit = MessageStore.Limits.addressOctets
        let pair = Pair(
            recipient: StoredText.cut(recipient.lowercased(), to: limit),
            sender: ProvedSender(
                identity: StoredText.cut(sender.identity, to: limit),
                address: StoredText.cut(sender.address.lowercased(), to: limit)),
            day: MessageStore.day(of: instant))
        if var sum = pairs[pair] {
            sum.messages += 1
            sum.first = min(sum.first, instant)
            sum.last = max(sum.last, instant)
            pairs[pair] = sum
        } else {
            pairs[pair] = Sum(messages: 1, first: instant, last: instant)
        }
    }

    func write(to transaction: any SQLTransaction, _ organisation: OrganisationID) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(fates.count * 5)
        for (fate, messages) in fates {
            values += [
                .integer(organisation.rawValue), .integer(fate.day), .integer(fate.kind),
                .text(fate.reason), .integer(messages),
            ]
        }
        try transaction.accumulate(
            into: "message_day", columns: ["organisation_id", "day", "kind", "reason", "messages"],
            key: ["organisation_id", "day", "kind", "reason"], adding: ["messages"], lowering: [],
            raising: [], values: values)
        try writePairs(to: transaction, organisation)
    }

    private func writePairs(
        to transaction: any SQLTransaction, _ organisation: OrganisationID
    ) throws {
        var values: [SQLValue] = []
        values.reserveCapacity(pairs.count * 8)
        for (pair, sum) in pairs {
            values += [
                .integer(organisation.rawValue), .text(pair.recipient),
                .text(pair.sender.identity), .text(pair.sender.address), .integer(pair.day),
                .integer(sum.messages), .integer(sum.first), .integer(sum.last),
            ]
        }
        try transaction.accumulate(
            into: "relationship",
            columns: [
                "organisation_id", "recipient", "identity", "sender", "day", "messages",
                "first_at", "last_at",
            ],
            key: ["organisation_id", "recipient", "identity", "sender", "day"],
            adding: ["messages"], lowering: ["first_at"], raising: ["last_at"], values: values)
    }
}
