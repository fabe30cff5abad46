/// What SMTP says about a message, apart from its content (RFC 5321 §2.3.1).
public struct Envelope: Hashable, Sendable {
    public var reversePath: ReversePath
    public var parameters: MailParameters
    public var recipients: [EnvelopeRecipient]

    public init(
        reversePath: ReversePath, parameters: MailParameters = MailParameters(),
        recipients: [EnvelopeRecipient]
    ) {
        self.reversePath = reversePath
        self.parameters = parameters
        self.recipients = recipients
    }
}

/// One RCPT TO with its parameters.
public struct EnvelopeRecipient: Hashable, Sendable {
    public var path: ForwardPath
    /// NOTIFY (RFC 3461 §4.1); nil when the client did not say.
    public var notify: DeliveryNotification?
    /// ORCPT as it stood, `rfc822;user@example.org`, xtext decoded (RFC 3461 §4.2).
    public var originalRecipient: String?

    public init(
        _ path: ForwardPath, notify: DeliveryNotification? = nil, originalRecipient: String? = nil
    ) {
        self.path = path
        self.notify = notify
        self.originalRecipient = originalRecipient
    }
}

/// When the sender wants to hear about a recipient: NOTIFY=NEVER is the empty set (RFC 3461 §4.1).
public struct DeliveryNotification: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let success = DeliveryNotification(rawValue: 1)
    public static let failure = DeliveryNotification(rawValue: 2)
    public static let delay = DeliveryNotification(rawValue: 4)
    public static let never: DeliveryNotification = []
}

/// The parameters of MAIL FROM.
public struct MailParameters: Hashable, Sendable {
    /// BODY (RFC 6152 §2, RFC 3030 §3).
    public enum Body: UInt8, Sendable {
        case sevenBit = 0
        case eightBitMIME = 1
        case binaryMIME = 2
    }

    /// RET (RFC 3461 §4.3): what a report of failure returns.
    public enum Return: UInt8, Sendable {
        case full = 0
        case headers = 1
    }

    /// SIZE, octets, as the client declared them (RFC 1870 §3).
    public var size: Int?
    public var body: Body
    /// SMTPUTF8 (RFC 6531 §3.4).
    public var isInternational: Bool
    /// REQUIRETLS (RFC 8689 §2).
    public var requiresTLS: Bool
    public var returns: Return?
    /// ENVID, xtext decoded (RFC 3461 §4.4).
    public var envelopeIdentifier: String?

    public init(
        size: Int? = nil, body: Body = .sevenBit, isInternational: Bool = false,
        requiresTLS: Bool = false, returns: Return? = nil, envelopeIdentifier: String? = nil
    ) {
        self.size = size
        self.body = body
        self.isInternational = isInternational
        self.requiresTLS = requiresTLS
        self.returns = returns
        self.envelopeIdentifier = envelopeIdentifier
    }
}
