/// What a server's certificate proved.
public enum TLSVerification: Hashable, Sendable {
    /// The trust roots vouch for it, and it names the host as expected.
    case verified(name: String)
    /// A TLSA record vouches for it (RFC 7672 §3.1); usage is 2 or 3.
    case dane(usage: UInt8)
    /// Not proved, and nobody asked for it: encrypted to whoever answered. The words say what a
    /// proof would have failed on.
    case unproven(TLSFailure)

    /// Whether the server is surely the one that was meant.
    public var isAuthenticated: Bool {
        if case .unproven = self { false } else { true }
    }
}
