/// The name of a property: its type before the dot, and itself behind, both in lower case.
///
/// The constants are the names of IANA's registry "Email Authentication Methods" that we write or
/// read; a field may have any other.
public struct PropertyName: Hashable, Sendable {
    /// `smtp`, `header`, `body`, `policy`, `dns` or another (ptype).
    public let type: String
    public let property: String

    public init(type: String, property: String) {
        self.type = type
        self.property = property
    }

    // MARK: smtp

    /// The address of MAIL FROM, or its domain.
    public static let smtpMailFrom = PropertyName(type: "smtp", property: "mailfrom")
    /// The name of HELO or EHLO.
    public static let smtpHELO = PropertyName(type: "smtp", property: "helo")
    /// The identity of SMTP AUTH (RFC 4954).
    public static let smtpAuth = PropertyName(type: "smtp", property: "auth")
    /// The address of the client that handed the message over (RFC 8617 §10.2).
    public static let smtpRemoteIP = PropertyName(type: "smtp", property: "remote-ip")
    /// The address of RCPT TO (RFC 7293).
    public static let smtpRecipient = PropertyName(type: "smtp", property: "rcptto")

    // MARK: header

    /// The domain of From (DMARC).
    public static let headerFrom = PropertyName(type: "header", property: "from")
    /// `d=` of a signature.
    public static let headerDomain = PropertyName(type: "header", property: "d")
    /// `i=` of a signature.
    public static let headerIdentity = PropertyName(type: "header", property: "i")
    /// `s=` of a signature.
    public static let headerSelector = PropertyName(type: "header", property: "s")
    /// `a=` of a signature.
    public static let headerAlgorithm = PropertyName(type: "header", property: "a")
    /// The first characters of `b=` of a signature (RFC 6008).
    public static let headerSignature = PropertyName(type: "header", property: "b")
    /// The lowest ARC instance whose signature still holds (RFC 8617 §5.2).
    public static let headerOldestPass = PropertyName(type: "header", property: "oldest-pass")
    /// The selector of a BIMI record.
    public static let headerBIMISelector = PropertyName(type: "header", property: "selector")

    // MARK: policy

    /// The DMARC policy that was applied.
    public static let policyDMARC = PropertyName(type: "policy", property: "dmarc")
    /// The address that was looked up in both directions.
    public static let policyIPRev = PropertyName(type: "policy", property: "iprev")
    /// Whether a mark certificate stands behind a BIMI indicator.
    public static let policyAuthority = PropertyName(type: "policy", property: "authority")
    /// Where that certificate lies.
    public static let policyAuthorityURI = PropertyName(type: "policy", property: "authority-uri")

    // MARK: dns

    /// The zone of an allow list (RFC 8904).
    public static let dnsZone = PropertyName(type: "dns", property: "zone")
    /// Whether DNSSEC vouched for the answer (RFC 8904): `yes`, `no` or `na`.
    public static let dnsSecurity = PropertyName(type: "dns", property: "sec")
}

extension PropertyName: CustomStringConvertible {
    public var description: String { "\(type).\(property)" }
}
