/// The bounds of the client; each is kept whatever servers and askers do.
public enum Limits {
    /// Octets of content that are made ready in one piece; what is longer is streamed.
    public static let wholeContentOctets = 256 << 10
    /// Octets of a streamed piece.
    public static let pieceOctets = 256 << 10
    /// Deliveries that wait for a connection to one target; one more fails at once.
    public static let waitingDeliveries = 10_000
    /// Idle connections kept, over all targets, unless an option says less; one more is closed.
    public static let idleConnections = 1_000
    /// Certificates of a server's chain that are looked at; a longer chain proves nothing.
    public static let chainCertificates = 10
    /// Octets of a server's certificate.
    public static let certificateOctets = 64 << 10
    /// TLSA records looked at.
    public static let associations = 32
}
