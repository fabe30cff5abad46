/// Which checks are made, and in whose name.
public struct MessageAuthenticatorOptions: Sendable {
    /// One method of authentication.
    public enum Check: String, Sendable, Codable, CaseIterable {
        /// SPF of MAIL FROM (RFC 7208 §2.4).
        case spf
        /// SPF of the HELO name (RFC 7208 §2.3).
        case helo
        case dkim
        /// Experimental; not made unless it is asked for.
        case dkim2
        case arc
        /// Makes SPF and DKIM needed, whether they are asked for or not.
        case dmarc
        /// Asks for the record of a message that passes DMARC; not made unless it is asked for.
        /// Makes DMARC needed.
        case bimi
    }

    public var checks: Set<Check>
    /// The name under which results are stated in Authentication-Results (RFC 8601 §2.5).
    public var authservID: String
    /// Whether DMARC is also worked out by the public suffix list, to tell where both differ.
    public var comparesLegacyDiscovery: Bool
    /// Questions that one message may put to the DNS; those beyond are answered as failures.
    public var questions: Int

    public init(
        checks: Set<Check> = [.spf, .helo, .dkim, .arc, .dmarc], authservID: String = "localhost",
        comparesLegacyDiscovery: Bool = true, questions: Int = Limits.questionsPerMessage
    ) {
        self.checks = checks
        self.authservID = authservID
        self.comparesLegacyDiscovery = comparesLegacyDiscovery
        self.questions = questions
    }
}
