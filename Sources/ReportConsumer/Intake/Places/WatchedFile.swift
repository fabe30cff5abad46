import Glibc

/// A file of a watched folder, opened so that nobody can put another in its place.
final class WatchedFile {
    /// What tells whether a file changed.
    struct Facts: Hashable, Sendable {
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64

        fileprivate init(_ facts: stat) {
            inode = UInt64(facts.st_ino)
            size = Int64(facts.st_size)
            seconds = Int64(facts.st_mtim.tv_sec)
            nanoseconds = Int64(facts.st_mtim.tv_nsec)
        }
    }

    /// What lies under a name.
    enum Look: Hashable, Sendable {
        case file(Facts)
        /// In the middle of a sentence: "a symbolic link".
        case other(String)
        case folder
        case gone
    }

    let facts: Facts
    private let descriptor: CInt

    /// Looks without following a link.
    static func look(_ path: String) -> Look {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return .gone }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return .file(Facts(facts))
        case S_IFDIR: return .folder
        case S_IFLNK: return .other("a symbolic link")
        default: return .other("no ordinary file")
        }
    }

    /// Opens a regular file; nil when it is something else by now.
    init?(_ path: String) {
        let opened = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        var facts = stat()
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            return nil
        }
        descriptor = opened
        self.facts = Facts(facts)
    }

    deinit { close(descriptor) }

    /// A path that leads to this file whatever happens to its name.
    var path: String { "/dev/fd/\(descriptor)" }

    /// Whether it is as it was when it was opened.
    var isUnchanged: Bool {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 && Facts(facts) == self.facts
    }

    /// Everything; nil when it cannot be read, or is longer than it was.
    func octets() -> [UInt8]? {
        let count = Int(facts.size)
        var done = 0
        var isWhole = true
        let octets = [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, used in
            while done <= count {
                let part = read(
                    self.descriptor, buffer.baseAddress?.advanced(by: done), count + 1 - done)
                if part < 0, errno == EINTR { continue }
                if part < 0 { isWhole = false }
                guard part > 0 else { break }
                done += part
            }
            used = done
        }
        return isWhole && done == count ? octets : nil
    }
}

extension WatchedFile {
    /// Names in a folder that are not hidden; nil when it cannot be listed.
    static func count(in folder: String) -> Int? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var count = 0
        while let entry = readdir(stream) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count
    }
}
