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
    /// - Parameter owners: who answers for a sender, by its key.
    public init(
        _ result: ReplayResult, coverage: ReportCoverage, owners: [String: String] = [:],
        isTruncated: Bool = false
    ) {
        self.init(domain: result.domain, record: result.record, coverage: coverage)
        var bySender: [String: Sender] = [:]
        for row in result.rows {
            add(row, &bySender, owners)
        }
        senderCount = bySender.count
        senders = Array(
            bySender.values.sorted {
                ($1.atRisk, $1.messages, $0.key) < ($0.atRisk, $0.messages, $1.key)
            }.prefix(WayLimits.senders))
        remarks = result.warnings
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
        let outcomes = [row.treewalk, row.psl]
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
        if [.compliant, .misconfigured].contains(row.sourceClass) {
            sender.own = PlanNumbers.sum([sender.own, row.messages])
            // Another record than the one tried says nothing against the sender.
            let passes = outcomes.allSatisfy { $0.pass != false }
            if passes { sender.ownPassing = PlanNumbers.sum([sender.ownPassing, row.messages]) }
        }
        senders[row.senderKey] = sender
    }

    // MARK: Words

    /// Whether less than so many hundredths of a percent of the legitimate mail is at risk; what is
    /// not known counts as at risk.
    public func isBelow(hundredths: Int) -> Bool {
        let doubtful = Double(PlanNumbers.sum([atRisk, undetermined]))
        return doubtful * 10_000 < Double(legitimate) * Double(hundredths)
            || (doubtful == 0 && legitimate > 0)
    }

    public var share: Double { PlanNumbers.share(atRisk, of: legitimate) }

    /// The figure with its denominator, in a sentence.
    public var sentence: String {
        guard messages > 0 else {
            return "No mail was reported, so nothing can be said about what would be lost."
        }
        guard legitimate > 0 else {
            return "All \(PlanNumbers.messages(messages)) that were reported are forged: none of "
                + "yours was seen."
        }
        let whole = "\(PlanNumbers.messages(legitimate)) that are or may be yours"
        guard atRisk > 0 else {
            return "Of the \(whole), none would have been put aside or refused."
        }
        let affected = senders.filter { $0.atRisk > 0 }.count
        return "Of the \(whole), \(PlanNumbers.count(atRisk)) (\(PlanNumbers.percent(share))) "
            + "would have been put aside or refused, from "
            + (affected == 1 ? "one sender." : "\(affected) senders.")
    }
}
