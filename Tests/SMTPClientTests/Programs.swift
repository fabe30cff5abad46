import Glibc

/// Programs that tests start. They inherit none of our sockets: one that did would keep a connection
/// open that a test has closed.
enum Programs {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program to its end.
    static func run(_ words: [String]) throws {
        let status = wait(for: try start(words))
        guard status == 0 else {
            throw Failure(description: "\(words.joined(separator: " ")) ended with \(status)")
        }
    }

    @discardableResult
    static func start(_ words: [String]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        // Those that are not open are passed over.
        for descriptor: Int32 in 3..<4_096 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        guard code == 0 else {
            throw Failure(description: "\(words[0]): \(String(cString: strerror(code)))")
        }
        return process
    }

    /// Ends a program for good: signals that can be blocked are, in what Swift's threads start.
    static func end(_ process: Int32) {
        kill(process, SIGKILL)
        _ = wait(for: process)
    }

    private static func wait(for process: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
