/// Header fields and content of a message where they lie: reading it costs no more memory than a
/// piece. It stays readable for as long as it is held, even when the message is finished.
public struct StoredContent: Sendable {
    /// Octets of header fields and content.
    public let count: Int
    /// Octets of the header fields alone.
    public let prefixCount: Int
    /// SHA-256 of all octets, as it was when the message was accepted.
    public let digest: [UInt8]

    private let pin: SegmentPin
    /// Octets from the segment's start to the header fields.
    private let offset: Int
    /// The content's own file, for a large one.
    private let own: SegmentFile?

    init(_ location: MessageLocation, digest: [UInt8], pin: SegmentPin, own: SegmentFile?) {
        count = location.prefixCount + location.contentCount
        prefixCount = location.prefixCount
        self.digest = digest
        self.pin = pin
        offset = location.content
        self.own = own
    }

    /// The octets of a range, which is cut to what there is.
    public func read(_ range: Range<Int>) throws(SpoolError) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        do throws(DiskError) {
            guard let own, range.upperBound > prefixCount else {
                return try whole(pin.file, offset + range.lowerBound, range.count)
            }
            let inline = range.clamped(to: 0..<prefixCount)
            let rest = max(range.lowerBound, prefixCount)..<range.upperBound
            var octets =
                inline.isEmpty
                ? [] : try whole(pin.file, offset + inline.lowerBound, inline.count)
            octets += try whole(own, rest.lowerBound - prefixCount, rest.count)
            return octets
        } catch {
            throw error.asSpoolError
        }
    }

    /// All octets in order, at most `size` at a time.
    public func forEachPiece(
        of size: Int = 256 << 10, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var start = 0
        while start < count {
            let piece = try read(start..<min(count, start + max(1, size)))
            try piece.withUnsafeBytes(body)
            start += piece.count
        }
    }

    private func whole(
        _ file: SegmentFile, _ offset: Int, _ count: Int
    ) throws(DiskError) -> [UInt8] {
        let octets = try file.read(offset..<(offset + count))
        guard octets.count == count else { throw DiskError(code: 5, call: "\(file.path) is short") }
        return octets
    }
}

/// Keeps a segment from being written anew while its octets are read.
final class SegmentPin: Sendable {
    let file: SegmentFile

    init(_ file: SegmentFile) {
        self.file = file
        file.beginReading()
    }

    deinit { file.endReading() }
}
