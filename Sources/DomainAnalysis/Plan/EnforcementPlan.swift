/// What stands between a domain and `p=reject`: ordered steps, each with the exact change, the
/// mail it concerns, the risk and the evidence.
///
/// The JSON keys are the names of the properties.
public struct EnforcementPlan: Hashable, Sendable, Codable {
    public enum Stage: String, CaseIterable, Sendable, Codable {
        /// No usable DMARC record.
        case unprotected
        /// The policy asks for nothing yet.
        case monitoring
        case quarantine
        case rejecting
        /// The domain sends no mail.
        case parked
    }

    /// How much of the owner's mail would arrive at `p=reject`, and what else there is.
    public struct Readiness: Hashable, Sendable, Codable {
        /// Mail of the owner: proved, or put down to a sender that needs work.
        public var legitimateMessages: Int64
        public var survivingMessages: Int64
        /// From 0 to 1; nil where there is no mail of the owner.
        public var share: Double?
        public var forwardedMessages: Int64
        public var undecidedMessages: Int64
        public var forgedMessages: Int64
        public var sentence: String
    }

    /// The next stage and the first day for it.
    public struct Milestone: Hashable, Sendable, Codable {
        /// `p=none`, `p=quarantine`, `p=reject` or `keep`.
        public var next: String
        public var daysRemaining: Int
        /// YYYY-MM-DD, where the facts name today.
        public var earliestDay: String?
        /// Steps that have to be taken first.
        public var blockingSteps: Int
        public var sentence: String
    }

    public var domain: String
    public var headline: String
    public var stage: Stage
    public var readiness: Readiness
    public var steps: [PlanStep]
    public var milestone: Milestone
    public var daysObserved: Int
    public var reporters: Int
    public var totalMessages: Int64
}

/// One step of a plan.
public struct PlanStep: Hashable, Sendable, Codable {
    public enum Kind: String, CaseIterable, Sendable, Codable {
        case publishRecord, repairRecord, lockDown, askForReports, repairSPF, fixSender
        case addDKIM, decideSender, revokeSender, removeTags, explainForwarding, explainForgery
        case quarantineTest, quarantine, reject, subdomains, watch
    }

    public struct Risk: Hashable, Sendable, Codable {
        public enum Level: String, CaseIterable, Sendable, Codable { case low, medium, high }
        public var level: Level
        public var sentence: String
        public init(_ level: Level, _ sentence: String) {
            self.level = level
            self.sentence = sentence
        }
    }

    /// Counted from 1.
    public var order: Int
    public var kind: Kind
    public var title: String
    public var why: String
    /// What to change in the DNS; empty where nothing is.
    public var changes: [DNSChange]
    /// What to do elsewhere.
    public var instructions: [String]
    /// The sender it is about.
    public var senderKey: String?
    public var messages: Int64
    /// Of the mail that is not forged; for `explainForgery`, of all mail. From 0 to 1.
    public var share: Double
    public var risk: Risk
    public var evidence: [String]
    /// Has to be done before `p=reject`.
    public var blocksReject: Bool

    init(
        _ kind: Kind, title: String, why: String, changes: [DNSChange] = [],
        instructions: [String] = [], senderKey: String? = nil, messages: Int64 = 0,
        share: Double = 0, risk: Risk, evidence: [String] = [], blocksReject: Bool = false
    ) {
        self.order = 0
        self.kind = kind
        self.title = title
        self.why = why
        self.changes = changes
        self.instructions = instructions
        self.senderKey = senderKey
        self.messages = messages
        self.share = share
        self.risk = risk
        self.evidence = evidence
        self.blocksReject = blocksReject
    }
}

/// A change to the records of one name and type: these go, those come.
public struct DNSChange: Hashable, Sendable, Codable {
    public var name: String
    public var type: String
    public var remove: [String]
    public var add: [String]

    public init(name: String, type: String, remove: [String] = [], add: [String] = []) {
        self.name = name
        self.type = type
        self.remove = remove
        self.add = add
    }
}
