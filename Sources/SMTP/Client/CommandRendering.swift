/// Writes a client's commands. Addresses cannot hold controls, and every other value is made of
/// xtext (RFC 3461 §4), so that nothing ends a command early.
struct CommandRendering {
    private(set) var octets: [UInt8] = []

    mutating func add(_ text: String) {
        octets += text.utf8
    }

    mutating func endLine() {
        octets.append(Octets.carriageReturn)
        octets.append(Octets.lineFeed)
    }

    mutating func line(_ text: String) {
        add(text)
        endLine()
    }

    mutating func mail(_ transaction: SMTPTransaction, _ extensions: ServerExtensions) {
        let parameters = transaction.envelope.parameters
        add("MAIL FROM:<")
        add(transaction.envelope.reversePath.description)
        add(">")
        if !transaction.isProbe {
            if extensions.offers(.size) { add(" SIZE=\(transaction.octets)") }
            if transaction.isBinary {
                add(" BODY=BINARYMIME")
            } else if extensions.offers(.eightBitMIME),
                transaction.isEightBit || parameters.body == .eightBitMIME
            {
                add(" BODY=8BITMIME")
            }
        }
        if transaction.needsSMTPUTF8 || parameters.isInternational && extensions.offers(.smtpUTF8) {
            add(" SMTPUTF8")
        }
        if parameters.requiresTLS { add(" REQUIRETLS") }
        if extensions.offers(.deliveryStatusNotifications) {
            if let returns = parameters.returns {
                add(returns == .full ? " RET=FULL" : " RET=HDRS")
            }
            if let identifier = parameters.envelopeIdentifier, !identifier.isEmpty {
                add(" ENVID=")
                octets += XText.encode(identifier.utf8)
            }
        }
        endLine()
    }

    mutating func recipient(_ recipient: EnvelopeRecipient, _ extensions: ServerExtensions) {
        add("RCPT TO:<")
        add(recipient.path.description)
        add(">")
        if extensions.offers(.deliveryStatusNotifications) {
            if let notify = recipient.notify { add(" NOTIFY=\(Self.words(notify))") }
            if let original = recipient.originalRecipient {
                originalRecipient(original)
            }
        }
        endLine()
    }

    /// `addr-type ";" xtext` (RFC 3461 §4.2); nothing when the type is not an atom.
    private mutating func originalRecipient(_ text: String) {
        let octets = text.utf8
        guard let semicolon = octets.firstIndex(of: Octets.semicolon),
            LocalPart.isDotAtom(octets[..<semicolon]),
            octets[..<semicolon].allSatisfy({ $0 < 0x80 })
        else { return }
        add(" ORCPT=")
        self.octets += octets[...semicolon]
        self.octets += XText.encode(octets[octets.index(after: semicolon)...])
    }

    private static func words(_ notify: DeliveryNotification) -> String {
        if notify == .never { return "NEVER" }
        var words: [String] = []
        if notify.contains(.success) { words.append("SUCCESS") }
        if notify.contains(.failure) { words.append("FAILURE") }
        if notify.contains(.delay) { words.append("DELAY") }
        return words.joined(separator: ",")
    }
}

extension SMTPTransaction {
    /// Whether its addresses or its header cannot do without SMTPUTF8.
    var needsSMTPUTF8: Bool {
        hasInternationalHeader || envelope.reversePath.mailbox?.isInternational == true
            || envelope.recipients.contains { $0.path.mailbox?.isInternational == true }
    }
}
