internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Writes the content of one message to a file, on the threads of NIO's pool; used on one event
/// loop, and its steps follow one another.
final class ContentWriter {
    /// A system call failed.
    struct Fault: Error {
        let code: Int32
        /// The disk, or our share of it, is full.
        var isFull: Bool { code == ENOSPC || code == EDQUOT }
    }

    let path: String
    private let pool: NIOThreadPool
    private let loop: any EventLoop
    private var count = 0
    private var descriptor: EventLoopFuture<Int32>
    /// The last step; the next begins when it is done.
    private var tail: EventLoopFuture<Void>

    init(folder: String, pool: NIOThreadPool, loop: any EventLoop) {
        let name = [UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)]
            .map { String($0, radix: 36) }.joined(separator: "-")
        let path = "\(folder)/\(name).part"
        self.path = path
        self.pool = pool
        self.loop = loop
        descriptor = pool.runIfActive(eventLoop: loop) {
            let descriptor = open(
                path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw Fault(code: errno) }
            return descriptor
        }
        tail = descriptor.map { _ in }
    }

    /// Appends octets; the future fails when they cannot be written.
    func append(_ octets: [UInt8]) -> EventLoopFuture<Void> {
        count += octets.count
        let descriptor = descriptor
        tail = tail.flatMap { [pool, loop] in
            descriptor.flatMap { descriptor in
                pool.runIfActive(eventLoop: loop) { try Self.writeAll(octets, to: descriptor) }
            }
        }
        return tail
    }

    /// Closes the file, which is whole now.
    func finish() -> EventLoopFuture<ContentFile> {
        let file = ContentFile(path: path, count: count)
        let descriptor = descriptor
        let done = tail.flatMap { [pool, loop] in
            descriptor.flatMap { descriptor in
                pool.runIfActive(eventLoop: loop) {
                    guard close(descriptor) == 0 else { throw Fault(code: errno) }
                }
            }
        }
        self.descriptor = loop.makeFailedFuture(Fault(code: EBADF))
        tail = done
        return done.map { file }
    }

    /// Closes and deletes the file, after what is still being written; nothing happens to a file
    /// that somebody has taken by renaming it.
    func remove() {
        let descriptor = descriptor
        let (pool, loop, path) = (pool, loop, path)
        tail.whenComplete { _ in
            descriptor.whenComplete { result in
                pool.runIfActive(eventLoop: loop) {
                    if case .success(let descriptor) = result { close(descriptor) }
                    unlink(path)
                }.whenComplete { _ in }
            }
        }
    }

    private static func writeAll(_ octets: [UInt8], to descriptor: Int32) throws {
        try octets.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let written = write(descriptor, rest.baseAddress, rest.count)
                if written < 0 {
                    guard errno == EINTR else { throw Fault(code: errno) }
                    continue
                }
                done += written
            }
        }
    }
}
