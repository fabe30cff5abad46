/// A layer of bytes with a look ahead: what every container is read from.
///
/// One layer holds one buffer, so that a document of any size is read in constant memory.
final class ByteStream {
    typealias Fill = (UnsafeMutableRawBufferPointer) throws -> Int

    /// Bytes handed out so far.
    private(set) var position = 0
    private let fill: Fill
    private let buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    static let capacity = 65_536

    init(fill: @escaping Fill) {
        self.fill = fill
        buffer = .allocate(byteCount: Self.capacity, alignment: 16)
    }

    convenience init(_ bytes: [UInt8]) {
        var source = BufferSource(bytes)
        self.init { try source.read(into: $0) }
    }

    deinit { buffer.deallocate() }

    /// The next bytes without taking them: `count` (at most `capacity`), or fewer at the end.
    func peek(_ count: Int) throws -> UnsafeRawBufferPointer {
        let wanted = min(count, Self.capacity)
        while end - start < wanted, try load() {}
        return UnsafeRawBufferPointer(rebasing: buffer[start..<min(end, start + wanted)])
    }

    /// Hands over the next run of bytes; false at the end.
    func take(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        while start == end { if try !load() { return false } }
        let run = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
        position += run.count
        start = end
        try body(run)
        return true
    }

    /// Takes up to `count` bytes that were seen with `peek`.
    func skip(_ count: Int) {
        let skipped = min(count, end - start)
        start += skipped
        position += skipped
    }

    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        while start == end { if try !load() { return 0 } }
        let count = min(target.count, end - start)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<(start + count)]))
        skip(count)
        return count
    }

    /// Everything that is left; nil when that is more than `limit`.
    func readAll(limit: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var isTooLong = false
        while !isTooLong,
            try take({ run in
                if bytes.count + run.count > limit { isTooLong = true } else { bytes += run }
            })
        {}
        return isTooLong ? nil : bytes
    }

    /// Reads more behind what is there; false at the end or when the buffer is full.
    private func load() throws -> Bool {
        guard !isAtEnd else { return false }
        if start > 0 {
            // The two ranges may overlap, which copyMemory allows.
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            start = 0
        }
        guard end < buffer.count else { return false }
        let count = try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
        guard count > 0 else {
            isAtEnd = true
            return false
        }
        end += min(count, buffer.count - end)
        return true
    }
}
