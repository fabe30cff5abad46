extension DNSMessage {
    /// Reads a whole message; every octet must belong to it.
    public static func parse(
        _ bytes: some Collection<UInt8>
    ) throws(DNSMessageError) -> DNSMessage {
        guard bytes.count <= Limits.messageOctets else {
            throw DNSMessageError(fault: .tooLong, offset: Limits.messageOctets)
        }
        var reader = WireReader(Array(bytes))
        var message = DNSMessage()
        message.id = try reader.uint16()
        message.takeFlags(try reader.uint16())
        let questions = Int(try reader.uint16())
        let counts = [try reader.uint16(), try reader.uint16(), try reader.uint16()]
        guard questions <= Limits.questions else { throw reader.fault(.tooManyQuestions) }
        for _ in 0..<questions {
            message.questions.append(
                Question(
                    name: try reader.name(), type: RecordType(rawValue: try reader.uint16()),
                    recordClass: RecordClass(rawValue: try reader.uint16())))
        }
        // The counts are claims: nothing is reserved for them, and each record takes eleven octets.
        for _ in 0..<counts[0] { message.answers.append(try readRecord(&reader)) }
        for _ in 0..<counts[1] { message.authorities.append(try readRecord(&reader)) }
        for _ in 0..<counts[2] { try message.takeAdditional(&reader) }
        guard reader.isAtEnd else { throw reader.fault(.trailingOctets) }
        return message
    }

    private mutating func takeFlags(_ flags: UInt16) {
        isResponse = flags & 0x8000 != 0
        operation = UInt8(truncatingIfNeeded: flags >> 11 & 15)
        isAuthoritative = flags & 0x0400 != 0
        isTruncated = flags & 0x0200 != 0
        isRecursionDesired = flags & 0x0100 != 0
        isRecursionAvailable = flags & 0x0080 != 0
        isAuthenticated = flags & 0x0020 != 0
        isCheckingDisabled = flags & 0x0010 != 0
        responseCode = ResponseCode(rawValue: flags & 15)
    }

    private static func readRecord(
        _ reader: inout WireReader
    ) throws(DNSMessageError) -> ResourceRecord {
        let name = try reader.name()
        let type = RecordType(rawValue: try reader.uint16())
        let recordClass = RecordClass(rawValue: try reader.uint16())
        let timeToLive = try reader.uint32()
        var part = try reader.part(Int(try reader.uint16()))
        // Updates delete with empty data of other classes (RFC 2136 §2.5.2).
        let isEmptied = part.isAtEnd && recordClass != .internet
        let data: RecordData =
            isEmptied ? .unknown([]) : try RecordData.read(type, &part)
        return ResourceRecord(
            name: name, type: type, recordClass: recordClass, timeToLive: timeToLive, data: data)
    }

    private mutating func takeAdditional(_ reader: inout WireReader) throws(DNSMessageError) {
        let record = try Self.readRecord(&reader)
        guard record.type == .opt else {
            additionals.append(record)
            return
        }
        // RFC 6891 §6.1.1: one OPT at most, at the root.
        guard edns == nil, record.name.isRoot, case .unknown(let octets) = record.data else {
            throw reader.fault(.badOption)
        }
        var options = WireReader(octets)
        var edns = EDNS(
            payloadSize: record.recordClass.rawValue,
            isDNSSECWanted: record.timeToLive & 0x8000 != 0)
        edns.version = UInt8(truncatingIfNeeded: record.timeToLive >> 16)
        while !options.isAtEnd {
            guard let code = try? options.uint16(), let length = try? options.uint16(),
                let octets = try? options.octets(Int(length))
            else { throw reader.fault(.badOption) }
            edns.options.append(EDNS.Option(code: code, octets: octets))
        }
        let extended = UInt16(truncatingIfNeeded: record.timeToLive >> 24)
        responseCode = ResponseCode(rawValue: extended << 4 | responseCode.rawValue)
        self.edns = edns
    }
}
