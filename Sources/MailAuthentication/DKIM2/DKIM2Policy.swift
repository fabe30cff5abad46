public import Identities

/// What a verifier of DKIM2 takes, beyond what the draft decides.
public struct DKIM2Policy: Sendable {
    /// Seconds after which a signature is too old; nil: never. The draft's value is 14 days
    /// (draft-ietf-dkim-dkim2-spec-04 §11.3).
    public var maximumAge: Int64?
    /// Whether `mf=` and `rt=` may lack their angle brackets, as in signatures made before draft 02.
    public var acceptsPathsWithoutBrackets: Bool
    /// Domains that may say of a message "its former body cannot be restored"; what was signed
    /// before them is then taken on their word. From anyone else it is a permanent error.
    public var mayLoseBody: Set<DomainName>

    public init(
        maximumAge: Int64? = 14 * 86_400, acceptsPathsWithoutBrackets: Bool = false,
        mayLoseBody: Set<DomainName> = []
    ) {
        self.maximumAge = maximumAge
        self.acceptsPathsWithoutBrackets = acceptsPathsWithoutBrackets
        self.mayLoseBody = mayLoseBody
    }
}
