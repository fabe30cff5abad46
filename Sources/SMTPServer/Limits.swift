/// The bounds that no operator needs to change; `ServerLimits` holds those that one might.
public enum Limits {
    /// Octets of content that are collected before they are written to a file.
    public static let fileWriteOctets = 32 << 10
    /// Octets read from a socket at once.
    public static let readOctets = 64 << 10
    /// Octets of replies that wait for the client to read them; then no command is looked at.
    public static let unsentOctets = 64 << 10
    /// Octets that arrived and wait to be looked at. The kernel hands over what it holds when a
    /// client closes its side; beyond this the connection ends.
    public static let waitingOctets = 4 << 20
    /// Addresses whose connections are remembered for the limits of a minute.
    public static let trackedAddresses = 200_000
    /// Connections that the kernel holds for us.
    public static let backlog: Int32 = 1_024
    /// Octets of a client certificate's name that are told.
    public static let certificateNameOctets = 255
}
