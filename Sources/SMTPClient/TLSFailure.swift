/// Why TLS failed, in the words of TLS reports (RFC 8460 §4.3).
public enum TLSFailure: String, Hashable, Sendable, CaseIterable {
    case startTLSNotSupported = "starttls-not-supported"
    case certificateHostMismatch = "certificate-host-mismatch"
    case certificateExpired = "certificate-expired"
    case certificateNotTrusted = "certificate-not-trusted"
    /// Everything else: no common version, a handshake cut short.
    case validationFailure = "validation-failure"
    /// No TLSA record matches what the server shows.
    case tlsaInvalid = "tlsa-invalid"
    /// Said by whoever looks up TLSA records, not here.
    case dnssecInvalid = "dnssec-invalid"
    /// Said by whoever looks up TLSA records, not here.
    case daneRequired = "dane-required"
    /// Said by whoever fetches policies, not here.
    case stsPolicyFetchError = "sts-policy-fetch-error"
    /// Said by whoever fetches policies, not here.
    case stsPolicyInvalid = "sts-policy-invalid"
    /// Said by whoever fetches policies, not here.
    case stsWebPKIInvalid = "sts-webpki-invalid"
}
