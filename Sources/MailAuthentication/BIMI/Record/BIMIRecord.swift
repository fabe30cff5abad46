/// A BIMI Assertion Record: where a domain keeps its logo and the evidence for it
/// (draft-brand-indicators-for-message-identification §4.3).
public struct BIMIRecord: Hashable, Sendable {
    /// What is shown where the sender has a picture of its own (`avp`).
    public enum AvatarPreference: String, Sendable, Codable, CaseIterable {
        case brand, personal
    }

    /// `l`: the logo; nil when it is empty.
    public var location: BIMILocation?
    /// `a`: the mark certificate; nil when it is empty or not there.
    public var evidence: BIMILocation?
    /// `avp`; `brand` when it was not sent or has another value.
    public var avatarPreference: AvatarPreference
    /// `lps`: the beginnings of local parts that have a selector of their own; empty for every local
    /// part, nil when there is no such tag.
    public var localPartPrefixes: [String]?
    /// What a person who looks after the record should know, in plain words.
    public var warnings: [String]

    public init(
        location: BIMILocation? = nil, evidence: BIMILocation? = nil,
        avatarPreference: AvatarPreference = .brand, localPartPrefixes: [String]? = nil,
        warnings: [String] = []
    ) {
        self.location = location
        self.evidence = evidence
        self.avatarPreference = avatarPreference
        self.localPartPrefixes = localPartPrefixes
        self.warnings = warnings
    }

    /// Whether the domain says that it takes no part in BIMI (§4.3.1).
    public var isDeclination: Bool { location == nil && evidence == nil }

    /// The record as text; what has its default is left out.
    public func render() -> String {
        var text = "v=BIMI1; l=\(location?.text ?? ""); a=\(evidence?.text ?? "")"
        if let localPartPrefixes {
            text += "; lps=" + localPartPrefixes.joined(separator: ",")
        }
        if avatarPreference != .brand { text += "; avp=" + avatarPreference.rawValue }
        return text + ";"
    }
}
