internal import Identities

/// The arguments of MAIL and RCPT: a path and the parameters of the extensions offered
/// (RFC 5321 §4.1.2, RFC 1870, RFC 6152, RFC 3030, RFC 3461, RFC 6531, RFC 8689).
enum MailArguments {
    private typealias Fault = SMTPCommand.Fault

    static func mail(_ rest: ArraySlice<UInt8>) throws(SMTPCommand.Fault) -> SMTPCommand {
        let status = EnhancedStatusCode(5, 1, 7)
        var index = try start(rest, "FROM:")
        let path = try path(rest, &index, status)
        guard path.isNull || path.mailbox != nil else { throw syntax(status) }
        var parameters = MailParameters()
        var seen: [ArraySlice<UInt8>] = []
        while let (name, value) = try next(rest, &index, &seen) {
            try take(name, value, &parameters)
        }
        guard parameters.isInternational || !path.isInternational else { throw international }
        return .mail(ReversePath(path.mailbox), parameters)
    }

    static func recipient(_ rest: ArraySlice<UInt8>) throws(SMTPCommand.Fault) -> SMTPCommand {
        let status = EnhancedStatusCode(5, 1, 3)
        var index = try start(rest, "TO:")
        let path = try path(rest, &index, status)
        let forward: ForwardPath
        if let mailbox = path.mailbox {
            forward = ForwardPath(mailbox)
        } else if path.isPostmaster {
            forward = .postmaster
        } else {
            throw syntax(status)
        }
        var recipient = EnvelopeRecipient(forward)
        var seen: [ArraySlice<UInt8>] = []
        while let (name, value) = try next(rest, &index, &seen) {
            try take(name, value, &recipient)
        }
        return .recipient(recipient, isInternational: path.isInternational)
    }

    /// RFC 6531 §3.5: an address beyond ASCII without SMTPUTF8.
    static let international = SMTPCommand.Fault(
        553, EnhancedStatusCode(5, 6, 7), "An address beyond ASCII needs SMTPUTF8")

    private static func syntax(_ status: EnhancedStatusCode) -> SMTPCommand.Fault {
        Fault(501, status, "This is no address")
    }

    private static func start(
        _ rest: ArraySlice<UInt8>, _ keyword: StaticString
    ) throws(SMTPCommand.Fault) -> Int {
        let count = keyword.utf8CodeUnitCount
        guard Octets.equal(rest.prefix(count), keyword) else { throw .arguments }
        return rest.startIndex + count
    }

    private static func path(
        _ rest: ArraySlice<UInt8>, _ index: inout Int, _ status: EnhancedStatusCode
    ) throws(SMTPCommand.Fault) -> SMTPPath {
        do throws(SMTPPath.Fault) {
            return try SMTPPath(rest, &index)
        } catch {
            switch error {
            case .syntax: throw syntax(status)
            case .tooLong: throw Fault(501, status, "The address is too long")
            }
        }
    }

    /// The next `NAME` or `NAME=value`. Each may stand once.
    private static func next(
        _ rest: ArraySlice<UInt8>, _ index: inout Int, _ seen: inout [ArraySlice<UInt8>]
    ) throws(SMTPCommand.Fault) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?)? {
        guard index < rest.endIndex else { return nil }
        guard rest[index] == Octets.space else { throw .arguments }
        while index < rest.endIndex, rest[index] == Octets.space { index += 1 }
        let word = rest[index...].prefix { $0 != Octets.space }
        guard !word.isEmpty else { return nil }
        index = word.endIndex
        let name = word.prefix { $0 != Octets.equals }
        // As many as are known, for an unknown one ends it.
        guard
            !seen.contains(where: { $0.elementsEqual(name.map(Octets.uppercased)) }),
            name.allSatisfy({ Octets.isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
        else { throw .arguments }
        seen.append(name.map(Octets.uppercased)[...])
        let value = word[name.endIndex...]
        return (name, value.isEmpty ? nil : value.dropFirst())
    }

    private static func take(
        _ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>?, _ parameters: inout MailParameters
    ) throws(SMTPCommand.Fault) {
        switch true {
        case Octets.equal(name, "SIZE"):
            guard let value, let size = Octets.number(value) else { throw .arguments }
            parameters.size = size
        case Octets.equal(name, "BODY"):
            guard let value, let body = body(value) else { throw .arguments }
            parameters.body = body
        case Octets.equal(name, "SMTPUTF8") && value == nil:
            parameters.isInternational = true
        case Octets.equal(name, "REQUIRETLS") && value == nil:
            parameters.requiresTLS = true
        case Octets.equal(name, "RET"):
            guard let value, Octets.equal(value, "FULL") || Octets.equal(value, "HDRS") else {
                throw .arguments
            }
            parameters.returns = Octets.equal(value, "FULL") ? .full : .headers
        case Octets.equal(name, "ENVID"):
            guard let value, let octets = XText.decode(value),
                (1...Limits.envelopeIdentifierOctets).contains(octets.count),
                octets.allSatisfy({ (0x20..<0x7F).contains($0) })
            else { throw .arguments }
            parameters.envelopeIdentifier = String(decoding: octets, as: UTF8.self)
        default: throw unknown
        }
    }

    private static func body(_ value: ArraySlice<UInt8>) -> MailParameters.Body? {
        switch true {
        case Octets.equal(value, "7BIT"): .sevenBit
        case Octets.equal(value, "8BITMIME"): .eightBitMIME
        case Octets.equal(value, "BINARYMIME"): .binaryMIME
        default: nil
        }
    }

    private static func take(
        _ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>?,
        _ recipient: inout EnvelopeRecipient
    ) throws(SMTPCommand.Fault) {
        switch true {
        case Octets.equal(name, "NOTIFY"):
            guard let value, let notify = notification(value) else { throw .arguments }
            recipient.notify = notify
        case Octets.equal(name, "ORCPT"):
            guard let value, value.count <= Limits.originalRecipientOctets,
                let original = originalRecipient(value)
            else { throw .arguments }
            recipient.originalRecipient = original
        default: throw unknown
        }
    }

    /// RFC 5321 §4.1.1.11.
    private static let unknown = Fault(555, EnhancedStatusCode(5, 5, 4), "Unknown parameter")

    private static func notification(_ value: ArraySlice<UInt8>) -> DeliveryNotification? {
        if Octets.equal(value, "NEVER") { return .never }
        var result: DeliveryNotification = []
        for word in value.split(separator: Octets.comma, omittingEmptySubsequences: false) {
            switch true {
            case Octets.equal(word, "SUCCESS"): result.insert(.success)
            case Octets.equal(word, "FAILURE"): result.insert(.failure)
            case Octets.equal(word, "DELAY"): result.insert(.delay)
            default: return nil
            }
        }
        return result
    }

    /// `rfc822;` and an address in xtext. What it means may hold no controls, since it goes into the
    /// header of a report (RFC 3464 §2.3.1).
    private static func originalRecipient(_ value: ArraySlice<UInt8>) -> String? {
        guard let mark = value.firstIndex(of: Octets.semicolon), mark > value.startIndex,
            value[..<mark].allSatisfy({ Octets.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }),
            let address = XText.decode(value[(mark + 1)...]), !address.isEmpty,
            !LocalPart.hasControls(address),
            let text = String(validating: address, as: UTF8.self)
        else { return nil }
        return String(decoding: value[...mark], as: UTF8.self) + text
    }
}
