import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program run by a test.
public enum Command {
    /// The program could not be started, or ended with an error.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs a program to its end; what it writes goes to `log`, or is thrown when it fails.
    public static func run(_ words: [String], log: String? = nil) throws {
        let file =
            log ?? FileManager.default.temporaryDirectory.path() + "/command-\(UUID().uuidString)"
        defer { if log == nil { unlink(file) } }
        let pid = try start(words, isDetached: false, log: file)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "\(words) was lost") }
        }
        guard status == 0 else {
            let said = (try? Data(contentsOf: URL(filePath: file))) ?? Data()
            let line = words.joined(separator: " ")
            throw Failure(description: "\(line): \(String(decoding: said, as: UTF8.self))")
        }
    }

    /// Starts a program and does not wait; detached, it outlives this process.
    @discardableResult
    public static func start(_ words: [String], isDetached: Bool, log: String) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A session of its own outlives the terminal's and the test runner's signals.
        let words = isDetached ? ["setsid"] + words : words
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        guard code == 0 else {
            throw Failure(description: "\(words[0]): \(String(cString: strerror(code)))")
        }
        return pid
    }
}
