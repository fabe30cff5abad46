/// How far TLS must go before a message may be handed over.
public enum TLSRequirement: Hashable, Sendable {
    /// Never STARTTLS, for servers on this machine or known to be broken.
    case never
    /// TLS where it works, with whatever certificate; plain text otherwise (RFC 7435 §3).
    case opportunistic
    /// TLS with whatever certificate; never plain text.
    case encrypted
    /// TLS with a certificate that the trust roots vouch for and that names one of these hosts. A
    /// name that begins with a dot stands for every host one label or more below it, as smart hosts
    /// are configured; `*.example.org` for one label, as MTA-STS has it (RFC 8461 §4.1).
    case verified(names: [String])
    /// TLS with what the server's TLSA records say (RFC 7672 §2.2). The names count for usage 2
    /// alone. Records that are all unusable leave `.encrypted` (RFC 7672 §2.1.1).
    case dane(records: [TLSAssociation], names: [String])
}
