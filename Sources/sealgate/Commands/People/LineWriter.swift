import Glibc

/// Text into a file, or to standard output, piece by piece; what could not be written is told.
struct LineWriter {
    private let path: String?
    private let file: UnsafeMutablePointer<FILE>?

    /// - Parameter path: the file; nil for standard output.
    init(path: String?) throws {
        self.path = path
        guard let path else {
            file = nil
            return
        }
        guard let opened = fopen(path, "w") else { throw Self.failure(path) }
        file = opened
    }

    func write(_ text: String) throws {
        guard let file, let path else {
            return try Self.print(Array(text.utf8))
        }
        let bytes = Array(text.utf8)
        // What is told as written is with the system, also while more is waited for.
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fflush(file) == 0 else {
            throw Self.failure(path)
        }
    }

    private static func print(_ bytes: [UInt8]) throws {
        fflush(nil)
        var start = 0
        while start < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(1, $0.baseAddress?.advanced(by: start), bytes.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("Standard output") }
            start += written
        }
    }

    func close() throws {
        guard let file, let path else { return }
        guard fclose(file) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> PlainError {
        PlainError("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
