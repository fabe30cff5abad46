import FoundationEssentials
import Glibc
public import MailReports

/// The files behind the paths that a person named: folders walked, Maildirs understood.
public struct FileList: Sendable {
    public struct File: Sendable {
        public var path: String
        /// The path below the folder that was named.
        public var name: String
        public var byteCount: Int64
    }

    public private(set) var files: [File] = []
    /// Paths that could not be looked into, and why.
    public private(set) var unreadable: [ReportRefusal] = []
    private(set) var byteCount: Int64 = 0

    public init() {}

    /// Adds a file, or all files below a folder in the order of their names.
    public mutating func add(_ path: String) {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            unreadable.append(
                ReportRefusal(
                    .unreadableFile, path: path,
                    "There is no file or folder of this name. Check the path."))
            return
        }
        if isFolder { addFolder(path) } else { addFile(path, name: path) }
    }

    private mutating func addFolder(_ folder: String) {
        var names: [String] = []
        // Below the folder that was named; links to folders are not followed, so it ends.
        var waiting = [""]
        while let below = waiting.popLast() {
            let path = below.isEmpty ? folder : folder + "/" + below
            guard let listing = opendir(path) else {
                let reason = String(cString: strerror(errno))
                unreadable.append(
                    ReportRefusal(
                        .unreadableFile, path: path,
                        "The folder cannot be listed (\(reason)). Check its permissions."))
                continue
            }
            defer { closedir(listing) }
            while let entry = readdir(listing) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let sub = below.isEmpty ? name : below + "/" + name
                if Self.isFolder(entry.pointee.d_type, folder + "/" + sub) {
                    waiting.append(sub)
                } else {
                    names.append(sub)
                }
            }
        }
        for name in names.sorted() where !Self.isPassedOver(name, in: folder) {
            addFile(folder + "/" + name, name: name)
        }
    }

    private static func isFolder(_ kind: UInt8, _ path: String) -> Bool {
        if kind != UInt8(DT_UNKNOWN) { return kind == UInt8(DT_DIR) }
        // Some file systems do not say what an entry is.
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private mutating func addFile(_ path: String, name: String) {
        var facts = stat()
        let isThere = stat(path, &facts) == 0
        if isThere, facts.st_mode & S_IFMT == S_IFDIR { return }
        let size = isThere ? Int64(facts.st_size) : 0
        files.append(File(path: path, name: name, byteCount: size))
        byteCount += size
    }

    /// Hidden files, and the `tmp` of a Maildir: what is there is still being written.
    private static func isPassedOver(_ name: String, in folder: String) -> Bool {
        if !name.utf8.contains(UInt8(ascii: "/")) { return name.utf8.first == UInt8(ascii: ".") }
        let parts = name.split(separator: "/")
        // A hidden file is passed over; a hidden folder may be a Maildir++ folder (`.Reports`).
        if parts.last?.hasPrefix(".") == true || parts.contains(".git") { return true }
        guard parts.count >= 2, parts[parts.count - 2] == "tmp" else { return false }
        let parent = ([Substring(folder)] + parts.dropLast(2)).joined(separator: "/")
        return FileManager.default.fileExists(atPath: parent + "/cur")
            && FileManager.default.fileExists(atPath: parent + "/new")
    }
}
