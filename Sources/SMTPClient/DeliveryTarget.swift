public import Identities

/// One server to hand mail to: its address, and how far its TLS must go.
public struct DeliveryTarget: Hashable, Sendable {
    /// The host's name as MX or the route has it: sent as SNI (RFC 6066 §3), and shown.
    public var name: String
    public var address: IPAddress
    public var port: Int
    public var tls: TLSRequirement
    /// The address of ours that the connection comes from; nil leaves it to the system.
    public var source: IPAddress?
    /// The name of a client identity of `SMTPClientOptions`, for servers that ask for one.
    public var clientCertificate: String?

    public init(
        name: String, address: IPAddress, port: Int = 25, tls: TLSRequirement = .opportunistic,
        source: IPAddress? = nil, clientCertificate: String? = nil
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.tls = tls
        self.source = source
        self.clientCertificate = clientCertificate
    }
}
