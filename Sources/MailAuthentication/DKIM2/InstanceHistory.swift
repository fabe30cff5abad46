import Identities

/// Walks from the message at hand back to its first instance and compares each with its hashes
/// (draft-ietf-dkim-dkim2-spec-04 §10.2, §11.7).
struct InstanceHistory: Sendable {
    let message: RawMessage
    let chain: DKIM2Chain
    let policy: DKIM2Policy

    /// Oldest first; the second value tells whether a trusted hop lost the former body.
    func check() -> (instances: [DKIM2Verification.Instance], isBodyLost: Bool) {
        var outcomes = chain.instances.map(outcome)
        var walk = Walk(message)
        var isBodyLost = false
        for index in outcomes.indices.reversed() {
            let instance = chain.instances[index]
            let difference = walk.difference(from: instance)
            outcomes[index].result = difference == nil ? .pass : .fail
            outcomes[index].reason =
                difference
                ?? (walk.isBodyKnown
                    ? "Header and body are as instance \(instance.number) describes them."
                    : "The header is as instance \(instance.number) describes it.")
            guard difference == nil, index > 0, let recipe = instance.recipe else {
                if difference != nil { break }
                continue
            }
            if recipe.body == .lost {
                let maker = chain.maker(ofInstance: instance.number)
                guard let maker, policy.mayLoseBody.contains(maker) else {
                    let name = maker?.text ?? "A hop"
                    outcomes[index].result = .permerror
                    outcomes[index].reason =
                        "\(name) says that the body it received cannot be restored, so what was "
                        + "signed before cannot be compared."
                    break
                }
                isBodyLost = true
            }
            do throws(DKIM2Fault) {
                try walk.apply(recipe)
            } catch {
                outcomes[index].result = .permerror
                outcomes[index].reason =
                    "The recipe of Message-Instance \(instance.number) \(error.reason)."
                break
            }
        }
        return (outcomes, isBodyLost)
    }

    private func outcome(_ instance: MessageInstance) -> DKIM2Verification.Instance {
        // The first instance may tell what was done before; nobody signed that.
        let recipe = instance.number > 1 ? instance.recipe : nil
        return DKIM2Verification.Instance(
            number: instance.number, domain: chain.maker(ofInstance: instance.number),
            changedFields: recipe?.fields.keys.sorted() ?? [],
            isBodyChanged: recipe.map { $0.body != .unchanged } ?? false, result: .none,
            reason: "Not compared, because a newer instance of the message could not be confirmed.")
    }

    /// A former instance as a message; its body at most `limit` octets.
    func restore(_ number: Int, limit: Int) throws(DKIM2Fault) -> RawMessage {
        var walk = Walk(message)
        for instance in chain.instances.dropFirst(number).reversed() {
            guard let recipe = instance.recipe else { continue }
            guard recipe.body != .lost else {
                throw DKIM2Fault("The body of instance \(number) cannot be restored.")
            }
            do throws(DKIM2Fault) {
                try walk.apply(recipe)
            } catch {
                throw DKIM2Fault(
                    "The recipe of Message-Instance \(instance.number) \(error.reason).")
            }
        }
        return try walk.message(limit: limit)
    }
}

/// The state of the message at one point of the way back.
private struct Walk {
    private let message: RawMessage
    private var header: InstanceHeader
    /// Nil until a recipe restores the body: then it is the message's own.
    private var body: InstanceBody?
    private(set) var isBodyKnown = true
    private var headerHash: [UInt8]?
    private var bodyHash: [UInt8]?
    private var rereadOctets = 0

    init(_ message: RawMessage) {
        self.message = message
        header = InstanceHeader(message.fields)
    }

    /// What is not as the instance describes it; nil: all is.
    mutating func difference(from instance: MessageInstance) -> String? {
        guard let expected = instance.hashes else {
            return "Message-Instance \(instance.number) has no hash of an algorithm that is known "
                + "here."
        }
        let headerHash = self.headerHash ?? header.hash()
        self.headerHash = headerHash
        guard headerHash == expected.header else {
            return "The header is not as instance \(instance.number) describes it: fields were "
                + "changed, added or taken away without being told."
        }
        guard isBodyKnown else { return nil }
        let bodyHash =
            self.bodyHash ?? body?.hash(from: message)
            ?? message.bodyHash(.simple, .sha256, limit: nil).digest
        self.bodyHash = bodyHash
        guard bodyHash == expected.body else {
            return "The body is not as instance \(instance.number) describes it: it was changed "
                + "without being told."
        }
        return nil
    }

    mutating func apply(_ recipe: MessageRecipe) throws(DKIM2Fault) {
        if !recipe.fields.isEmpty {
            try header.apply(recipe.fields)
            headerHash = nil
        }
        switch recipe.body {
        case .unchanged: break
        case .lost: isBodyKnown = false
        case .steps(let steps):
            guard isBodyKnown else { return }
            rereadOctets &+= message.body.count
            guard rereadOctets <= Limits.dkim2RereadOctets else {
                throw DKIM2Fault("belongs to a body too large to be restored that often")
            }
            var body = self.body ?? InstanceBody(of: message)
            try body.apply(steps)
            self.body = body
            bodyHash = nil
        }
    }

    func message(limit: Int) throws(DKIM2Fault) -> RawMessage {
        guard let body else { return message.with(fields: header.fields) }
        guard let octets = body.octets(from: message, limit: limit) else {
            throw DKIM2Fault("The restored body has more than \(limit) octets.")
        }
        return RawMessage(
            fields: header.fields, body: BodyInMemory(octets), lineEnds: message.lineEnds,
            defects: message.defects)
    }
}
