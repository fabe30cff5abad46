public import Identities

/// How an identifier that SPF or DKIM looked at stands to the Author Domain (RFC 9989 §4.4).
public struct IdentifierAlignment: Hashable, Sendable, Codable {
    /// The four ways in which it may stand to it.
    public enum Standing: String, Sendable, Codable, CaseIterable {
        /// It is authenticated and aligned.
        case aligned
        /// It is authenticated, and belongs to another organisation.
        case notAligned = "not-aligned"
        /// SPF or DKIM did not pass.
        case notAuthenticated = "not-authenticated"
        /// The DNS failed where the answer would have decided.
        case unknown
    }

    public var standing: Standing
    /// The SPF domain, or the `d=` of the signature that counts; nil when there is none to read.
    public var domain: DomainName?
    /// What the record asks for.
    public var mode: AlignmentMode
    /// The `s=` of the signature that counts; nil for SPF.
    public var selector: String?
    /// Which of the verifications it is, from 0; nil for SPF.
    public var signature: Int?

    public init(
        _ standing: Standing, domain: DomainName?, mode: AlignmentMode, selector: String? = nil,
        signature: Int? = nil
    ) {
        self.standing = standing
        self.domain = domain
        self.mode = mode
        self.selector = selector
        self.signature = signature
    }

    public var isAligned: Bool { standing == .aligned }
}

/// The alignment of both mechanisms; nil for one that had nothing to look at.
public struct DMARCAlignment: Hashable, Sendable, Codable {
    public var spf: IdentifierAlignment?
    /// The signature that is aligned, else the one that came nearest to it.
    public var dkim: IdentifierAlignment?

    public init(spf: IdentifierAlignment? = nil, dkim: IdentifierAlignment? = nil) {
        self.spf = spf
        self.dkim = dkim
    }

    /// RFC 9989 §5.3.5: one aligned identifier is enough.
    public var isAligned: Bool { spf?.isAligned == true || dkim?.isAligned == true }

    /// What a pass rests on, in one plain sentence.
    func confirmation(of author: DomainName?) -> String {
        var signature: DomainName?
        if let dkim, dkim.isAligned { signature = dkim.domain }
        var sender: DomainName?
        if let spf, spf.isAligned { sender = spf.domain }
        let confirmed = author?.text ?? ""
        return switch (signature, sender) {
        case (let signature?, let sender?):
            "The DKIM signature of \(signature) and SPF for \(sender) confirm the author's domain "
                + "\(confirmed)."
        case (let signature?, nil):
            "The DKIM signature of \(signature) confirms the author's domain \(confirmed)."
        case (nil, let sender?): "SPF for \(sender) confirms the author's domain \(confirmed)."
        case (nil, nil): "Nothing confirms the author's domain \(confirmed)."
        }
    }

    /// Whether a failing look-up stands between the message and a pass (§5.3.6).
    public var isUnknown: Bool {
        !isAligned && (spf?.standing == .unknown || dkim?.standing == .unknown)
    }
}
