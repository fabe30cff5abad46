import Crypto
import Glibc

/// A file with a key: 64 hexadecimal digits, readable by its owner alone.
struct SecretKeyFile: Sendable {
    enum Limits {
        /// Octets of the key, and of a file that is read at most.
        static let key = 32
        static let file = 256
    }

    let path: String

    /// The key; nil when there is no such file.
    func read() throws(SecretFault) -> SymmetricKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: Self.reason())
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else {
            throw .unreadable(path: path, reason: Self.reason())
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .malformed(path: path) }
        guard facts.st_mode & 0o077 == 0 else { throw .open(path: path) }
        var buffer = [UInt8](repeating: 0, count: Limits.file + 1)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .unreadable(path: path, reason: Self.reason()) }
        guard count <= Limits.file,
            let bytes = Hexadecimal.bytes(
                PlainName.trimmed(String(decoding: buffer[..<count], as: UTF8.self))),
            bytes.count == Limits.key
        else { throw .malformed(path: path) }
        return SymmetricKey(data: bytes)
    }

    /// Makes the file with a new key, durably. Where another program was faster, its key counts.
    func make() throws(SecretFault) -> SymmetricKey {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<Limits.key).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // Under another name first: a file of this name is always whole.
        let draft = path + ".new-\(Hexadecimal.text(bytes.prefix(4)))-\(getpid())"
        defer { unlink(draft) }
        // With a database elsewhere, nothing may have made the folder yet.
        mkdir(folder, 0o700)
        try write(Array((Hexadecimal.text(bytes) + "\n").utf8), to: draft)
        if link(draft, path) != 0 {
            guard errno == EEXIST else { throw fault() }
        }
        try syncFolder()
        guard let key = try read() else { throw .cannotBeMade(path: path, reason: "it vanished") }
        return key
    }

    private func write(_ content: [UInt8], to draft: String) throws(SecretFault) {
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault() }
        defer { close(descriptor) }
        // Made by root, it belongs to whoever the folder belongs to: the service reads it.
        var facts = stat()
        if geteuid() == 0, stat(folder, &facts) == 0 {
            _ = fchown(descriptor, facts.st_uid, facts.st_gid)
        }
        guard fchmod(descriptor, 0o600) == 0,
            Glibc.write(descriptor, content, content.count) == content.count,
            fsync(descriptor) == 0
        else { throw fault() }
    }

    private func syncFolder() throws(SecretFault) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault() }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault() }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func fault() -> SecretFault { .cannotBeMade(path: path, reason: Self.reason()) }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
