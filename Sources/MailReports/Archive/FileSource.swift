import Glibc

/// The bytes of a file, or of standard input for the path `-`.
public final class FileSource: ByteSource {
    private let path: String
    private let descriptor: CInt

    /// Opens the file; throws a `ReportRefusal` with the code `unreadableFile` when that fails.
    public init(path: String) throws {
        self.path = path
        guard path != "-" else {
            descriptor = STDIN_FILENO
            return
        }
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.refusal(path, errno) }
        var facts = stat()
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw Self.refusal(path, EISDIR)
        }
        descriptor = opened
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw Self.refusal(path, errno) }
        }
    }

    private static func refusal(_ path: String, _ code: CInt) -> ReportRefusal {
        let shown = SafeText.line(path)
        let sentence =
            switch code {
            case ENOENT: "There is no file \(shown). Check the name."
            case EACCES, EPERM:
                "The file \(shown) may not be read by this user. Change its permissions."
            case EISDIR: "\(shown) is a folder. Name a file in it."
            case EMFILE, ENFILE:
                "The file \(shown) cannot be opened: too many files are open. Try again."
            default:
                "The file \(shown) cannot be read: \(String(cString: strerror(code))). "
                    + "Check the disk, then try again."
            }
        return ReportRefusal(.unreadableFile, path: shown, sentence)
    }
}
