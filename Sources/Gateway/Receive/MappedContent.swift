import Glibc
public import MailAuthentication

/// A file in memory for as long as somebody reads it: nothing of it is copied.
///
/// A file that is cut meanwhile ends the program, as it does for every program that maps files; the
/// spool's own files are cut by nobody.
public final class MappedContent: Sendable {
    // Read-only and set once: any number of tasks may read it.
    private nonisolated(unsafe) let start: UnsafeMutableRawPointer
    public let count: Int

    /// Nil when the path names no file, an empty one, or one that cannot be mapped.
    public init?(path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        count = Int(lseek(file, 0, SEEK_END))
        guard count > 0, let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0),
            start != MAP_FAILED
        else { return nil }
        self.start = start
        madvise(start, count, Int32(MADV_SEQUENTIAL))
    }

    deinit { munmap(start, count) }

    public var octets: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// The message that the file holds: its header section is copied, its body stays where it lies.
    public var message: RawMessage {
        let end = endOfHeader
        return RawMessage(
            header: Array(octets[..<end]), body: MappedBody(content: self, start: end),
            lineEnds: nil)
    }

    /// Everything in it.
    public var body: any MessageBody { MappedBody(content: self, start: 0) }

    /// Behind the first empty line, or where the reader of header sections stops anyway.
    public var endOfHeader: Int {
        let octets = octets
        let limit = min(octets.count, MailAuthentication.Limits.headerSectionOctets * 2)
        var lineStart = 0
        for index in 0..<limit where octets[index] == 0x0A {
            let length = index - lineStart
            if length == 0 || (length == 1 && octets[lineStart] == 0x0D) { return index + 1 }
            lineStart = index + 1
        }
        return limit
    }
}

/// A mapped file from one place to its end.
private struct MappedBody: MessageBody {
    let content: MappedContent
    let start: Int

    var count: Int { content.count - start }

    func forEachPiece(_ use: (UnsafeRawBufferPointer) -> Void) {
        let (octets, piece) = (content.octets, 1 << 20)
        var position = start
        while position < octets.count {
            let end = min(position + piece, octets.count)
            use(UnsafeRawBufferPointer(rebasing: octets[position..<end]))
            position = end
        }
    }
}
