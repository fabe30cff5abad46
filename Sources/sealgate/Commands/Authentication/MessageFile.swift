import Glibc
import MailAuthentication

/// A message that a person named, and its octets as they are.
struct MessageFile {
    let message: RawMessage
    let original: any MessageBody

    /// Reads a message from a path, or from standard input for `-`. A file is mapped and not read:
    /// its header section is copied, its body is hashed where it lies.
    static func read(_ path: String) throws -> MessageFile {
        if path == "-" {
            let octets = try readStandardInput()
            return MessageFile(message: RawMessage(octets), original: BodyInMemory(octets))
        }
        if let octets = readSmall(path) {
            return MessageFile(message: RawMessage(octets), original: BodyInMemory(octets))
        }
        let mapping = try FileMapping(path)
        let end = endOfHeader(mapping.octets)
        return MessageFile(
            message: RawMessage(
                header: Array(mapping.octets[..<end]),
                body: MappedOctets(mapping: mapping, start: end)),
            original: MappedOctets(mapping: mapping, start: 0))
    }

    /// Behind the first empty line, or where the reader of header sections stops anyway.
    private static func endOfHeader(_ octets: UnsafeRawBufferPointer) -> Int {
        let limit = min(octets.count, Limits.headerSectionOctets * 2)
        var lineStart = 0
        for index in 0..<limit where octets[index] == 0x0A {
            let length = index - lineStart
            if length == 0 || (length == 1 && octets[lineStart] == 0x0D) { return index + 1 }
            lineStart = index + 1
        }
        return limit
    }

    /// Mapping costs more than reading where a message is small. Nil for everything else.
    private static func readSmall(_ path: String) -> [UInt8]? {
        let limit = 1 << 18
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        guard size > 0, size <= limit else { return nil }
        let octets = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, size, 0))
        }
        return octets.count == size ? octets : nil
    }

    private static func readStandardInput() throws -> [UInt8] {
        let limit = 256 << 20
        var octets: [UInt8] = []
        while true {
            let piece = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                let got = Glibc.read(0, buffer.baseAddress, buffer.count)
                guard got >= 0 else {
                    throw PlainError(
                        "Standard input cannot be read: \(String(cString: strerror(errno))).")
                }
                count = got
            }
            if piece.isEmpty { break }
            octets += piece
            guard octets.count <= limit else {
                throw PlainError(
                    "The message is longer than 256 MiB. Save it to a file and name that.")
            }
        }
        guard !octets.isEmpty else { throw PlainError("There is nothing on standard input.") }
        return octets
    }
}

/// A file in memory for as long as somebody reads it.
///
/// A file that is cut meanwhile ends the program, as it does for every program that maps files.
private final class FileMapping: Sendable {
    // Read-only, set once: any number of tasks may read it.
    private nonisolated(unsafe) let start: UnsafeMutableRawPointer
    private let size: Int

    init(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw PlainError("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { close(file) }
        size = Int(lseek(file, 0, SEEK_END))
        guard size != 0 else { throw PlainError("\(path) is empty.") }
        // A folder or a pipe has no size, or cannot be mapped.
        guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0),
            start != MAP_FAILED
        else {
            throw PlainError("\(path) is not a file. Name the file of one message, or '-'.")
        }
        self.start = start
        madvise(start, size, Int32(MADV_SEQUENTIAL))
    }

    deinit { munmap(start, size) }

    var octets: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: size) }
}

/// A mapped file from one place to its end.
private struct MappedOctets: MessageBody {
    let mapping: FileMapping
    let start: Int

    var count: Int { mapping.octets.count - start }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        let (octets, piece) = (mapping.octets, 1 << 20)
        var position = start
        while position < octets.count {
            let end = min(position + piece, octets.count)
            use(UnsafeRawBufferPointer(rebasing: octets[position..<end]))
            position = end
        }
    }
}
