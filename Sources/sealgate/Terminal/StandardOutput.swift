import Glibc

/// Ends the program. Everything is written; to free a hundred thousand values one by one would
/// only take time.
func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}

/// Standard output with a buffer of our own: reports of a hundred megabytes are printed in
/// pieces.
struct StandardOutput: TextOutputStream {
    private static let size = 1 << 16
    private var buffer: [UInt8] = []

    mutating func write(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.size { flush() }
    }

    mutating func write(_ octets: [UInt8]) {
        buffer.append(contentsOf: octets)
        if buffer.count >= Self.size { flush() }
    }

    mutating func flush() {
        fflush(nil)
        var start = 0
        while start < buffer.count {
            let written = buffer.withUnsafeBytes { bytes in
                Glibc.write(1, bytes.baseAddress?.advanced(by: start), bytes.count - start)
            }
            guard written > 0 else { break }
            start += written
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
