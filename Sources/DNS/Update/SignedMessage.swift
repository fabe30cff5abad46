/// A message as it came, taken apart into what was signed and the signature.
public struct SignedMessage: Hashable, Sendable {
    /// The message without the signature, under its original identifier.
    public let unsigned: [UInt8]
    public let signature: TransactionSignature

    /// Takes a message apart; nil when it has no signature.
    ///
    /// - Throws: when the message cannot be read, or has a signature that is not its last record
    ///   (RFC 8945 §5.1).
    public static func parse(_ bytes: [UInt8]) throws(DNSMessageError) -> SignedMessage? {
        guard bytes.count <= Limits.messageOctets else {
            throw DNSMessageError(fault: .tooLong, offset: Limits.messageOctets)
        }
        var reader = WireReader(bytes)
        _ = try reader.uint32()
        var counts: [Int] = []
        for _ in 0..<4 { counts.append(Int(try reader.uint16())) }
        guard counts[0] <= Limits.questions else { throw reader.fault(.tooManyQuestions) }
        for _ in 0..<counts[0] {
            _ = try reader.name()
            _ = try reader.uint32()
        }
        let records = counts[1] + counts[2] + counts[3]
        var found: SignedMessage?
        for number in 0..<records {
            let start = reader.offset
            let name = try reader.name()
            let type = RecordType(rawValue: try reader.uint16())
            let recordClass = RecordClass(rawValue: try reader.uint16())
            let timeToLive = try reader.uint32()
            var data = try reader.part(Int(try reader.uint16()))
            guard type == .tsig else { continue }
            guard number == records - 1, counts[3] > 0, recordClass == .any, timeToLive == 0 else {
                throw reader.fault(.badSignature)
            }
            let signature = try TransactionSignature.read(name, &data)
            var unsigned = Array(bytes[..<start])
            let id = signature.originalID
            let left = UInt16(counts[3] - 1)
            for (place, value) in [(0, id), (10, left)] {
                unsigned[place] = UInt8(truncatingIfNeeded: value >> 8)
                unsigned[place + 1] = UInt8(truncatingIfNeeded: value)
            }
            found = SignedMessage(unsigned: unsigned, signature: signature)
        }
        guard reader.isAtEnd else { throw reader.fault(.trailingOctets) }
        return found
    }
}
