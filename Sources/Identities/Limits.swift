/// The bounds of the four values; every one is kept by the parsers of this target.
public enum Limits {
    /// Octets in the text of a name, without the trailing dot (RFC 1035 §2.3.4).
    public static let domainOctets = 253
    /// Octets in one label (RFC 1035 §2.3.4).
    public static let labelOctets = 63
    /// Octets of a name with letters beyond ASCII that are handed to libidn2 at all; more than any
    /// name of 253 octets can need in UTF-8.
    public static let unicodeDomainOctets = 1_020
    /// Octets in the part before the `@`. RFC 5321 §4.5.3.1.1 names 64, and bounce addresses of
    /// real senders exceed it.
    public static let localPartOctets = 192
    /// Octets in a whole address, `local@domain`.
    public static let addressOctets = 446
}
