/// How the client behaves towards every server.
public struct SMTPClientOptions: Sendable {
    /// What vouches for servers' certificates.
    public enum TrustRoots: Hashable, Sendable {
        case system
        /// A file of certificates in PEM.
        case file(String)
    }

    /// A certificate to show to servers that ask for one.
    public struct Identity: Hashable, Sendable {
        /// The chain in PEM, our own certificate first.
        public var certificateFile: String
        /// The private key in PEM.
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// The name in EHLO.
    public var hostName: String
    public var timeouts = DeliveryTimeouts()
    public var usesPipelining = true
    public var usesChunking = true
    /// Connections to one target at a time; more deliveries wait in order.
    public var connectionsPerTarget = 20
    /// Messages over one connection before it is closed.
    public var messagesPerConnection = 500
    /// Idle connections kept, over all targets; one more is closed.
    public var idleConnections = Limits.idleConnections
    /// How long a connection stays open without a message; zero means not at all.
    public var idleTime: Duration = .seconds(10)
    /// How long a connection may have been idle for content to follow BDAT before the server has
    /// said a word.
    public var contentAheadTime: Duration = .milliseconds(500)
    public var trustRoots = TrustRoots.system
    /// By the names that targets give in `clientCertificate`.
    public var identities: [String: Identity] = [:]

    public init(hostName: String) {
        self.hostName = hostName
    }
}

/// How long to wait for a server. The defaults are those of RFC 5321 §4.5.3.2, and for connecting
/// and the handshake what is usual.
public struct DeliveryTimeouts: Hashable, Sendable {
    public var connect: Duration = .seconds(30)
    public var greeting: Duration = .seconds(300)
    /// EHLO, HELO and STARTTLS.
    public var hello: Duration = .seconds(300)
    public var handshake: Duration = .seconds(60)
    public var mail: Duration = .seconds(300)
    public var recipient: Duration = .seconds(300)
    public var data: Duration = .seconds(120)
    /// Until a piece of content has been taken by the network.
    public var contentPiece: Duration = .seconds(180)
    /// From the end of the content to its reply.
    public var verdict: Duration = .seconds(600)
    /// RSET and QUIT.
    public var farewell: Duration = .seconds(5)
    /// A transaction in all, so that a server that answers just in time a thousand times is not
    /// waited for forever.
    public var transaction: Duration = .seconds(3_600)

    public init() {}
}
