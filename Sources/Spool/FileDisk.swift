import Glibc

/// The real disk.
public struct FileDisk: SpoolDisk {
    /// The one there is.
    public init() {}

    public func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile {
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .readWriteOrCreate: O_RDWR | O_CREAT
            }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open \(path)") }
        return DiskFile(descriptor: descriptor)
    }

    public func close(_ file: DiskFile) { _ = Glibc.close(file.descriptor) }

    public func size(of file: DiskFile) throws(DiskError) -> Int {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw failure("fstat") }
        return Int(status.st_size)
    }

    public func read(
        _ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(file.descriptor, base + done, buffer.count - done, offset + done)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("pread")
            }
            done += count
        }
        return done
    }

    public func write(
        _ file: DiskFile, _ octets: UnsafeRawBufferPointer, at offset: Int
    ) throws(DiskError) {
        guard let base = octets.baseAddress else { return }
        var done = 0
        while done < octets.count {
            let count = pwrite(file.descriptor, base + done, octets.count - done, offset + done)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("pwrite")
            }
            if count == 0 { throw DiskError(code: EIO, call: "pwrite") }
            done += count
        }
    }

    public func sync(_ file: DiskFile) throws(DiskError) {
        // An interrupted call has synced nothing and reported nothing: it may be repeated. Any
        // other failure may have been the only report of lost pages, and is passed on.
        while fdatasync(file.descriptor) != 0 {
            if errno != EINTR { throw failure("fdatasync") }
        }
    }

    public func truncate(_ file: DiskFile, to count: Int) throws(DiskError) {
        guard ftruncate(file.descriptor, count) == 0 else { throw failure("ftruncate") }
    }

    public func rename(_ path: String, to new: String) throws(DiskError) {
        guard Glibc.rename(path, new) == 0 else { throw failure("rename \(path)") }
    }

    public func remove(_ path: String) throws(DiskError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink \(path)") }
    }

    public func makeFolder(_ path: String) throws(DiskError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir \(path)") }
    }

    public func syncFolder(_ path: String) throws(DiskError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open \(path)") }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync \(path)") }
    }

    public func list(_ path: String) throws(DiskError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw failure("opendir \(path)")
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public func freeOctets(_ path: String) throws(DiskError) -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw failure("statvfs \(path)") }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(
                by: UInt64(status.f_frsize)
            ).partialValue)
    }

    public func lock(_ path: String) throws(DiskError) -> DiskFile? {
        let file = try open(path, .readWriteOrCreate)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 else { return file }
        let code = errno
        close(file)
        if code == EWOULDBLOCK { return nil }
        throw DiskError(code: code, call: "flock \(path)")
    }

    private func failure(_ call: String) -> DiskError { DiskError(code: errno, call: call) }
}

extension DiskError {
    /// Whether there is no room, rather than something broken.
    var isFull: Bool { code == ENOSPC || code == EDQUOT }
    var isMissing: Bool { code == ENOENT }

    /// What the caller of the spool hears.
    var asSpoolError: SpoolError { isFull ? .full : .failed(description) }
}
