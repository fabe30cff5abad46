/// Requests on their way to a running server: a file each in the folder `requests`.
struct RequestFolder {
    private let disk: any SpoolDisk
    private let folder: String
    private static let suffix = ".request"

    init(_ disk: any SpoolDisk, _ spool: String) {
        self.disk = disk
        folder = spool + "/requests"
    }

    /// Durable under its name, or not there.
    func write(_ request: SpoolRequest, name: UInt64) throws(SpoolError) {
        let octets = request.encoded
        guard octets.count <= SpoolLimits.requestOctets else { throw .tooLarge }
        let path = "\(folder)/\(QueueIdentifier(rawValue: name))"
        do throws(DiskError) {
            let file = try SegmentFile(disk, path: path + ".new", .create)
            try file.write(octets, at: 0)
            try file.sync()
            try disk.rename(path + ".new", to: path + Self.suffix)
            try disk.syncFolder(folder)
        } catch {
            throw error.asSpoolError
        }
    }

    /// What is there; nil for a file that is no request.
    func read() throws(SpoolError) -> [(name: String, request: SpoolRequest?)] {
        do throws(DiskError) {
            var found: [(name: String, request: SpoolRequest?)] = []
            let names = try disk.list(folder).filter { $0.hasSuffix(Self.suffix) }
            for name in names.prefix(SpoolLimits.requestsAtOnce) {
                let file = try SegmentFile(disk, path: "\(folder)/\(name)", .read)
                let octets =
                    file.count <= SpoolLimits.requestOctets ? try file.read(0..<file.count) : []
                found.append((name, SpoolRequest(encoded: octets)))
            }
            return found
        } catch {
            throw error.asSpoolError
        }
    }

    func remove(_ name: String) throws(SpoolError) {
        do throws(DiskError) {
            try disk.remove("\(folder)/\(name)")
        } catch {
            throw error.asSpoolError
        }
    }
}

extension SpoolRequest {
    /// What is to be recorded, for the messages that are live.
    func changes(
        at now: Int64, live: (QueueIdentifier) -> LiveMessage?
    ) -> [QueueChange] {
        messages.compactMap { id in
            guard let message = live(id) else { return nil }
            switch action {
            case .hold(let reason): return .held(id: id, at: now, reason: reason)
            case .release:
                return message.holdReason == nil ? nil : .released(id: id, at: now, by: by)
            case .delete(let reason):
                return .deleted(id: id, at: now, by: by, reason: reason)
            case .requeue: return .requeued(id: id, at: now, by: by)
            case .flush: return nil
            }
        }
    }

    var encoded: [UInt8] {
        var writer = OctetWriter(capacity: 64 + 8 * messages.count)
        let (code, reason): (UInt8, String) =
            switch action {
            case .hold(let reason): (1, reason)
            case .release: (2, "")
            case .delete(let reason): (3, reason)
            case .requeue: (4, "")
            case .flush: (5, "")
            }
        writer.put(code)
        writer.put(by)
        writer.put(reason)
        writer.put(UInt32(truncatingIfNeeded: messages.count))
        for id in messages { writer.put(id.rawValue) }
        return writer.octets
    }

    init?(encoded octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let code = reader.integer(UInt8.self), let by = reader.text(),
            let reason = reader.text(), let count = reader.integer(UInt32.self),
            reader.remaining == Int(count) * 8
        else { return nil }
        let action: Action
        switch code {
        case 1: action = .hold(reason: reason)
        case 2: action = .release
        case 3: action = .delete(reason: reason)
        case 4: action = .requeue
        case 5: action = .flush
        default: return nil
        }
        var messages: [QueueIdentifier] = []
        while let id = reader.integer(UInt64.self) {
            messages.append(QueueIdentifier(rawValue: id))
        }
        self.init(action, messages: messages, by: by)
    }
}
