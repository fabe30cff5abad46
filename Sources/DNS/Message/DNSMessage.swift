/// A question or an answer of the DNS protocol (RFC 1035 §4.1).
public struct DNSMessage: Hashable, Sendable {
    public var id: UInt16 = 0
    /// QR: this is an answer.
    public var isResponse = false
    /// 0 is a query, 4 a notification, 5 an update.
    public var operation: UInt8 = 0
    /// AA.
    public var isAuthoritative = false
    /// TC: more would be said over TCP.
    public var isTruncated = false
    /// RD.
    public var isRecursionDesired = false
    /// RA.
    public var isRecursionAvailable = false
    /// AD: the sender has validated the answer (RFC 4035 §3.2.3).
    public var isAuthenticated = false
    /// CD: the asker validates for itself.
    public var isCheckingDisabled = false
    /// All twelve bits, with the upper eight from EDNS.
    public var responseCode = ResponseCode.noError
    public var questions: [Question] = []
    public var answers: [ResourceRecord] = []
    public var authorities: [ResourceRecord] = []
    /// Without the OPT record, which is `edns`.
    public var additionals: [ResourceRecord] = []
    public var edns: EDNS?

    public init() {}

    /// What is asked.
    public struct Question: Hashable, Sendable {
        public var name: DNSName
        public var type: RecordType
        public var recordClass: RecordClass

        public init(name: DNSName, type: RecordType, recordClass: RecordClass = .internet) {
            self.name = name
            self.type = type
            self.recordClass = recordClass
        }
    }

    /// The extension record (RFC 6891 §6.1).
    public struct EDNS: Hashable, Sendable {
        /// Octets that the sender takes over UDP.
        public var payloadSize: UInt16
        public var version: UInt8 = 0
        /// DO: the sender wants signatures.
        public var isDNSSECWanted = false
        public var options: [Option] = []

        public struct Option: Hashable, Sendable {
            public var code: UInt16
            public var octets: [UInt8]

            public init(code: UInt16, octets: [UInt8]) {
                self.code = code
                self.octets = octets
            }
        }

        public init(payloadSize: UInt16, isDNSSECWanted: Bool = false) {
            self.payloadSize = payloadSize
            self.isDNSSECWanted = isDNSSECWanted
        }
    }
}

/// How a server met a question (RFC 1035 §4.1.1, RFC 6895 §2.3).
public struct ResponseCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let noError = ResponseCode(rawValue: 0)
    public static let formatError = ResponseCode(rawValue: 1)
    public static let serverFailure = ResponseCode(rawValue: 2)
    public static let nameError = ResponseCode(rawValue: 3)
    public static let notImplemented = ResponseCode(rawValue: 4)
    public static let refused = ResponseCode(rawValue: 5)
    /// A name that an update needs absent exists (RFC 2136 §2.2); so for the four behind it.
    public static let nameExists = ResponseCode(rawValue: 6)
    /// A record set that must not exist does.
    public static let setExists = ResponseCode(rawValue: 7)
    /// A record set that must exist, and be as stated, does not or is not.
    public static let setMissing = ResponseCode(rawValue: 8)
    /// The server has no authority for the zone, or the signature gives no right (RFC 8945 §5.2).
    public static let notAuthorized = ResponseCode(rawValue: 9)
    /// A name of an update lies outside its zone.
    public static let notInZone = ResponseCode(rawValue: 10)
    public static let badVersion = ResponseCode(rawValue: 16)
}

extension ResponseCode: CustomStringConvertible {
    public var description: String {
        switch rawValue {
        case 0: "NOERROR"
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 3: "NXDOMAIN"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        case 6: "YXDOMAIN"
        case 7: "YXRRSET"
        case 8: "NXRRSET"
        case 9: "NOTAUTH"
        case 10: "NOTZONE"
        case 16: "BADVERS"
        default: "RCODE\(rawValue)"
        }
    }
}
