/// What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1).
public struct ServerExtensions: Hashable, Sendable {
    /// The extensions that a client makes something of.
    public struct Keywords: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// RFC 2920.
        public static let pipelining = Keywords(rawValue: 1)
        /// RFC 6152.
        public static let eightBitMIME = Keywords(rawValue: 2)
        /// RFC 6531.
        public static let smtpUTF8 = Keywords(rawValue: 4)
        /// RFC 3030 §2.
        public static let chunking = Keywords(rawValue: 8)
        /// RFC 3030 §3.
        public static let binaryMIME = Keywords(rawValue: 16)
        /// RFC 3461: who relays to a server with it has handed on the duty to report.
        public static let deliveryStatusNotifications = Keywords(rawValue: 32)
        /// RFC 1870.
        public static let size = Keywords(rawValue: 64)
        /// RFC 3207.
        public static let startTLS = Keywords(rawValue: 128)
        /// RFC 8689.
        public static let requireTLS = Keywords(rawValue: 256)
        /// RFC 2034.
        public static let enhancedStatusCodes = Keywords(rawValue: 512)
        /// The server answered EHLO at all, rather than HELO alone.
        public static let extended = Keywords(rawValue: 1_024)
    }

    public var keywords: Keywords
    /// The largest message that the server takes, octets; nil when it does not say (RFC 1870 §4).
    public var maximumOctets: Int?

    public init(_ keywords: Keywords = [], maximumOctets: Int? = nil) {
        self.keywords = keywords
        self.maximumOctets = maximumOctets
    }

    /// Reads the answer to EHLO; unknown keywords are passed over.
    public init(parsing reply: SMTPReply) {
        self.init(.extended)
        for line in reply.lines.dropFirst() {
            let words = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard let keyword = words.first else { continue }
            let name = String(decoding: keyword, as: UTF8.self).uppercased()
            if let known = Self.names[name] { keywords.insert(known) }
            // RFC 1870 §4: zero, or no number, means that no limit is told.
            if name == "SIZE", words.count > 1,
                let number = Int(String(decoding: words[1], as: UTF8.self)), number > 0
            {
                maximumOctets = number
            }
        }
    }

    /// Whether all of these are offered.
    public func offers(_ wanted: Keywords) -> Bool { keywords.isSuperset(of: wanted) }

    private static let names: [String: Keywords] = [
        "PIPELINING": .pipelining, "8BITMIME": .eightBitMIME, "SMTPUTF8": .smtpUTF8,
        "CHUNKING": .chunking, "BINARYMIME": .binaryMIME, "DSN": .deliveryStatusNotifications,
        "SIZE": .size, "STARTTLS": .startTLS, "REQUIRETLS": .requireTLS,
        "ENHANCEDSTATUSCODES": .enhancedStatusCodes,
    ]
}
