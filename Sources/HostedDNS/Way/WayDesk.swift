public import DomainAnalysis
public import Identities
public import Storage

/// Where a domain's policy is changed with care: proposed with what it would do, approved by who
/// may, made by the desk for changes of the DNS, and watched there.
public struct WayDesk: Sendable {
    public let store: WayStore
    let changes: ChangeDesk
    let advice: WayAdvice
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - changes: in the name of those who approve.
    ///   - now: seconds since 1970.
    public init(
        store: WayStore, changes: ChangeDesk, advice: WayAdvice,
        now: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.changes = changes
        self.advice = advice
        self.now = now
    }

    /// What became of a person's decision.
    public struct Outcome: Hashable, Sendable {
        /// What was decided holds.
        public var isDecided: Bool
        public var sentence: String
        /// The DNS change, where there is one.
        public var change: Int64?

        static func refused(_ sentence: String) -> Outcome {
            Outcome(isDecided: false, sentence: sentence)
        }
    }

    // MARK: Looking

    public func survey(_ domain: DomainName) async throws -> DomainSurvey {
        try await advice.survey(domain)
    }

    /// What the next step would do; nil where there is none.
    public func ahead(
        of survey: DomainSurvey, testing: Bool = false, days: Int
    ) async throws -> PolicyRisk? {
        guard let next = survey.moves(testing: testing).first else { return nil }
        return try await risk(of: next, survey, days: days)
    }

    /// What a step would do, counted from the mail that it is about.
    func risk(
        of move: WayMove, _ survey: DomainSurvey, days: Int
    ) async throws -> PolicyRisk {
        try await risk(of: move.record(from: survey.record), survey, days: days)
    }

    private func risk(
        of record: String, _ survey: DomainSurvey, days: Int
    ) async throws -> PolicyRisk {
        try await advice.risk(
            WayAdvice.Question(
                survey.domain, record, days: days,
                names: WayMove.names(from: survey.record, to: record)))
    }

    /// What the record in force does with all mail.
    func risk(inForce survey: DomainSurvey, days: Int) async throws -> PolicyRisk {
        try await advice.risk(
            WayAdvice.Question(
                survey.domain, survey.record ?? WayStep.none.record(from: nil), days: days))
    }

    /// The DNS change that makes a proposal, and where it stands.
    public func change(of proposal: WayProposal) async throws -> StoredChange? {
        guard let id = proposal.change else { return nil }
        return try await changes.store.change(id)
    }

