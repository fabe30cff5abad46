/// Every system call that the spool makes on its folder, so that a test can put a disk in its place
/// that loses, tears and refuses. Calls may come from several threads at once.
public protocol SpoolDisk: Sendable {
    /// Opens a file for reading and writing, or for reading alone.
    func open(_ path: String, _ mode: DiskMode) throws(DiskError) -> DiskFile
    func close(_ file: DiskFile)
    /// Octets of the file.
    func size(of file: DiskFile) throws(DiskError) -> Int
    /// Reads as many octets as there are; fewer than asked only at the end of the file.
    func read(
        _ file: DiskFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskError) -> Int
    /// Writes all of them, or fails with any part of them written.
    func write(
        _ file: DiskFile, _ octets: UnsafeRawBufferPointer, at offset: Int
    ) throws(DiskError)
    /// Makes the content durable (`fdatasync`); after a failure nothing is known of what was
    /// written since the last success.
    func sync(_ file: DiskFile) throws(DiskError)
    func truncate(_ file: DiskFile, to count: Int) throws(DiskError)
    func rename(_ path: String, to new: String) throws(DiskError)
    func remove(_ path: String) throws(DiskError)
    func makeFolder(_ path: String) throws(DiskError)
    /// Makes names in the folder durable.
    func syncFolder(_ path: String) throws(DiskError)
    /// The names in a folder; none when it does not exist.
    func list(_ path: String) throws(DiskError) -> [String]
    /// Octets that may still be written.
    func freeOctets(_ path: String) throws(DiskError) -> Int
    /// Takes the lock on a file, which is made if need be; nil when another has it. It is given
    /// back with `close`, and when the process ends.
    func lock(_ path: String) throws(DiskError) -> DiskFile?
}

/// An open file.
public struct DiskFile: Hashable, Sendable {
    public let descriptor: Int32
    public init(descriptor: Int32) { self.descriptor = descriptor }
}

/// How a file is opened.
public enum DiskMode: Sendable {
    case read
    /// It must exist.
    case readWrite
    /// It must not exist.
    case create
    case readWriteOrCreate
}

/// A system call that failed.
public struct DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number that the system gave.
    public let code: Int32
    /// The call, with its path where there is one.
    public let call: String

    public init(code: Int32, call: String) {
        self.code = code
        self.call = call
    }

    public var description: String { "\(call): error \(code)" }
}
