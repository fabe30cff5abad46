internal import DNS

/// One question on its way: what only a server that has seen it can repeat (RFC 5452).
struct Query: Sendable {
    let id: UInt16
    /// The letters' case is random (draft-vixie-dnsext-dns0x20).
    let question: DNSMessage.Question
    let hasEDNS: Bool
    /// RD: whether others are to be asked too; not by a server that knows its own zones only.
    let isRecursionDesired: Bool

    init(
        _ name: DNSName, _ type: RecordType, hasEDNS: Bool = true,
        isRecursionDesired: Bool = true, random: () -> UInt64
    ) {
        id = UInt16(truncatingIfNeeded: random())
        question = DNSMessage.Question(name: Self.mixed(name, random), type: type)
        self.hasEDNS = hasEDNS
        self.isRecursionDesired = isRecursionDesired
    }

    private static func mixed(_ name: DNSName, _ random: () -> UInt64) -> DNSName {
        var bits: UInt64 = 0
        var left = 0
        let labels = name.labels.map { label in
            label.map { byte -> UInt8 in
                guard (byte | 0x20) &- 0x61 < 26 else { return byte }
                if left == 0 { (bits, left) = (random(), 64) }
                defer { (bits, left) = (bits >> 1, left - 1) }
                return bits & 1 == 0 ? byte | 0x20 : byte & ~0x20
            }
        }
        return DNSName(labels: labels) ?? name
    }

    var bytes: [UInt8] {
        var message = DNSMessage()
        message.id = id
        message.isRecursionDesired = isRecursionDesired
        // RFC 6840 §5.7: says that we understand the bit in the answer.
        message.isAuthenticated = true
        message.questions = [question]
        if hasEDNS { message.edns = DNSMessage.EDNS(payloadSize: Limits.payloadOctets) }
        return message.render()
    }

    enum Verdict {
        case answer(DNSMessage)
        /// The right answer but for the letters' case: a forgery, or a server that folds it.
        case caseDiffers
        /// Not an answer to this question.
        case stray
    }

    func judge(_ bytes: [UInt8]) -> Verdict {
        // Cheap first: a flood of wrong answers must not cost a parse each.
        guard bytes.count >= 12, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == id,
            bytes[2] & 0x80 != 0, let message = try? DNSMessage.parse(bytes),
            message.operation == 0
        else { return .stray }
        guard let asked = message.questions.first else {
            // Servers that cannot read a question send none back.
            return Self.isRefusal(message.responseCode) ? .answer(message) : .stray
        }
        guard message.questions.count == 1, asked == question else { return .stray }
        return asked.name.wire == question.name.wire ? .answer(message) : .caseDiffers
    }

    private static func isRefusal(_ code: ResponseCode) -> Bool {
        code == .formatError || code == .notImplemented || code == .refused
            || code == .serverFailure
    }
}
