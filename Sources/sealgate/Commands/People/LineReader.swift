import Glibc

/// The lines of a file, one after the other, in bounded memory.
struct LineReader {
    let path: String
    /// Octets of a line that are kept; of a longer one, one more.
    let longest: Int

    func forEachLine(_ body: ([UInt8]) -> Void) throws {
        guard let file = fopen(path, "r") else {
            throw PlainError("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var line: [UInt8] = []
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            for byte in buffer[0..<count] {
                if byte == 0x0A {
                    body(line)
                    line.removeAll(keepingCapacity: true)
                } else if line.count <= longest {
                    line.append(byte)
                }
            }
        }
        guard ferror(file) == 0 else { throw PlainError("\(path) cannot be read to its end.") }
        if !line.isEmpty { body(line) }
    }
}
