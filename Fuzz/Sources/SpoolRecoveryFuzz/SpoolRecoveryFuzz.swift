// Seeds: Tests/SpoolTests/Fixtures/segments.
import Crypto
import SMTP
import Spool

/// Opens a spool whose segments are the input: an octet that says how to read the rest, then for
/// each of one or two segments the 128 octets of its header and its records.
///
/// Whatever they hold, opening ends, what it finds can be read and asked about, and what is
/// accepted then is there at the next start.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSpoolRecovery(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    guard let mode = octets.first else { return 0 }
    let disk = MemoryDisk()
    let rest = octets.dropFirst()
    let middle = rest.startIndex + (mode & 2 == 0 ? rest.count : rest.count / 2)
    for (index, part) in [rest[..<middle], rest[middle...]].enumerated() where !part.isEmpty {
        disk.put(
            "/s/segments/00000\(index + 1).segment",
            SegmentInput.segment(Array(part), seals: mode & 1 == 0))
    }
    var options = SpoolOptions(now: { 1_795_305_600_000 }, random: { 0x0123_4567_89AB_CDEF })
    options.segmentOctets = 16 << 10
    options.readySegments = 1
    options.minimumFreeOctets = 0
    guard let (core, recovery) = try? SpoolCore.open("/s", options: options, disk: disk) else {
        return 0
    }
    for message in recovery.messages {
        _ = try? core.message(message.id)
        if let content = try? core.content(of: message.id) { _ = try? content.read(0..<4_096) }
    }
    var last: UInt64 = 0
    while let entries = try? core.changes(after: last, limit: 100), !entries.isEmpty {
        for entry in entries {
            precondition(entry.position > last)
            last = entry.position
        }
    }
    core.projected(upTo: last)
    _ = try? core.balance(UTCDay(containing: 1_795_305_600_000))
    _ = try? core.verifyChain()
    let id = core.nextIdentifier()
    let message = SpoolMessage(
        id: id, receivedAt: 0,
        envelope: Envelope(
            reversePath: .null, recipients: [EnvelopeRecipient(.postmaster)]),
        content: .memory([1, 2, 3]))
    let submission = try? core.prepare(message)
    let accepted = submission.map { core.commit([$0]) == [nil] } ?? false
    _ = core.carry()
    core.maintain()
    core.unlock()
    guard let (again, second) = try? SpoolCore.open("/s", options: options, disk: disk) else {
        fatalError("a spool that was opened cannot be opened again")
    }
    precondition(!accepted || second.messages.contains { $0.id == id })
    again.unlock()
    return 0
}

/// Makes a segment of an input.
enum SegmentInput {
    static func segment(_ input: [UInt8], seals: Bool) -> [UInt8] {
        let header = 128
        let records = 8_192
        let length = max(0, input.count - header)
        var octets = [UInt8](repeating: 0, count: records + (length + 511) / 512 * 512)
        octets.replaceSubrange(0..<min(header, input.count), with: input.prefix(header))
        if length > 0 {
            octets.replaceSubrange(records..<(records + length), with: input.dropFirst(header))
        }
        if seals { seal(&octets) }
        octets.replaceSubrange(4_096..<(4_096 + header), with: octets[..<header])
        return octets
    }

    /// Makes the checksums right, so that what they cover is read.
    private static func seal(_ octets: inout [UInt8]) {
        octets.replaceSubrange(96..<128, with: Array(SHA256.hash(data: octets[..<96])))
        let marker = Array(octets[16..<24])
        var place = 8_192
        while place + 96 <= octets.count {
            let body = Int(octets[place + 24]) | Int(octets[place + 25]) << 8
            if Array(octets[place..<(place + 8)]) == marker, place + 96 + body <= octets.count {
                var hash = SHA256()
                hash.update(data: octets[(place + 8)..<(place + 80)])
                hash.update(data: octets[(place + 96)..<(place + 96 + body)])
                octets.replaceSubrange(
                    (place + 80)..<(place + 96), with: Array(hash.finalize()).prefix(16))
            }
            place += 8
        }
    }
}

/// A disk in memory that never fails.
///
/// `@unchecked Sendable`: one input is tried on one thread.
final class MemoryDisk: SpoolDisk, @unchecked Sendable {
    private final class Content {
        var octets: [UInt8] = []
    }

    private var names: [String: Content] = [:]
    private var files: [Int32: Content] = [:]
    private var next: Int32 = 0

    func put(_ path: String, _ octets: [UInt8]) {
        let content = Content()
        content.octets = octets
        names[path] = content
    }

    private func content(_ file: DiskFile) throws(DiskError) -> Content {
        guard let content = files[file.descriptor] else { throw DiskError(code: 9, call: "file") }
        return content
    }

    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        let content: Content
        if let found = names[path], mode != .create {
            content = found
        } else {
            guard mode == .create || mode == .readWriteOrCreate else {
                throw DiskError(code: 2, call: "open")
            }
            content = Content()
            names[path] = content
        }
        next += 1
        files[next] = content
        return DiskFile(descriptor: next)
    }

    func close(_ file: DiskFile) { files[file.descriptor] = nil }
    func size(of file: DiskFile) throws(DiskError) -> Int { try content(file).octets.count }

    func read(
        _ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskError) -> Int {
        let octets = try content(file).octets
        guard offset >= 0, offset < octets.count else { return 0 }
        let count = min(buffer.count, octets.count - offset)
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            .copyBytes(from: octets[offset..<(offset + count)])
        return count
    }

    func write(
        _ file: DiskFile, _ octets: UnsafeRawBufferPointer, at offset: Int
    ) throws(DiskError) {
        let content = try content(file)
        let missing = offset + octets.count - content.octets.count
        if missing > 0 { content.octets += [UInt8](repeating: 0, count: missing) }
        content.octets.replaceSubrange(offset..<(offset + octets.count), with: octets)
    }

    func sync(_ file: DiskFile) throws(DiskError) {}

    func truncate(_ file: DiskFile, to count: Int) throws(DiskError) {
        let content = try content(file)
        content.octets = Array(content.octets.prefix(count))
    }

    func rename(_ path: String, to new: String) throws(DiskError) {
        names[new] = names.removeValue(forKey: path)
    }

    func remove(_ path: String) throws(DiskError) { names[path] = nil }
    func makeFolder(_ path: String) throws(DiskError) {}
    func syncFolder(_ path: String) throws(DiskError) {}

    func list(_ path: String) throws(DiskError) -> [String] {
        names.keys.filter { $0.hasPrefix(path + "/") }.map { String($0.dropFirst(path.count + 1)) }
            .filter { !$0.contains("/") }.sorted()
    }

    func freeOctets(_ path: String) throws(DiskError) -> Int { 1 << 40 }
    func lock(_ path: String) throws(DiskError) -> DiskFile? { try open(path, .readWriteOrCreate) }
}
