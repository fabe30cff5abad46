internal import Identities

/// A command of a client, its arguments read and bounded (RFC 5321 §4.1).
public enum SMTPCommand: Hashable, Sendable {
    case hello(String, isExtended: Bool)
    case mail(ReversePath, MailParameters)
    /// `isInternational`: it needs SMTPUTF8 in the transaction (RFC 6531 §3.3).
    case recipient(EnvelopeRecipient, isInternational: Bool)
    case data
    /// BDAT (RFC 3030 §2).
    case chunk(octets: Int, isLast: Bool)
    case startTLS
    case reset
    case noop
    case verify
    case expand
    case help
    case quit
    case xclient(XClientAttributes)

    /// Why a line is no command: the reply to it, and whether the dialogue can go on.
    public struct Fault: Error, Hashable, Sendable {
        public let reply: SMTPReply
        /// What follows cannot be told from commands: the connection must end.
        public let isFatal: Bool

        init(_ code: Int, _ status: EnhancedStatusCode, _ text: String, isFatal: Bool = false) {
            reply = SMTPReply(code, status, text)
            self.isFatal = isFatal
        }

        static let arguments = Fault(501, EnhancedStatusCode(5, 5, 4), "Wrong arguments")
        static let tooLong = Fault(500, EnhancedStatusCode(5, 5, 2), "Line too long")
        static let octets = Fault(
            500, EnhancedStatusCode(5, 5, 2), "Control characters in a command")
    }

    /// Reads a line without its line end.
    public static func parse(_ line: [UInt8]) throws(Fault) -> SMTPCommand {
        guard line.count <= Limits.commandLineOctets else { throw .tooLong }
        // A control character has no place in any argument; refused here, none can inject a line
        // into a log, a reply or another server's dialogue.
        guard !line.contains(where: { Octets.isControl($0) && $0 != Octets.tab }) else {
            throw .octets
        }
        let verb = line.prefix { $0 != Octets.space && $0 != Octets.tab }
        var rest = line[verb.endIndex...]
        while let octet = rest.first, octet == Octets.space || octet == Octets.tab {
            rest.removeFirst()
        }
        while let octet = rest.last, octet == Octets.space || octet == Octets.tab {
            rest.removeLast()
        }
        return try parse(verb, rest)
    }

    private static func parse(
        _ verb: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>
    ) throws(Fault) -> SMTPCommand {
        guard verb.count >= 3, verb.count <= 8 else { throw unknown(verb) }
        var word: UInt64 = 0
        for octet in verb { word = word << 8 | UInt64(Octets.uppercased(octet)) }
        switch word {
        case Verb.mail: return try MailArguments.mail(rest)
        case Verb.rcpt: return try MailArguments.recipient(rest)
        case Verb.data: return try alone(.data, rest)
        case Verb.bdat: return try chunk(rest)
        case Verb.ehlo, Verb.helo:
            guard let name = HelloName.parse(rest) else {
                throw Fault(501, EnhancedStatusCode(5, 5, 4), "Say your name: HELO host.example")
            }
            return .hello(name, isExtended: word == Verb.ehlo)
        case Verb.rset: return try alone(.reset, rest)
        case Verb.quit: return try alone(.quit, rest)
        case Verb.starttls: return try alone(.startTLS, rest)
        case Verb.noop: return .noop
        case Verb.help: return .help
        case Verb.vrfy, Verb.expn:
            guard !rest.isEmpty else { throw .arguments }
            return word == Verb.vrfy ? .verify : .expand
        case Verb.xclient:
            guard let attributes = XClientAttributes(rest) else { throw .arguments }
            return .xclient(attributes)
        default: throw unknown(verb)
        }
    }

    private static func alone(
        _ command: SMTPCommand, _ rest: ArraySlice<UInt8>
    ) throws(Fault) -> SMTPCommand {
        guard rest.isEmpty else { throw .arguments }
        return command
    }

    /// After a chunk whose length is not understood the octets of the chunk would be read as
    /// commands: every fault here ends the connection.
    private static func chunk(_ rest: ArraySlice<UInt8>) throws(Fault) -> SMTPCommand {
        let words = rest.split(separator: Octets.space)
        guard (1...2).contains(words.count), let octets = Octets.number(words[0]),
            octets < Int.max, words.count == 1 || Octets.equal(words[1], "LAST")
        else {
            throw Fault(
                501, EnhancedStatusCode(5, 5, 4), "The length of the chunk is not clear",
                isFatal: true)
        }
        return .chunk(octets: octets, isLast: words.count == 2)
    }

    private static func unknown(_ verb: ArraySlice<UInt8>) -> Fault {
        switch true {
        case Octets.equal(verb, "GET"), Octets.equal(verb, "POST"), Octets.equal(verb, "CONNECT"),
            Octets.equal(verb, "PUT"), Octets.equal(verb, "OPTIONS"), Octets.equal(verb, "PRI"):
            // A browser was made to talk to us; its body would be read as commands.
            return Fault(
                502, EnhancedStatusCode(5, 7, 0), "This is a mail server", isFatal: true)
        case Octets.equal(verb, "AUTH"), Octets.equal(verb, "ETRN"), Octets.equal(verb, "TURN"),
            Octets.equal(verb, "SEND"), Octets.equal(verb, "SAML"), Octets.equal(verb, "SOML"):
            return Fault(502, EnhancedStatusCode(5, 5, 1), "Not offered here")
        default:
            return Fault(500, EnhancedStatusCode(5, 5, 1), "Unknown command")
        }
    }
}

/// The verbs as numbers, so that a command is found without a text.
private enum Verb {
    static let mail = word("MAIL")
    static let rcpt = word("RCPT")
    static let data = word("DATA")
    static let bdat = word("BDAT")
    static let ehlo = word("EHLO")
    static let helo = word("HELO")
    static let rset = word("RSET")
    static let quit = word("QUIT")
    static let starttls = word("STARTTLS")
    static let noop = word("NOOP")
    static let help = word("HELP")
    static let vrfy = word("VRFY")
    static let expn = word("EXPN")
    static let xclient = word("XCLIENT")

    private static func word(_ text: StaticString) -> UInt64 {
        text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }
}
