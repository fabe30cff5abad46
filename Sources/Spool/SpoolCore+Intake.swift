import SMTP
import Synchronization

extension SpoolCore {
    /// Whether the content has to become a file of its own first: that takes syncs of its own.
    package func isLarge(_ message: SpoolMessage) -> Bool {
        if case .memory(let octets) = message.content {
            return octets.count > options.inlineOctets
                || octets.count > options.segmentOctets / 4
        }
        return true
    }

    /// Computes the digest and lays out the records; a large content is made durable as a file.
    package func prepare(
        _ message: SpoolMessage, recording changes: [QueueChange] = []
    ) throws(SpoolError) -> Submission {
        guard message.record.count <= SpoolLimits.recordOctets,
            message.prefix.count <= SpoolLimits.prefixOctets,
            message.envelope.recipients.count <= SpoolLimits.recipients
        else { throw .tooLarge }
        let isFile = isLarge(message)
        let digest: [UInt8]
        if isFile {
            do throws(DiskError) {
                digest = try keepContent(message)
            } catch {
                throw error.asSpoolError
            }
        } else if case .memory(let octets) = message.content {
            digest = ContentDigest.of(message.prefix, octets)
        } else {
            digest = []
        }
        let submission = Submission.message(
            message, isFile: isFile, digest: digest, recording: changes)
        guard submission.records.allSatisfy({ $0.body.count <= SpoolLimits.bodyOctets })
        else { throw .tooLarge }
        return submission
    }

    /// The content as a durable file under its final name; gives the digest.
    private func keepContent(_ message: SpoolMessage) throws(DiskError) -> [UInt8] {
        let free = try disk.freeOctets(folder)
        guard free >= options.minimumFreeOctets + message.content.count else {
            throw DiskError.full
        }
        let path = "\(largeFolder)/\(message.id)"
        let digest: [UInt8]?
        switch message.content {
        case .memory(let octets):
            do throws(DiskError) {
                let file = try SegmentFile(disk, path: path, .create)
                try file.write(octets, at: 0)
                try file.sync()
            } catch {
                try? disk.remove(path)
                throw error
            }
            digest = ContentDigest.of(message.prefix, octets)
        case .file(let source, let count):
            let file = try SegmentFile(disk, path: source, .readWrite)
            digest =
                file.count == count
                ? try ContentDigest.of(message.prefix, file, count: count) : nil
            try file.sync()
            try disk.rename(source, to: path)
        }
        try disk.syncFolder(largeFolder)
        guard let digest else { throw DiskError(code: 0, call: "\(path) has another size") }
        return digest
    }

    /// Takes back what `prepare` did for a message that the log refused for want of room.
    package func forget(_ message: SpoolMessage) {
        guard isLarge(message) else { return }
        try? disk.remove("\(largeFolder)/\(message.id)")
    }

    /// The identifier for a new message.
    package func nextIdentifier() -> QueueIdentifier {
        let now = options.now()
        return shared.withLock { shared in
            shared.lastIdentifier = .following(shared.lastIdentifier, at: now)
            return shared.lastIdentifier
        }
    }

    /// The last record: the program leaves on its own accord.
    package func markClosed() {
        _ = commit([Submission([.init(kind: .closed, body: [], effect: .none)])])
    }
}

extension DiskError {
    static let full = DiskError(code: 28, call: "too little room")
}
