/// What is done with a message, and why: every way out of the pipeline has at least one reason.
public struct Decision: Hashable, Sendable {
    /// The four ways out.
    public enum Disposition: String, Sendable, Codable, CaseIterable {
        /// Accepted, and on its way to the next server.
        case deliver
        /// Accepted and kept in quarantine until a person decides.
        case hold
        /// Refused for good: the client tells its own sender.
        case reject
        /// Not now: the client tries again.
        case `defer`
    }

    public var disposition: Disposition
    /// In the order of their weight; the first one decided.
    public var reasons: [DecisionReason]

    public init(_ disposition: Disposition, _ reasons: [DecisionReason]) {
        self.disposition = disposition
        self.reasons = reasons
    }

    public init(_ disposition: Disposition, _ code: ReasonCode, _ sentence: String) {
        self.init(disposition, [DecisionReason(code, sentence)])
    }
}

/// One reason: a code for programs and a sentence for people.
public struct DecisionReason: Hashable, Sendable {
    public var code: ReasonCode
    public var sentence: String

    public init(_ code: ReasonCode, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}
