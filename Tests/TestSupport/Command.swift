import Foundation

/// A program run by a test.
public enum Command {
    /// The program could not be started, or ended with an error.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs a program to its end; what it writes goes to `log`, or is thrown when it fails.
    ///
    /// The thread stands still meanwhile: a program that talks with this process wants `finish`.
    public static func run(_ words: [String], log: String? = nil) throws {
        let file =
            log ?? FileManager.default.temporaryDirectory.path() + "/command-\(UUID().uuidString)"
        defer { if log == nil { unlink(file) } }
        let pid = try ChildProgram.start(
            words, streams: [.read("/dev/null"), .write(file), .like(1)])
        let status = try ChildProgram.wait(for: pid)
        guard status == 0 else {
            let said = (try? Data(contentsOf: URL(filePath: file))) ?? Data()
            let line = words.joined(separator: " ")
            throw Failure(
                description: "\(line) ended with \(status): "
                    + "\(String(decoding: said.suffix(4_000), as: UTF8.self))")
        }
    }

    /// Runs a program to its end on a thread of its own: the few threads that tasks share go on
    /// with what the program needs of us.
    public static func finish(_ words: [String], log: String? = nil) async throws {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(with: Result { try run(words, log: log) })
            }
        }
    }

    /// Starts a program and does not wait; `ChildProgram.end` ends it.
    public static func start(_ words: [String], log: String) throws -> Int32 {
        try ChildProgram.start(
            words, streams: [.read("/dev/null"), .write(log), .like(1)], leadsGroup: true)
    }

    /// Starts a program that outlives this process, in a session of its own.
    public static func detach(_ words: [String]) throws {
        try run(["setsid", "--fork"] + words, log: "/dev/null")
    }
}
