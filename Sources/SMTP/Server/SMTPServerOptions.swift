/// What a server offers and bears, the same for all connections of a listener.
public struct SMTPServerOptions: Sendable {
    public var hostName: String
    /// Octets of content; SIZE says so (RFC 1870 §4).
    public var maximumMessageOctets = 50 << 20
    public var recipients = 1_000
    public var nullSenderRecipients = 100
    public var messages = 10_000
    public var idleCommands = 100
    /// Errors after which the reply to each is delayed; `Int.max` never delays.
    public var errorsBeforeTarpit = Int.max
    public var errors = 20
    /// Whether an LF alone ends a line, or makes the message refused.
    public var takesBareLineFeed = true
    public var offersStartTLS = false
    public var requiresTLS = false
    /// BINARYMIME (RFC 3030 §3).
    public var offersBinary = true
    public var offersXClient = false

    public init(hostName: String) { self.hostName = hostName }

    var greeting: SMTPReply { SMTPReply(220, nil, "\(hostName) ESMTP") }

    func extensions(isSecured: Bool) -> SMTPReply {
        var lines = [hostName, "PIPELINING", "SIZE \(maximumMessageOctets)", "8BITMIME"]
        lines += ["SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN"]
        if offersBinary { lines.append("BINARYMIME") }
        // RFC 9422 §3.
        lines.append("LIMITS RCPTMAX=\(recipients)")
        if offersStartTLS, !isSecured { lines.append("STARTTLS") }
        // RFC 8689 §2: only where the connection is secured.
        if isSecured { lines.append("REQUIRETLS") }
        if offersXClient { lines.append("XCLIENT NAME ADDR PORT PROTO HELO DESTPORT") }
        return SMTPReply(250, nil, lines: lines)
    }
}
