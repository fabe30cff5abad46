public import Identities
public import SMTP

/// What is known of the connection that a message went over, for records and TLS reports.
public struct ConnectionFacts: Hashable, Sendable {
    /// TLS as it was agreed.
    public struct TLS: Hashable, Sendable {
        /// `TLSv1.3`
        public var version: String
        public var cipher: String
        public var verification: TLSVerification

        public init(version: String, cipher: String, verification: TLSVerification) {
            self.version = version
            self.cipher = cipher
            self.verification = verification
        }
    }

    /// Our end of the connection; nil when there was none.
    public var source: IPAddress?
    /// The name in the server's answer to EHLO (RFC 8460 §4.3: receiving-mx-helo).
    public var serverName: String?
    /// Nil in plain text.
    public var tls: TLS?
    /// What went wrong with TLS, also where the message then went in plain text.
    public var tlsFailure: TLSFailure?
    /// One plain sentence to `tlsFailure`.
    public var tlsFailureText: String?
    public var extensions: ServerExtensions
    /// Whether an earlier message had opened the connection.
    public var wasReused: Bool
    /// Whether octets beyond 127 went to a server that does not announce 8BITMIME.
    public var sentUndeclaredEightBit: Bool

    public init(
        source: IPAddress? = nil, serverName: String? = nil, tls: TLS? = nil,
        tlsFailure: TLSFailure? = nil, tlsFailureText: String? = nil,
        extensions: ServerExtensions = ServerExtensions(), wasReused: Bool = false,
        sentUndeclaredEightBit: Bool = false
    ) {
        self.source = source
        self.serverName = serverName
        self.tls = tls
        self.tlsFailure = tlsFailure
        self.tlsFailureText = tlsFailureText
        self.extensions = extensions
        self.wasReused = wasReused
        self.sentUndeclaredEightBit = sentUndeclaredEightBit
    }
}
