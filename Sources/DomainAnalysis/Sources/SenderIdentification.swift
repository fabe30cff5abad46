/// Who a source most likely is, with the evidence for it. Recognising a service says nothing about
/// whether it may send: authorising is a person's act.
public struct SenderIdentification: Hashable, Sendable, Codable {
    /// Stable name of the sender: `service:sendgrid`, `own:example.com`, `host:mail.example.net`
    /// (a confirmed name's Organizational Domain), `network:AS64500`, or `unknown`.
    public var key: String
    /// What a person calls it.
    public var name: String
    /// The catalogue's id, for `service:` keys.
    public var serviceID: String?
    public var confidence: Confidence
    /// Strongest first.
    public var evidence: [Evidence]

    public enum Confidence: Int, Sendable, Codable, Comparable {
        case none = 0, weak, moderate, strong, certain
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// Kinds in falling order of strength.
    public enum EvidenceKind: String, Sendable, Codable, CaseIterable {
        case dkimAlias, dkimDomain, mailFrom, reverseName, network, selector
    }

    public struct Evidence: Hashable, Sendable, Codable {
        public var kind: EvidenceKind
        /// What was seen: `d=sendgrid.net passed`.
        public var observation: String
        /// What it matched in the catalogue, and where that row comes from.
        public var match: String
        public init(kind: EvidenceKind, observation: String, match: String) {
            self.kind = kind
            self.observation = observation
            self.match = match
        }
    }

    public init(
        key: String, name: String, serviceID: String?, confidence: Confidence,
        evidence: [Evidence]
    ) {
        self.key = key
        self.name = name
        self.serviceID = serviceID
        self.confidence = confidence
        self.evidence = evidence
    }
}
