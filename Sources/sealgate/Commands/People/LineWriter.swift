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
            var out = StandardOutput()
            out.write(text)
            return out.flush()
        }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Self.failure(path) }
    }

    func close() throws {
        guard let file, let path else { return }
        guard fclose(file) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> PlainError {
        PlainError("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
