/// What kind of right stands behind a logo (mark certificate requirements, `subject:markType`).
public enum MarkType: String, Sendable, Codable, CaseIterable {
    /// A registered trademark.
    case registered = "Registered Mark"
    /// A mark of a government, by its law.
    case government = "Government Mark"
    /// A logo that was in public use for a year or longer.
    case priorUse = "Prior Use Mark"
    /// A changed form of a registered trademark.
    case modifiedRegistered = "Modified Registered Mark"

    /// What a certificate for such a mark is called.
    public var kind: MarkCertificateKind {
        switch self {
        case .registered, .government: .verified
        case .priorUse, .modifiedRegistered: .common
        }
    }
}

/// The two kinds of mark certificates.
public enum MarkCertificateKind: String, Sendable, Codable, CaseIterable {
    /// Verified Mark Certificate: for registered and government marks.
    case verified = "VMC"
    /// Common Mark Certificate: for marks in prior use and changed marks.
    case common = "CMC"
}
