/// What a row of a report is, decided in the order that keeps noise away from advice: proved
/// first, then what must not be called "misconfigured" (forged, listed, forwarded), and only what
/// is left is work for the domain's owner.
public enum SourceClass: String, CaseIterable, Sendable, Codable {
    /// An aligned identifier passed: DMARC pass.
    case compliant
    /// A service or server of the domain's owner, by the evidence, whose mail is not aligned.
    case misconfigured
    /// Passed on by a forwarder or a mailing list, which broke the proof.
    case forwarded
    /// Sent from an address on a blocklist, without proof.
    case blocklisted
    /// No proof, and nothing that ties the source to the domain's owner.
    case spoofing
    /// Not enough evidence for any of these.
    case unknown

    /// The four states that people see (each has its own sign on a page).
    public enum Fate: String, CaseIterable, Sendable, Codable {
        case proved, undecided, forwarded, forged
    }

    public var fate: Fate {
        switch self {
        case .compliant: .proved
        case .misconfigured, .unknown: .undecided
        case .forwarded: .forwarded
        case .blocklisted, .spoofing: .forged
        }
    }
}
