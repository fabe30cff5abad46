extension QueueChange {
    /// The body of its record.
    var encoded: [UInt8] {
        var writer = OctetWriter()
        func begin(_ code: UInt8, _ id: QueueIdentifier, _ at: Int64) {
            writer.put(code)
            writer.put(id.rawValue)
            writer.put(at)
        }
        switch self {
        case .started(let id, let recipients, let at, let host):
            begin(1, id, at)
            writer.put(recipients)
            writer.put(host)
        case .attempted(let id, let recipients, let at, let host, let reply, let nextAttempt):
            begin(2, id, at)
            writer.put(recipients)
            writer.put(host)
            writer.put(reply)
            writer.put(nextAttempt)
        case .delivered(let id, let recipients, let at, let host, let reply, let tls):
            begin(3, id, at)
            writer.put(recipients)
            writer.put(host)
            writer.put(reply)
            writer.put(tls)
        case .failed(let id, let recipients, let at, let host, let reason):
            begin(4, id, at)
            writer.put(recipients)
            writer.put(host)
            writer.put(reason)
        case .bounced(let id, let recipients, let at, let report):
            begin(5, id, at)
            writer.put(recipients)
            writer.put(report?.rawValue ?? 0)
            writer.put(report != nil)
        case .held(let id, let at, let reason):
            begin(6, id, at)
            writer.put(reason)
        case .released(let id, let at, let by):
            begin(7, id, at)
            writer.put(by)
        case .requeued(let id, let at, let by):
            begin(8, id, at)
            writer.put(by)
        case .deleted(let id, let at, let by, let reason):
            begin(9, id, at)
            writer.put(by)
            writer.put(reason)
        case .duplicateRisk(let id, let recipients, let at, let why):
            begin(10, id, at)
            writer.put(recipients)
            writer.put(why)
        case .lost(let id, let at, let why):
            begin(11, id, at)
            writer.put(why)
        }
        return writer.octets
    }

    /// Reads the body of a record; nil when it is none.
    init?(encoded octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let code = reader.integer(UInt8.self), let number = reader.integer(UInt64.self),
            let at = reader.integer(Int64.self)
        else { return nil }
        let id = QueueIdentifier(rawValue: number)
        let change =
            code <= 5 || code == 10
            ? Self.ofRecipients(code, id, at, &reader) : Self.ofMessage(code, id, at, &reader)
        guard let change, reader.isAtEnd else { return nil }
        self = change
    }

    private static func ofRecipients(
        _ code: UInt8, _ id: QueueIdentifier, _ at: Int64, _ reader: inout OctetReader
    ) -> QueueChange? {
        guard let recipients = reader.positions() else { return nil }
        switch code {
        case 1:
            guard let host = reader.text() else { return nil }
            return .started(id: id, recipients: recipients, at: at, host: host)
        case 2:
            guard let host = reader.optionalText(), let reply = reader.text(),
                let next = reader.integer(Int64.self)
            else { return nil }
            return .attempted(
                id: id, recipients: recipients, at: at, host: host, reply: reply, nextAttempt: next)
        case 3:
            guard let host = reader.text(), let reply = reader.text(),
                let tls = reader.optionalText()
            else { return nil }
            return .delivered(
                id: id, recipients: recipients, at: at, host: host, reply: reply, tls: tls)
        case 4:
            guard let host = reader.optionalText(), let reason = reader.text() else { return nil }
            return .failed(id: id, recipients: recipients, at: at, host: host, reason: reason)
        case 5:
            guard let report = reader.integer(UInt64.self), let isThere = reader.flag()
            else { return nil }
            return .bounced(
                id: id, recipients: recipients, at: at,
                report: isThere ? QueueIdentifier(rawValue: report) : nil)
        case 10:
            guard let why = reader.text() else { return nil }
            return .duplicateRisk(id: id, recipients: recipients, at: at, why: why)
        default:
            return nil
        }
    }

    private static func ofMessage(
        _ code: UInt8, _ id: QueueIdentifier, _ at: Int64, _ reader: inout OctetReader
    ) -> QueueChange? {
        guard let text = reader.text() else { return nil }
        switch code {
        case 6: return .held(id: id, at: at, reason: text)
        case 7: return .released(id: id, at: at, by: text)
        case 8: return .requeued(id: id, at: at, by: text)
        case 9:
            guard let reason = reader.text() else { return nil }
            return .deleted(id: id, at: at, by: text, reason: reason)
        case 11: return .lost(id: id, at: at, why: text)
        default: return nil
        }
    }
}