    /// From a domain never seen before to a policy that refuses, with all that may go wrong.
    ///
    /// - Parameter address: where reports shall go; taken where the record names nobody yet.
    public func emergency(
        _ domain: DomainName, reportsTo address: EmailAddress?
    ) async throws -> WayEmergency {
        // Signs that mean something in a record or in a URI do not get into one.
        if let address, address.localPart.contains(where: { !Self.isPlain($0) }) {
            throw WayRefusal(
                "Reports can be asked for at a plain address only, as dmarc@\(domain).")
        }
        let survey = try await advice.survey(domain)
        let record = WayStep.reject.record(
            from: survey.record, reportsTo: address.map { "mailto:\($0)" })
        let risk = try await advice.risk(
            WayAdvice.Question(domain, record, days: Limits.emergencyDays))
        return WayEmergency(
            survey: survey, record: record, risk: risk,
            dangers: survey.dangers(of: record, risk: risk))
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "._+-".contains(character))
    }

    // MARK: Rules

    /// Lets a domain go on by rules from where it stands now.
    ///
    /// - Parameter version: of the rules that these take the place of; nil for whatever they are.
    public func agree(
        _ rules: WayRules, _ survey: DomainSurvey, replacing version: String? = nil,
        by actor: AuditActor
    ) async throws {
        guard survey.failures.isEmpty else {
            throw WayRefusal(
                "What \(survey.domain) publishes now could not be looked up: "
                    + survey.failures.joined(separator: " "))
        }
        let known = try await risk(inForce: survey, days: Limits.emergencyDays)
        try await store.agree(
            rules, for: survey.domain, at: survey.position(by: rules), before: known,
            replacing: version, by: actor, now: now())
    }

    // MARK: Proposing

    /// Keeps a proposal with what is known now.
    ///
    /// - Parameters:
    ///   - record: the whole record; nil takes the published one with what `step` changes.
    ///   - step: nil for the next one.
    ///   - days: of reports that it is tried on.
    /// - Throws: `WayRefusal`, `WayError`, or what the record is refused with.
    public func propose(
        _ domain: DomainName, record: String? = nil, step: WayMove? = nil, reason: String = "",
        days: Int, by actor: AuditActor
    ) async throws -> WayProposal {
        let survey = try await advice.survey(domain)
        // Whoever does not know what is published would publish a second record beside it.
        guard survey.failures.isEmpty || survey.record != nil else {
            throw WayRefusal(
                "What \(domain) publishes now could not be looked up: "
                    + survey.failures.joined(separator: " "))
        }
        let text: String
        if let record {
            text = record
        } else {
            guard let step = step ?? survey.moves(testing: false).first else {
                throw WayRefusal("\(domain) is at p=reject already: there is no further step.")
            }
            text = step.record(from: survey.record)
        }
        guard text.utf8.count <= WayLimits.record else {
            throw WayRefusal("The record is longer than \(WayLimits.record) octets.")
        }
        guard text != survey.record else {
            throw WayRefusal("\(domain) publishes exactly this record already.")
        }
        let known = try await risk(of: text, survey, days: days)
        let why =
            reason.isEmpty ? "To \(WayMove.tags(from: survey.record, to: text))." : reason
        let id = try await store.propose(
            WayDraft(
                domain: domain, record: text, replaces: survey.record, reason: why, known: known),
            by: actor, now: now())
        guard let proposal = try await store.proposal(id) else { throw WayError.unknown(id) }
        return proposal
    }

    // MARK: Deciding

    /// Approves a proposal and has its DNS change made.
    ///
    /// - Parameter typed: the domain's name as the person typed it.
    public func approve(
        _ id: Int64, by actor: AuditActor, typed: String?
    ) async throws -> Outcome {
        guard let proposal = try await store.proposal(id) else {
            return .refused(WayError.unknown(id).description)
        }
        guard DomainName(typed ?? "") == proposal.domain else {
            return .refused(
                "\(proposal.draft.known.sentence) If that is right, type the domain's name, "
                    + "\(proposal.domain), to approve it.")
        }
        return try await decide(proposal, by: actor, isAgreed: false)
    }

    func decide(
        _ proposal: WayProposal, by actor: AuditActor, isAgreed: Bool
    ) async throws -> Outcome {
        // Approved before, and stopped before its change was worked out: that is taken up again.
        if proposal.state != .approved {
            do {
                _ = try await store.approve(
                    proposal.id, by: actor, isAgreed: isAgreed, now: now())
            } catch let error as WayError {
                return .refused(error.description)
            }
        }
        return try await make(proposal, by: actor)
    }

    public func decline(
        _ id: Int64, by actor: AuditActor, because reason: String
    ) async throws -> Outcome {
        do {
            let proposal = try await store.decline(id, by: actor, because: reason, now: now())
            return Outcome(
                isDecided: true,
                sentence: "The policy of \(proposal.domain) stays as it is.")
        } catch let error as WayError {
            return .refused(error.description)
        }
    }

    // MARK: Making

    private func make(_ proposal: WayProposal, by actor: AuditActor) async throws -> Outcome {
        let (domain, draft) = (proposal.domain, proposal.draft)
        let changes = changes.acting(as: actor.kind)
        let stored: StoredChange
        do {
            stored = try await changes.propose(
                [
                    DNSChange(
                        name: "_dmarc.\(domain)", type: "TXT",
                        remove: draft.replaces.map { [$0] } ?? [], add: [draft.record])
                ], for: domain, reason: "Proposal \(proposal.id): \(draft.reason)",
                by: actor.name,
                mail: ChangeConsequences.Mail(
                    days: draft.known.coverage.daysWithData, failing: draft.known.atRisk))
        } catch let error as CancellationError {
            throw error
        } catch {
            return try await reopen(proposal, because: "\(error)", by: actor)
        }
        guard !Self.hasTwoPolicies(stored.change) else {
            _ = try await changes.dismiss(stored.id, by: actor.name)
            return try await reopen(
                proposal,
                because: "Another DMARC record of \(domain) has come up meanwhile, and two of them "
                    + "count as none. Decline this proposal, and propose anew.", by: actor)
        }
        guard try await store.made(proposal.id, change: stored.id, by: actor, now: now()) else {
            _ = try await changes.dismiss(stored.id, by: actor.name)
            return .refused("Somebody else has approved proposal \(proposal.id) just now.")
        }
        switch try await changes.apply(stored.id, by: actor.name, typed: domain.text) {
        case .done(let sentence):
            return Outcome(isDecided: true, sentence: "Approved. \(sentence)", change: stored.id)
        case .refused(let sentence):
            return Outcome(
                isDecided: true,
                sentence: "Approved, and not made yet: \(sentence) The DNS change \(stored.id) "
                    + "waits: have it made there, or export it and make it by hand.",
                change: stored.id)
        }
    }

    private func reopen(
        _ proposal: WayProposal, because reason: String, by actor: AuditActor
    ) async throws -> Outcome {
        _ = try await store.reopen(proposal.id, because: reason, by: actor, now: now())
        return .refused("The DNS change could not be worked out: \(reason)")
    }

    /// Receivers heed none of several records (RFC 9989 §4.10).
    private static func hasTwoPolicies(_ change: ZoneChange) -> Bool {
        change.sets.contains { set in
            let texts = (set.after?.texts ?? []).filter { text in
                text.filter { !$0.isWhitespace }.lowercased().hasPrefix("v=dmarc1")
            }
            return texts.count > 1
        }
    }
}
