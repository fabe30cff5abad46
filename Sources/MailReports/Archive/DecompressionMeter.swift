/// Weighs what decompression gives against the bytes it was given, over all layers above one
/// compressed file: a gzip of a gzip of zeros is as short in the middle as it is at the start.
final class DecompressionMeter {
    /// A limit was met: nothing more is decompressed in this reading.
    private(set) var isExhausted = false
    private let limits: ArchiveLimits
    private var compressed: ByteStream
    private var origin: Int
    private var settled = 0
    private var produced = 0

    /// `compressed` is the layer that is not decompressed from anything.
    init(limits: ArchiveLimits, compressed: ByteStream) {
        self.limits = limits
        self.compressed = compressed
        self.origin = compressed.position
    }

    /// Goes on to the next plain layer of the same mail.
    func move(to next: ByteStream) {
        settled &+= compressed.position - origin
        compressed = next
        origin = next.position
    }

    /// Counts bytes that a layer gave; throws when they are too many or came from too few.
    func charge(_ count: Int, path: String) throws {
        produced &+= count
        if produced > limits.totalBytes {
            isExhausted = true
            throw ReportRefusal(
                .tooLarge, path: path,
                "It unpacks to more than \(Plain.bytes(limits.totalBytes)), so reading was stopped. "
                    + "Unpack it yourself and hand over its files in smaller portions.")
        }
        let consumed = max(1, settled + compressed.position - origin)
        if produced > limits.bombFloor, produced / consumed > limits.bombRatio {
            isExhausted = true
            throw ReportRefusal(
                .bomb, path: path,
                "\(Plain.bytes(consumed)) unpacked to more than \(Plain.bytes(produced)), over "
                    + "\(limits.bombRatio) times as much. No report does that: this looks like a "
                    + "decompression bomb, and reading was stopped. Ask the sender what it is.")
        }
    }
}
