import Glibc
import Identities
import SMTP
import Spool

/// What the tests put into a spool, and a folder on the real disk.
enum SpoolBed {
    static func message(
        _ id: QueueIdentifier, recipients: Int = 1, content: [UInt8] = Array("Hello\r\n".utf8),
        disposition: SpoolMessage.Disposition = .deliver, receivedAt: Int64 = 0
    ) -> SpoolMessage {
        SpoolMessage(
            id: id, receivedAt: receivedAt,
            envelope: Envelope(
                reversePath: .null,
                recipients: (0..<recipients).map { _ in EnvelopeRecipient(.postmaster) }),
            record: [1, 2, 3], disposition: disposition, prefix: Array("Received: here\r\n".utf8),
            content: .memory(content), routing: "inside")
    }

    static func delivered(_ id: QueueIdentifier, _ recipients: [Int] = [0]) -> QueueChange {
        .delivered(
            id: id, recipients: recipients, at: 1, host: "mx.example.net", reply: "250 ok",
            tls: "TLSv1.3")
    }

    /// Small segments, so that little fills them.
    static func options(
        now: @escaping @Sendable () -> Int64 = SystemTime.milliseconds
    ) -> SpoolOptions {
        var options = SpoolOptions(now: now)
        options.segmentOctets = 64 << 10
        options.batchOctets = 32 << 10
        options.inlineOctets = 8 << 10
        options.minimumFreeOctets = 1 << 20
        options.awaitsProjection = false
        return options
    }

    static func options(on disk: SimulatedDisk) -> SpoolOptions {
        var options = options(now: { disk.time })
        options.acknowledgementWindow = .zero
        return options
    }

    /// Hands a new folder to the body, and removes it.
    static func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let template = "/tmp/sealgate-spool-XXXXXX"
        var path = Array(template.utf8CString)
        guard mkdtemp(&path) != nil else { throw SpoolError.failed("mkdtemp") }
        let folder = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do {
            let value = try await body(folder)
            remove(folder)
            return value
        } catch {
            remove(folder)
            throw error
        }
    }

    private static func remove(_ path: String) {
        for name in (try? FileDisk().list(path)) ?? [] {
            let inner = path + "/" + name
            if unlink(inner) != 0 { remove(inner) }
        }
        rmdir(path)
    }

    static func write(_ path: String, _ octets: [UInt8]) throws {
        let disk = FileDisk()
        let file = try disk.open(path, .readWriteOrCreate)
        defer { disk.close(file) }
        try octets.withUnsafeBytes { try disk.write(file, $0, at: 0) }
    }
}

extension SpoolCore {
    /// Everything must succeed.
    func mustCommit(_ submissions: [Submission]) throws {
        for error in commit(submissions) { if let error { throw error } }
    }

    func mustAccept(_ message: SpoolMessage) throws {
        try mustCommit([try prepare(message)])
    }
}
