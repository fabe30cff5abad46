/// What was fetched from the addresses in a BIMI record.
public struct BIMIAssets: Hashable, Sendable {
    /// The file at `l=`, compressed or not; nil when it was not fetched.
    public var logo: [UInt8]?
    /// The file at `a=`, in PEM; nil when it was not fetched.
    public var evidence: [UInt8]?

    public init(logo: [UInt8]? = nil, evidence: [UInt8]? = nil) {
        self.logo = logo
        self.evidence = evidence
    }
}
