import MailAuthentication
import Synchronization

/// A body that comes in pieces of the sizes given, in turn, and counts how often it is read.
final class DKIMCountedBody: MessageBody {
    private let octets: [UInt8]
    private let sizes: [Int]
    private let readingCount = Mutex(0)

    init(_ octets: [UInt8], sizes: [Int] = [1 << 20]) {
        self.octets = octets
        self.sizes = sizes
    }

    var count: Int { octets.count }

    var readings: Int { readingCount.withLock { $0 } }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        readingCount.withLock { $0 += 1 }
        octets.withUnsafeBytes { all in
            var start = 0
            var turn = 0
            while start < all.count {
                let end = min(all.count, start + sizes[turn % sizes.count])
                use(UnsafeRawBufferPointer(rebasing: all[start..<end]))
                start = end
                turn += 1
            }
        }
    }
}
