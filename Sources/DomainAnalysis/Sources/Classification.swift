/// What a source is taken for, and why, in words for a person and for a program.
public struct Classification: Hashable, Sendable, Codable {
    public var sourceClass: SourceClass
    public var reason: ReasonCode
    /// What was seen and why it leads to this class.
    public var sentence: String

    public init(_ sourceClass: SourceClass, _ reason: ReasonCode, _ sentence: String) {
        self.sourceClass = sourceClass
        self.reason = reason
        self.sentence = sentence
    }

    /// The rule that decided.
    public enum ReasonCode: String, CaseIterable, Sendable, Codable {
        /// An aligned identifier passed.
        case alignedPass = "aligned-pass"
        /// The reverse name does not lead back, and nothing passed.
        case reverseNameMismatch = "reverse-name-mismatch"
        case blocklisted
        /// The receiver said so: `forwarded`, `mailing_list`, `trusted_forwarder`, or a local
        /// policy that trusted an ARC chain.
        case receiverForwarded = "receiver-forwarded"
        case receiverMailingList = "receiver-mailing-list"
        case receiverTrustedForwarder = "receiver-trusted-forwarder"
        case receiverTrustedChain = "receiver-trusted-chain"
        /// The catalogue knows the source as a forwarder or a host of mailing lists.
        case knownForwarder = "known-forwarder"
        case knownMailingList = "known-mailing-list"
        /// The proved MAIL FROM domain has the shape of a list's or a forwarder's.
        case listMailFrom = "list-mail-from"
        case forwarderMailFrom = "forwarder-mail-from"
        /// A signature of the domain itself is there, and was broken on the way.
        case brokenOwnSignature = "broken-own-signature"
        /// A service passed in its own name, not in the domain's.
        case serviceUnaligned = "service-unaligned"
        /// A server of a known service sent without any pass.
        case serviceUnproved = "service-unproved"
        /// A host whose confirmed name lies below the domain itself.
        case ownHostUnproved = "own-host-unproved"
        /// One of the owner's domains passed, and the receiver did not count it as aligned.
        case ownPassNotCounted = "own-pass-not-counted"
        /// A free mailbox passed in its provider's name.
        case consumerMailbox = "consumer-mailbox"
        /// Somebody proved a domain that is neither the owner's nor in the catalogue.
        case foreignPass = "foreign-pass"
        /// The receiver could not look the records up.
        case temporaryFailure = "temporary-failure"
        case noReverseName = "no-reverse-name"
        case genericReverseName = "generic-reverse-name"
        /// Nothing passed, and the domain's own SPF record excludes the address.
        case excludedBySPF = "excluded-by-spf"
        /// A named server without any pass and without a tie to the owner.
        case unprovedHost = "unproved-host"
        /// A server that many customers share, without any pass.
        case sharedHostUnproved = "shared-host-unproved"
        case notEnoughEvidence = "not-enough-evidence"
    }
}
