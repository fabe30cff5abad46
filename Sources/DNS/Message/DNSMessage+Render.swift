extension DNSMessage {
    /// Writes the message. Records that do not fit the limit are left out, and TC says so when
    /// they belong to the answer (RFC 2181 §9).
    public func render(
        compressing: Bool = true, sizeLimit: Int = Limits.messageOctets
    ) -> [UInt8] {
        var writer = WireWriter(compressing: compressing)
        writer.uint16(id)
        writer.uint16(flags)
        for _ in 0..<4 { writer.uint16(0) }
        for question in questions.prefix(Limits.questions) {
            writer.name(question.name)
            writer.uint16(question.type.rawValue)
            writer.uint16(question.recordClass.rawValue)
        }
        writer.patch(UInt16(min(questions.count, Limits.questions)), at: 4)
        let room = min(sizeLimit, Limits.messageOctets) - ednsOctets
        var isFull = false
        for (section, place) in [(answers, 6), (authorities, 8), (additionals, 10)] {
            var count: UInt16 = 0
            for record in section where !isFull {
                if Self.write(record, to: &writer, room: room) {
                    count += 1
                } else {
                    isFull = true
                    if place < 10 { writer.patch(flags | 0x0200, at: 2) }
                }
            }
            writer.patch(count, at: place)
        }
        if let edns {
            writeEDNS(edns, to: &writer)
            let additional = UInt16(writer.bytes[10]) << 8 | UInt16(writer.bytes[11])
            writer.patch(additional &+ 1, at: 10)
        }
        return writer.bytes
    }

    private var flags: UInt16 {
        var flags = UInt16(operation & 15) << 11 | responseCode.rawValue & 15
        if isResponse { flags |= 0x8000 }
        if isAuthoritative { flags |= 0x0400 }
        if isTruncated { flags |= 0x0200 }
        if isRecursionDesired { flags |= 0x0100 }
        if isRecursionAvailable { flags |= 0x0080 }
        if isAuthenticated { flags |= 0x0020 }
        if isCheckingDisabled { flags |= 0x0010 }
        return flags
    }

    /// False, and nothing is written, when the record does not fit.
    private static func write(
        _ record: ResourceRecord, to writer: inout WireWriter, room: Int
    ) -> Bool {
        let start = writer.bytes.count
        writer.name(record.name)
        writer.uint16(record.type.rawValue)
        writer.uint16(record.recordClass.rawValue)
        writer.uint32(record.timeToLive)
        writer.uint16(0)
        let dataStart = writer.bytes.count
        record.data.write(to: &writer, compressing: RecordForm.mayCompress(record.type))
        guard writer.bytes.count <= room,
            let length = UInt16(exactly: writer.bytes.count - dataStart)
        else {
            writer.rewind(to: start)
            return false
        }
        writer.patch(length, at: dataStart - 2)
        return true
    }

    private var ednsOctets: Int {
        guard let edns else { return 0 }
        return edns.options.reduce(11) { $0 + 4 + $1.octets.count }
    }

    private func writeEDNS(_ edns: EDNS, to writer: inout WireWriter) {
        writer.uint8(0)
        writer.uint16(RecordType.opt.rawValue)
        writer.uint16(edns.payloadSize)
        writer.uint32(
            UInt32(responseCode.rawValue >> 4 & 0xFF) << 24 | UInt32(edns.version) << 16
                | (edns.isDNSSECWanted ? 0x8000 : 0))
        let lengthPlace = writer.bytes.count
        writer.uint16(0)
        for option in edns.options {
            guard
                let length = UInt16(exactly: option.octets.count),
                writer.bytes.count - lengthPlace + 2 + option.octets.count <= Limits.messageOctets
            else { break }
            writer.uint16(option.code)
            writer.uint16(length)
            writer.octets(option.octets)
        }
        writer.patch(UInt16(writer.bytes.count - lengthPlace - 2), at: lengthPlace)
    }
}
