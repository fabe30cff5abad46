/// The record that proves a message to come from somebody who shares a secret (RFC 8945 §4.2).
///
/// This is its form alone: what the proof covers is put together here, and made and checked by
/// whoever may use cryptography.
public struct TransactionSignature: Hashable, Sendable {
    /// Why a server does not take a signature (RFC 8945 §3, IANA's registry of response codes).
    public struct Fault: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        public static let none = Fault(rawValue: 0)
        public static let badSignature = Fault(rawValue: 16)
        public static let badKey = Fault(rawValue: 17)
        public static let badTime = Fault(rawValue: 18)
        public static let badTruncation = Fault(rawValue: 22)
    }

    public var keyName: DNSName
    /// `hmac-sha256.` and others (RFC 8945 §6).
    public var algorithm: DNSName
    /// Seconds since 1970; 48 bits of it travel.
    public var signedAt: UInt64
    /// Seconds by which the clocks may differ.
    public var fudge: UInt16
    public var authenticationCode: [UInt8]
    /// The message's identifier before anybody passed it on under another.
    public var originalID: UInt16
    public var fault: Fault
    /// The server's time in six octets when the fault is the time; empty otherwise.
    public var other: [UInt8]

    public init(
        keyName: DNSName, algorithm: DNSName, signedAt: UInt64, fudge: UInt16 = 300,
        authenticationCode: [UInt8] = [], originalID: UInt16, fault: Fault = .none,
        other: [UInt8] = []
    ) {
        self.keyName = keyName
        self.algorithm = algorithm
        self.signedAt = signedAt
        self.fudge = fudge
        self.authenticationCode = authenticationCode
        self.originalID = originalID
        self.fault = fault
        self.other = other
    }

    /// The server's clock, where it says that ours is wrong (RFC 8945 §5.2.3).
    public var serverTime: UInt64? {
        guard fault == .badTime, other.count == 6 else { return nil }
        return other.reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: What is proved

    /// The octets that the authentication code covers (RFC 8945 §4.3).
    ///
    /// - Parameters:
    ///   - message: the message without the signature, with its original identifier.
    ///   - requestCode: for an answer, the code of the request that it answers.
    public func covered(message: [UInt8], requestCode: [UInt8]? = nil) -> [UInt8] {
        var writer = WireWriter(compressing: false)
        if let requestCode {
            writer.uint16(UInt16(truncatingIfNeeded: requestCode.count))
            writer.octets(requestCode)
        }
        writer.octets(message)
        // The names in lower case and whole: RFC 8945 §4.3.3, the canonical form.
        writer.name(keyName.lowercased)
        writer.uint16(RecordClass.any.rawValue)
        writer.uint32(0)
        writer.name(algorithm.lowercased)
        writer.uint16(UInt16(truncatingIfNeeded: signedAt >> 32))
        writer.uint32(UInt32(truncatingIfNeeded: signedAt))
        writer.uint16(fudge)
        writer.uint16(fault.rawValue)
        writer.uint16(UInt16(truncatingIfNeeded: other.count))
        writer.octets(other)
        return writer.bytes
    }

    // MARK: On the wire

    /// The message with the signature as its last record; nil when there is no room for it.
    public func append(to message: [UInt8]) -> [UInt8]? {
        guard message.count >= 12, authenticationCode.count <= Int(UInt16.max),
            other.count <= Int(UInt16.max)
        else { return nil }
        let count = UInt16(message[10]) << 8 | UInt16(message[11])
        var data = WireWriter(compressing: false)
        data.name(algorithm)
        data.uint16(UInt16(truncatingIfNeeded: signedAt >> 32))
        data.uint32(UInt32(truncatingIfNeeded: signedAt))
        data.uint16(fudge)
        data.uint16(UInt16(authenticationCode.count))
        data.octets(authenticationCode)
        data.uint16(originalID)
        data.uint16(fault.rawValue)
        data.uint16(UInt16(other.count))
        data.octets(other)
        var writer = WireWriter(compressing: false)
        writer.octets(message)
        writer.name(keyName)
        writer.uint16(RecordType.tsig.rawValue)
        writer.uint16(RecordClass.any.rawValue)
        writer.uint32(0)
        guard let length = UInt16(exactly: data.bytes.count), count < .max,
            writer.bytes.count + 2 + data.bytes.count <= Limits.messageOctets
        else { return nil }
        writer.uint16(length)
        writer.octets(data.bytes)
        writer.patch(count + 1, at: 10)
        return writer.bytes
    }

    static func read(
        _ keyName: DNSName, _ reader: inout WireReader
    ) throws(DNSMessageError) -> TransactionSignature {
        let algorithm = try reader.name()
        let signedAt = UInt64(try reader.uint16()) << 32 | UInt64(try reader.uint32())
        let fudge = try reader.uint16()
        let code = try reader.octets(Int(try reader.uint16()))
        let originalID = try reader.uint16()
        let fault = Fault(rawValue: try reader.uint16())
        let other = try reader.octets(Int(try reader.uint16()))
        guard reader.isAtEnd else { throw reader.fault(.badSignature) }
        return TransactionSignature(
            keyName: keyName, algorithm: algorithm, signedAt: signedAt, fudge: fudge,
            authenticationCode: code, originalID: originalID, fault: fault, other: other)
    }
}

extension TransactionSignature.Fault: CustomStringConvertible {
    public var description: String {
        switch rawValue {
        case 0: "NOERROR"
        case 16: "BADSIG"
        case 17: "BADKEY"
        case 18: "BADTIME"
        case 22: "BADTRUNC"
        default: "TSIG error \(rawValue)"
        }
    }
}
