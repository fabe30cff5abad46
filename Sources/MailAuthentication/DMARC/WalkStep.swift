public import Identities

/// One question to the DNS on the way to a policy, and what came back: a console can draw the way.
public struct WalkStep: Hashable, Sendable, Codable {
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        /// A DMARC record, from which the way goes on upwards.
        case record
        /// A DMARC record with `psd=y` or `psd=n`: the walk ends here.
        case stop
        /// No TXT record at this name.
        case noRecord
        /// TXT records, none of which is a DMARC record.
        case otherRecords
        /// More than one DMARC record: none of them counts.
        case severalRecords
        /// One DMARC record that cannot be read.
        case invalidRecord
        /// The DNS did not answer; nothing follows from it.
        case failure
        /// The question whether the Author Domain exists: it does.
        case exists
        /// The question whether the Author Domain exists: NXDOMAIN.
        case doesNotExist
    }

    /// The domain that the step is about: `mail.example.com`.
    public var domain: DomainName
    /// The name that was asked for: `_dmarc.mail.example.com`, or the domain itself for existence.
    public var name: String
    public var outcome: Outcome
    /// What came back: the record's text, or a plain sentence.
    public var text: String

    public init(domain: DomainName, name: String, outcome: Outcome, text: String) {
        self.domain = domain
        self.name = name
        self.outcome = outcome
        self.text = text
    }
}
