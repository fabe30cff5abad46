public import Identities

/// What an SPF check is about: who connected, and whose name was given (RFC 7208 §4.1).
public struct SPFRequest: Hashable, Sendable {
    /// The address of the SMTP client.
    public var client: IPAddress
    /// The name of HELO or EHLO as given, which need not be a domain name.
    public var helo: String
    /// The address of MAIL FROM as given, without angle brackets; empty for the null reverse path,
    /// where `postmaster` at the HELO name stands in (§2.4).
    public var mailFrom: String
    /// The checking host's own name, for the macro `r`.
    public var receiver: String
    /// Seconds since 1970, for the macro `t`.
    public var now: Int64

    public init(
        client: IPAddress, helo: String, mailFrom: String, receiver: String = "unknown",
        now: Int64 = 0
    ) {
        self.client = client
        self.helo = helo
        self.mailFrom = mailFrom
        self.receiver = receiver
        self.now = now
    }
}
