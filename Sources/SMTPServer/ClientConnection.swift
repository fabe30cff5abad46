public import Identities

/// Who is at the other end, as far as the transport tells: the true client, after PROXY and XCLIENT.
public struct ClientConnection: Hashable, Sendable {
    /// The client's address.
    public var address: IPAddress
    /// The client's port; 0 when a proxy did not say.
    public var port: Int
    /// The port of ours that it came to.
    public var localPort: Int
    /// Nil as long as the connection is in plain text.
    public var tls: TLSFacts?
    /// What it called itself in HELO or EHLO, syntax checked; nil before that.
    public var helo: String?
    /// Whether it said EHLO (RFC 5321 §4.1.1.1).
    public var isExtended: Bool
    /// The peer that told us of this client by PROXY or XCLIENT; nil when it came by itself.
    public var proxiedBy: IPAddress?

    public init(
        address: IPAddress, port: Int, localPort: Int, tls: TLSFacts? = nil, helo: String? = nil,
        isExtended: Bool = false, proxiedBy: IPAddress? = nil
    ) {
        self.address = address
        self.port = port
        self.localPort = localPort
        self.tls = tls
        self.helo = helo
        self.isExtended = isExtended
        self.proxiedBy = proxiedBy
    }
}

/// What a TLS handshake settled.
public struct TLSFacts: Hashable, Sendable {
    /// `TLSv1.3` or `TLSv1.2`.
    public var version: String
    /// The suite as the library names it; empty when it does not tell.
    public var cipher: String
    /// The name that the client asked for (RFC 6066 §3).
    public var serverName: String?
    /// The subject of the client's certificate, when it showed one.
    public var clientCertificateName: String?

    public init(
        version: String, cipher: String, serverName: String? = nil,
        clientCertificateName: String? = nil
    ) {
        self.version = version
        self.cipher = cipher
        self.serverName = serverName
        self.clientCertificateName = clientCertificateName
    }
}
