import CZlib
import Synchronization

/// Cuts what came in into pieces for storing, compressed on the way where that helps.
///
/// Feed the bytes in order, then finish; memory stays at about one piece whatever the size.
public struct RawPieces: ~Copyable {
    /// Bytes of one stored piece.
    public static let pieceSize = 256 * 1_024

    public let encoding: RawEncoding
    private let stream: DeflateStream?
    private var buffer: [UInt8] = []

    public init(encoding: RawEncoding) {
        self.encoding = encoding
        self.stream = encoding == .gzip ? DeflateStream.take() : nil
    }

    deinit { stream?.putBack() }

    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, emit: ([UInt8]) throws -> Void
    ) throws {
        switch encoding {
        case .plain:
            buffer.append(contentsOf: bytes)
            try emitFull(emit)
        case .gzip:
            try deflate(bytes, flush: Z_NO_FLUSH, emit: emit)
        }
    }

    public mutating func finish(emit: ([UInt8]) throws -> Void) throws {
        if encoding == .gzip {
            try deflate(UnsafeRawBufferPointer(start: nil, count: 0), flush: Z_FINISH, emit: emit)
        }
        if !buffer.isEmpty { try emit(buffer) }
        buffer = []
    }

    private mutating func deflate(
        _ bytes: UnsafeRawBufferPointer, flush: Int32, emit: ([UInt8]) throws -> Void
    ) throws {
        guard let stream = stream?.state else { return }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        var status: Int32 = Z_OK
        repeat {
            let room = 32 * 1_024
            let before = buffer.count
            buffer.append(contentsOf: repeatElement(0, count: room))
            let left = buffer.withUnsafeMutableBufferPointer { output -> UInt32 in
                stream.pointee.next_out = output.baseAddress?.advanced(by: before)
                stream.pointee.avail_out = UInt32(room)
                status = CZlib.deflate(stream, flush)
                return stream.pointee.avail_out
            }
            // Z_BUF_ERROR: there was nothing left to do. Anything else would lose what came in.
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else {
                throw CompressionFailure(status: status)
            }
            buffer.removeLast(Int(left))
            try emitFull(emit)
        } while stream.pointee.avail_out == 0 || (flush == Z_FINISH && status == Z_OK)
    }

    private mutating func emitFull(_ emit: ([UInt8]) throws -> Void) throws {
        while buffer.count >= Self.pieceSize {
            try emit(Array(buffer.prefix(Self.pieceSize)))
            buffer.removeFirst(Self.pieceSize)
        }
    }
}

/// A zlib stream that compresses: 268 KB that take longer to set up than a small report to
/// compress, so a few of them wait for their next use.
///
/// `@unchecked` holds because a stream is in the hands of the pool or of one `RawPieces`, never of
/// both.
private struct DeflateStream: @unchecked Sendable {
    // On the heap: zlib refuses a stream that has moved in memory.
    let state: UnsafeMutablePointer<z_stream>

    private static let mostIdle = 8
    private static let idle = Mutex<[DeflateStream]>([])

    static func take() -> DeflateStream {
        if let stream = idle.withLock({ $0.popLast() }) {
            if deflateReset(stream.state) == Z_OK { return stream }
            stream.free()
        }
        let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        state.initialize(to: z_stream())
        // Level 1: reports shrink to a twentieth at any level, and time is what costs.
        // 15 + 16 asks zlib for the gzip format.
        let status = deflateInit2_(
            state, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not start")
        return DeflateStream(state: state)
    }

    func putBack() {
        let isKept = Self.idle.withLock { waiting in
            guard waiting.count < Self.mostIdle else { return false }
            waiting.append(self)
            return true
        }
        if !isKept { free() }
    }

    private func free() {
        deflateEnd(state)
        state.deallocate()
    }
}

/// zlib refused to compress; nothing is stored then.
struct CompressionFailure: Error, CustomStringConvertible {
    let status: Int32
    var description: String { "zlib could not compress what came in (status \(status))." }
}

/// Puts stored pieces back together.
enum RawUnpacking {
    /// The bytes as they came, or nil when there are more than `limit`.
    static func unpack(_ stored: [UInt8], encoding: RawEncoding, limit: Int) -> [UInt8]? {
        guard encoding == .gzip else { return stored.count <= limit ? stored : nil }
        var stream = z_stream()
        guard
            inflateInit2_(
                &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var input = stored
        return input.withUnsafeMutableBufferPointer { bytes -> [UInt8]? in
            stream.next_in = bytes.baseAddress
            stream.avail_in = UInt32(bytes.count)
            let room = 128 * 1_024
            while true {
                let before = output.count
                output.append(contentsOf: repeatElement(0, count: room))
                let status = output.withUnsafeMutableBufferPointer { target -> Int32 in
                    stream.next_out = target.baseAddress?.advanced(by: before)
                    stream.avail_out = UInt32(room)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                output.removeLast(Int(stream.avail_out))
                guard output.count <= limit else { return nil }
                if status == Z_STREAM_END { return output }
                guard status == Z_OK else { return nil }
            }
        }
    }
}
