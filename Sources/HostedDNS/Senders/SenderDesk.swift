public import DomainAnalysis
public import Identities
public import Storage

/// Where a sender is authorised together with the change of the DNS that its mail needs.
public struct SenderDesk: Sendable {
    public let decisions: SenderDecisionStore
    /// Nil where nobody makes changes of the DNS for this organisation.
    public let changes: ChangeDesk?

    public init(decisions: SenderDecisionStore, changes: ChangeDesk?) {
        self.decisions = decisions
        self.changes = changes
    }

    /// What authorising a sender will do to the DNS, worked out before anybody confirms it.
    public enum Preview: Hashable, Sendable {
        /// Nothing has to change.
        case nothing
        /// The exact change, against the zone as it is now.
        case exact(ZoneChange)
        /// The records are known, and not what the zone holds now; the sentence says why.
        case described([DNSChange], String)
    }

    public func preview(
        _ authorisation: SenderAuthorisation, of sender: String, for domain: DomainName,
        by person: String
    ) async -> Preview {
        guard !authorisation.changes.isEmpty else { return .nothing }
        guard let changes else {
            return .described(
                authorisation.changes,
                "This program has no keys for the zones of this organisation, so make the change "
                    + "where your DNS is kept.")
        }
        do {
            return .exact(
                try await changes.preview(
                    authorisation.changes, for: domain,
                    reason: "Let \(sender) send as \(domain).", by: person))
        } catch let fault as ZoneFault {
            return .described(authorisation.changes, fault.description)
        } catch let fault as ZoneChangeError {
            if case .nothingToDo = fault { return .nothing }
            return .described(authorisation.changes, fault.description)
        } catch {
            return .described(authorisation.changes, "Your zone could not be asked: \(error)")
        }
    }

    /// What became of an authorisation.
    public struct Outcome: Hashable, Sendable {
        /// Nil when it was so already.
        public var event: SenderEvent?
        /// The change of the DNS that goes with it.
        public var change: Int64?
        /// What became of that change, and whether it was made.
        public var sentence: String?
        public var isMade: Bool
    }

    /// Authorises a sender: keeps the change that the person saw, decides, and makes the change.
    ///
    /// A change that cannot be made now (no key, an unreachable server) stays proposed and the
    /// decision stands: the sender is the person's, whatever the DNS says today.
    ///
    /// - Parameter mayApply: whether this person may change the DNS; otherwise it stays proposed.
    /// - Throws: `LeftProposal` where the sender was not authorised and its change is still there.
    public func authorise(
        _ sender: String, of domain: DomainName, with change: ZoneChange?, by actor: AuditActor,
        mayApply: Bool, now: Int64
    ) async throws -> Outcome {
        var stored: StoredChange?
        if let change, let changes { stored = try await changes.propose(change) }
        let event: SenderEvent?
        do {
            event = try await decisions.act(
                .authorise(change: stored?.id), on: sender, of: domain, by: actor, now: now)
        } catch {
            guard let stored, let changes else { throw error }
            throw await dismiss(stored.id, changes, by: actor, after: error)
        }
        var outcome = Outcome(event: event, change: stored?.id, sentence: nil, isMade: false)
        guard let stored, let changes else { return outcome }
        guard mayApply else {
            outcome.sentence = "An owner or an operator has to make the change of the DNS."
            return outcome
        }
        switch try await changes.apply(stored.id, by: actor.name) {
        case .done(let sentence):
            outcome.sentence = sentence
            outcome.isMade = true
        case .refused(let sentence): outcome.sentence = sentence
        }
        return outcome
    }

    /// Takes a proposal away whose sender was not authorised.
    ///
    /// - Returns: what is to be thrown: `cause`, or `LeftProposal` where the proposal is left.
    private func dismiss(
        _ id: Int64, _ changes: ChangeDesk, by actor: AuditActor, after cause: any Error
    ) async -> any Error {
        do {
            switch try await changes.dismiss(id, by: actor.name) {
            case .done: return cause
            case .refused(let sentence):
                return LeftProposal(change: id, cause: cause, reason: sentence)
            }
        } catch {
            return LeftProposal(change: id, cause: cause, reason: "\(error)")
        }
    }

    /// What an undone authorisation left in the DNS.
    public enum Rest: Hashable, Sendable {
        /// Its change was never made, and is not to be made any more.
        case dismissed(Int64)
        /// The way back of its change, as a proposal with its exact difference; nothing of it is
        /// made.
        case proposed(StoredChange)
        /// No way back is proposed, and the DNS may hold the change.
        case left(LeftChange)
    }

    /// Offers the way back of the change that went with an authorisation, once that is undone.
    ///
    /// - Parameter event: of the undo.
    /// - Returns: nil where the DNS has nothing of it.
    public func takeBack(_ event: SenderEvent, by person: String) async -> Rest? {
        guard let id = event.before.change, event.after.change != id else { return nil }
        var left = LeftChange(id: id)
        guard let changes else {
            left.isAtHand = false
            left.reason = "This program makes no changes of the DNS for this organisation."
            return .left(left)
        }
        do {
            return try await rest(of: &left, changes, by: person)
        } catch {
            left.reason = "\(error)"
            return .left(left)
        }
    }

    /// - Parameter left: told what is known of the change, for when this throws.
    private func rest(
        of left: inout LeftChange, _ changes: ChangeDesk, by person: String
    ) async throws -> Rest? {
        let id = left.id
        guard var stored = try await changes.store.change(id) else {
            left.isAtHand = false
            left.reason = "What it changed is not kept here any more, or cannot be read."
            return .left(left)
        }
        if stored.state == .proposed {
            if case .done = try await changes.dismiss(id, by: person) { return .dismissed(id) }
            // Somebody was quicker.
            stored = try await changes.store.change(id) ?? stored
        }
        switch stored.state {
        case .undone, .dismissed: return nil
        case .pending, .visible, .overdue, .changedOutside:
            left.isMade = true
            return .proposed(try await changes.proposeUndo(of: id, by: person))
        case .proposed, .applying, .replaced:
            let remark = stored.remark.isEmpty ? "" : " \(stored.remark)"
            left.reason = "The change is \(stored.state.words).\(remark)"
            return .left(left)
        }
    }
}
