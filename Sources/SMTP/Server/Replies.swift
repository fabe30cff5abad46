/// The replies that the dialogue itself gives; what a policy says stands elsewhere.
enum Replies {
    // The replies of every message, kept as octets.
    static let senderAccepted = SMTPReply(250, status(2, 1, 0), "Sender accepted").octets
    static let recipientAccepted = SMTPReply(250, status(2, 1, 5), "Recipient accepted").octets
    static let goAhead = SMTPReply(354, nil, "End the message with a dot on its own line").octets
    static let chunk = SMTPReply(250, status(2, 0, 0), "Chunk accepted").octets
    static let reset = SMTPReply(250, status(2, 0, 0), "Forgotten")
    static let noop = SMTPReply(250, status(2, 0, 0), "Nothing done")
    static let goodbye = SMTPReply(221, status(2, 0, 0), "Goodbye")
    static let startTLS = SMTPReply(220, status(2, 0, 0), "Start the handshake")
    static let help = SMTPReply(214, status(2, 0, 0), "See RFC 5321")
    /// RFC 5321 §3.5.3: neither yes nor no, so that nobody learns addresses here.
    static let verify = SMTPReply(252, status(2, 5, 0), "Send mail to find out")
    static let expand = SMTPReply(502, status(5, 5, 1), "Lists are not told")

    static let helloFirst = SMTPReply(503, status(5, 5, 1), "Say HELO or EHLO first")
    static let mailFirst = SMTPReply(503, status(5, 5, 1), "Say MAIL FROM first")
    static let recipientFirst = SMTPReply(503, status(5, 5, 1), "Say RCPT TO first")
    static let nestedMail = SMTPReply(503, status(5, 5, 1), "A message is already in progress")
    static let chunksBegun = SMTPReply(503, status(5, 5, 1), "The message comes in chunks")
    static let binaryInData = SMTPReply(503, status(5, 5, 1), "Binary content needs BDAT")
    static let noBinary = SMTPReply(555, status(5, 5, 4), "BINARYMIME is not offered")
    static let noRecipients = SMTPReply(554, status(5, 5, 1), "No recipient was accepted")
    static let noTLS = SMTPReply(502, status(5, 5, 1), "TLS is not offered")
    static let tlsAlready = SMTPReply(503, status(5, 5, 1), "TLS is in use already")
    static let tlsFirst = SMTPReply(530, status(5, 7, 0), "Say STARTTLS first")
    static let noRequireTLS = SMTPReply(530, status(5, 7, 10), "REQUIRETLS needs STARTTLS first")
    static let noXClient = SMTPReply(550, status(5, 7, 1), "XCLIENT is not for you")

    static let tooLarge = SMTPReply(552, status(5, 3, 4), "The message is too large")
    static let tooManyRecipients = SMTPReply(452, status(4, 5, 3), "Too many recipients")
    static let tooManyChunks = SMTPReply(552, status(5, 3, 4), "Too many chunks")
    static let bareReturn = SMTPReply(554, status(5, 6, 0), "A CR stands without its LF")
    static let bareLineFeedInContent = SMTPReply(
        554, status(5, 6, 0), "An LF stands without its CR")
    static let bareLineFeed = SMTPReply(521, status(5, 5, 2), "An LF stands without its CR")

    static let tooManyErrors = SMTPReply(421, status(4, 7, 0), "Too many errors")
    static let tooManyCommands = SMTPReply(421, status(4, 7, 0), "Too many commands")
    static let tooManyMessages = SMTPReply(421, status(4, 7, 0), "Too many messages, come again")
    static let timeout = SMTPReply(421, status(4, 4, 2), "Nothing came for too long")
    static let shuttingDown = SMTPReply(421, status(4, 3, 2), "The service is closing")
    static let failure = SMTPReply(451, status(4, 3, 0), "Something is wrong here, come again")

    static func hello(_ options: SMTPServerOptions) -> SMTPReply {
        SMTPReply(250, nil, options.hostName)
    }

    private static func status(_ status: Int, _ subject: Int, _ detail: Int) -> EnhancedStatusCode {
        EnhancedStatusCode(status, subject, detail)
    }
}
