import MailAuthentication
public import Identities

/// What is known of a proposed policy's consequences at one moment: kept with the proposal, so that
/// later it can be seen what was known when it was approved.
public struct PolicyRisk: Hashable, Sendable, Codable {
    public var domain: DomainName
    /// The record that was tried: never in test mode, since what it leads to counts.
    public var record: String
    /// All messages of the days.
    public var messages: Int64
    /// Those that are or may be legitimate: all but the forged ones.
    public var legitimate: Int64
    /// Of these, those that receivers would put aside or refuse, by either way of finding records.
    public var atRisk: Int64
    /// Of these, those of which the DNS did not let us know.
    public var undetermined: Int64
    public var forgedStopped: Int64
    /// Senders with mail at risk, most of it first, and after them those without.
    public var senders: [Sender]
    public var senderCount: Int
    public var coverage: ReportCoverage
    public var remarks: [String]
    /// The names below the domain whose mail alone is counted; nil for all mail.
    public var names: [SubdomainNames]?

    /// One sender's mail, forged mail left out.
    public struct Sender: Hashable, Sendable, Codable {
        public var key: String
        public var name: String
        /// Who answers for it in the organisation, where that is known.
        public var owner: String?
        public var messages: Int64 = 0
        public var atRisk: Int64 = 0
        /// Its own mail (proved, or to be set up), and how much of that passes; the rest was
        /// forwarded or is not known.
        public var own: Int64 = 0
        public var ownPassing: Int64 = 0
        /// Of its own mail that fails, what falls under `np` and `sp`, by the tag.
        public var failingBelow: [String: Int64]?

        public init(key: String, name: String, owner: String? = nil) {
            self.key = key
            self.name = name
            self.owner = owner
        }

        public var ownFailing: Int64 { max(0, own - ownPassing) }
    }

    public init(domain: DomainName, record: String, coverage: ReportCoverage) {
        self.domain = domain
        self.record = record
        self.coverage = coverage
        (messages, legitimate, atRisk, undetermined, forgedStopped) = (0, 0, 0, 0, 0)
        (senders, senderCount, remarks) = ([], 0, [])
    }

    /// Adds a replay up.
    ///
    /// - Parameters:
    ///   - names: the names below the domain whose mail alone is counted; nil for all mail.
    ///   - owners: who answers for a sender, by its key.
    ///   - nameless: messages whose From domain the reports do not tell.
    public init(
        _ result: ReplayResult, coverage: ReportCoverage, names: [SubdomainNames]? = nil,
        owners: [String: String] = [:], isTruncated: Bool = false, nameless: Int64 = 0
    ) {
        self.init(domain: result.domain, record: result.record, coverage: coverage)
        self.names = names
        var bySender: [String: Sender] = [:]
        for row in result.rows {
            add(row, &bySender, owners)
        }
        senderCount = bySender.count
        senders = Array(
            bySender.values.sorted {
                ($1.atRisk, $1.messages, $0.key) < ($0.atRisk, $0.messages, $1.key)
            }.prefix(WayLimits.senders))
        remarks = result.warnings + subdomainRemarks(nameless: nameless)
        if isTruncated {
            remarks.append(
                "There are more kinds of mail than one replay takes in; the rest was not tried.")
        }
        if !result.unresolved.isEmpty {
            remarks.append(
                "The DNS did not answer for \(result.unresolved.count) names; mail that depends "
                    + "on them is counted as not known.")
        }
        remarks = Array(remarks.prefix(WayLimits.remarks))
    }

    private mutating func add(
        _ row: ReplayRowResult, _ senders: inout [String: Sender], _ owners: [String: String]
    ) {
        let outcomes = counted(row)
        guard !outcomes.isEmpty else { return }
        let isStopped = outcomes.contains {
            $0.disposition == .quarantine || $0.disposition == .reject
        }
        messages = PlanNumbers.sum([messages, row.messages])
        guard row.sourceClass.fate != .forged else {
            if isStopped { forgedStopped = PlanNumbers.sum([forgedStopped, row.messages]) }
            return
        }
        legitimate = PlanNumbers.sum([legitimate, row.messages])
        var sender =
            senders[row.senderKey]
            ?? Sender(key: row.senderKey, name: row.senderName, owner: owners[row.senderKey])
        sender.messages = PlanNumbers.sum([sender.messages, row.messages])
        if isStopped {
            atRisk = PlanNumbers.sum([atRisk, row.messages])
            sender.atRisk = PlanNumbers.sum([sender.atRisk, row.messages])
        } else if outcomes.contains(where: { $0.disposition == .undetermined }) {
            undetermined = PlanNumbers.sum([undetermined, row.messages])
        }
        if [.compliant, .misconfigured].contains(row.sourceClass) { sender.addOwn(row, outcomes) }
        senders[row.senderKey] = sender
    }

    /// The outcomes of a row that belong to this risk; none where it is about other mail.
    private func counted(_ row: ReplayRowResult) -> [ReplayOutcome] {
        let outcomes = [row.treewalk, row.psl]
        guard let names else { return outcomes }
        guard row.headerFrom != domain, row.headerFrom.isEqualOrBelow(domain) else { return [] }
        let tags = names.map(\.tag)
        return outcomes.filter { outcome in
            // Where the DNS did not say which tag it is, it may be one of these.
            guard let tag = outcome.tag else { return outcome.disposition == .undetermined }
            return tags.contains(tag)
        }
    }
}

extension PolicyRisk.Sender {
    fileprivate mutating func addOwn(_ row: ReplayRowResult, _ outcomes: [ReplayOutcome]) {
        own = PlanNumbers.sum([own, row.messages])
        // Another record than the one tried says nothing against the sender.
        guard let failing = outcomes.first(where: { $0.pass == false }) else {
            ownPassing = PlanNumbers.sum([ownPassing, row.messages])
            return
        }
        guard let tag = failing.tag, tag != .policy else { return }
        let before = failingBelow?[tag.rawValue] ?? 0
        failingBelow = (failingBelow ?? [:]).merging(
            [tag.rawValue: PlanNumbers.sum([before, row.messages])]) { $1 }
    }
}
