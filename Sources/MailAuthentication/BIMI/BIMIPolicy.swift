/// What a receiver demands beyond the drafts.
public struct BIMIPolicy: Hashable, Sendable {
    /// Only logos with a mark certificate are shown.
    public var requiresEvidence: Bool
    /// The kinds of mark certificates that count.
    public var acceptedKinds: Set<MarkCertificateKind>

    public init(
        requiresEvidence: Bool = false,
        acceptedKinds: Set<MarkCertificateKind> = Set(MarkCertificateKind.allCases)
    ) {
        self.requiresEvidence = requiresEvidence
        self.acceptedKinds = acceptedKinds
    }
}
