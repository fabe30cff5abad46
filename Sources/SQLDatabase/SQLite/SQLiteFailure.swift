import FoundationEssentials
import GRDB
import GRDBSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension SQLError {
    /// What SQLite's result code means to a person.
    init(sqlite code: CInt, said: String, label: String, doing: String?) {
        let place = doing.map { "\(label), \($0)" } ?? label
        switch code & 0xFF {
        case SQLITE_FULL:
            self.init(
                .full,
                "\(place): the disk is full (\(said)). Free some space and repeat; "
                    + "what was stored before is safe.", isTemporary: true)
        case SQLITE_READONLY:
            self.init(
                .readOnly,
                "\(place): the database cannot be written (\(said)). Give the account that runs "
                    + "Sealgate write permission for the file and its folder.")
        case SQLITE_CANTOPEN:
            self.init(
                .cannotOpen,
                "\(place): the file cannot be opened (\(said)). Check that it exists and that "
                    + "the account that runs Sealgate may read and write it and its folder.")
        case SQLITE_PERM, SQLITE_AUTH:
            self.init(.readOnly, "\(place): access was denied (\(said)).")
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                .busy,
                "\(place): another program is writing to the database (\(said)). "
                    + "Stop it or try again later.", isTemporary: true)
        case SQLITE_CORRUPT:
            self.init(
                .corrupt,
                "\(place): the file is damaged (\(said)). Stop Sealgate, keep a copy of the file, "
                    + "and restore a backup.")
        case SQLITE_NOTADB:
            self.init(
                .corrupt,
                "\(place): this file is not a SQLite database (\(said)). "
                    + "Name another file, or move this one away.")
        case SQLITE_CONSTRAINT:
            self.init(.constraint, "\(place): \(said)")
        case SQLITE_NOMEM:
            self.init(.other, "\(place): there is not enough memory.", isTemporary: true)
        case SQLITE_IOERR:
            self.init(
                .other,
                "\(place): reading or writing the disk failed (\(said)). Check the disk and the "
                    + "system's log.")
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_MISMATCH:
            self.init(.statement, "\(place): \(said)")
        case SQLITE_MISUSE:
            self.init(.cannotOpen, "\(place): the database was closed (\(said)).")
        default:
            self.init(.other, "\(place): \(said)")
        }
    }
}

extension DatabaseError {
    /// - Throws: `CancellationError` when the statement stopped because its task was cancelled.
    func asSQLError(label: String, doing: String?) throws(CancellationError) -> SQLError {
        if resultCode == .SQLITE_INTERRUPT { throw CancellationError() }
        return SQLError(
            sqlite: extendedResultCode.rawValue,
            said: message ?? String(cString: sqlite3_errstr(resultCode.rawValue)),
            label: label, doing: doing)
    }
}

/// The file a SQLite database lies in: what stands in the way of opening it.
enum SQLiteFile {
    static func createFolder(of path: String) throws(SQLError) {
        let folder = folder(of: path)
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            // 0700: reports name people's mail servers and are nobody else's business.
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw cannotOpen(path, reason: "its folder \(folder) cannot be created")
        }
    }

    static func removeFolder(of path: String) {
        try? FileManager.default.removeItem(atPath: folder(of: path))
    }

    /// SQLite says only "unable to open"; trying again by hand tells why.
    static func explain(opening path: String, _ error: DatabaseError) -> SQLError {
        let said = error.message ?? "\(error.resultCode)"
        let found = SQLError(
            sqlite: error.extendedResultCode.rawValue, said: said, label: "SQLite, \(path)",
            doing: "opening")
        guard found.code == .cannotOpen || found.code == .readOnly || found.code == .other else {
            return found
        }
        switch obstacle(at: path) {
        case 0: return found
        case EACCES, EPERM, EROFS:
            return SQLError(
                .readOnly,
                "\(path) cannot be written (\(said)). Give the account that runs Sealgate write "
                    + "permission for the file and its folder, or choose another data folder.")
        case ENOENT, ENOTDIR: return cannotOpen(path, reason: "there is no such folder")
        case EISDIR: return cannotOpen(path, reason: "this is a folder; a file is needed")
        case ENOSPC, EDQUOT:
            return SQLError(
                .full, "\(path) cannot be created: the disk is full. Free some space and repeat.",
                isTemporary: true)
        case let code: return cannotOpen(path, reason: String(cString: strerror(code)))
        }
    }

    private static func cannotOpen(_ path: String, reason: String) -> SQLError {
        SQLError(
            .cannotOpen,
            "\(path) cannot be opened: \(reason). Choose another data folder or correct its name.")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The system's error when the file is opened for writing, 0 when that works.
    private static func obstacle(at path: String) -> CInt {
        let existing = open(path, O_RDWR | O_CLOEXEC)
        if existing >= 0 {
            close(existing)
            // The log beside the file is written too, so the folder matters as well.
            return obstacleToCreating(path + "-probe")
        }
        return errno == ENOENT ? obstacleToCreating(path) : errno
    }

    private static func obstacleToCreating(_ path: String) -> CInt {
        let created = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard created >= 0 else { return errno }
        close(created)
        unlink(path)
        return 0
    }
}
