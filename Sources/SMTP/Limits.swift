/// What the protocol's parsers take at most. Each value has a test that hits it.
public enum Limits {
    /// Octets of a command line with its CRLF: RFC 5321 §4.5.3.1.4 says 512 and more for extensions;
    /// AUTH and long SMTPUTF8 addresses fit here too.
    public static let commandLineOctets = 4_096
    /// Octets of text in one line of a reply, within RFC 5321 §4.5.3.1.5's 512 with code and CRLF.
    public static let replyLineOctets = 490
    /// Octets of one line of a reply that we read; RFC 5321 §4.5.3.1.5 says 512, and some servers
    /// have more to say.
    public static let replyLineInOctets = 2_048
    /// Lines of one reply that we read.
    public static let replyLines = 128
    /// Octets of a path: RFC 5321 §4.5.3.1.3.
    public static let pathOctets = 1_024
    /// Octets of a local part: RFC 5321 §4.5.3.1.1 says 64; what exists in the field is longer.
    public static let localPartOctets = 256
    /// Attributes in one XCLIENT.
    public static let attributes = 16
    /// Octets of a DSN's envelope identifier: RFC 3461 §4.4.
    public static let envelopeIdentifierOctets = 100
    /// Octets of an original recipient: RFC 3461 §4.2.
    public static let originalRecipientOctets = 500
    /// Octets of the name in HELO or EHLO.
    public static let helloOctets = 255
    /// Recipients beyond the limit that are refused without counting as errors; a client that sends
    /// all at once cannot know.
    public static let recipientOvershoot = 1_000
    /// Octets of a command line too long that are passed over; then the connection ends.
    public static let refusedLineOctets = 65_536
    /// Octets of content passed over after a message has been refused, to stay in step with the
    /// client; then the connection ends.
    public static let refusedContentOctets = 256 << 20
    /// Octets of memory that the declared size of a message makes ready for it.
    public static let reservedContentOctets = 65_536
    /// Chunks (BDAT) of one message.
    public static let chunks = 50_000
    /// Octets of a line of content, without CRLF, that are no defect: RFC 5321 §4.5.3.1.6.
    public static let contentLineOctets = 998
    /// Octets of a PROXY header that are read: version 1 has at most 107, version 2 gives up to
    /// 65,551 and needs some hundred.
    public static let proxyHeaderOctets = 2_048
}
