import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How tests start programs.
///
/// A program inherits neither our sockets and files nor the signals that our threads block: with
/// the first it would keep a connection or a lock that a test has given back, with the second it
/// could not be ended, and servers that wait for signals would wait for ever.
public enum ChildProgram {
    /// The program could not be started, or was lost.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Where a program's descriptors lead: a file, or a descriptor of ours.
    public enum Stream {
        case nowhere
        case read(String)
        case write(String)
        case descriptor(Int32)
        /// The same as an earlier one.
        case like(Int32)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - streams: Descriptors 0, 1, 2, …; a descriptor of ours given here must lie above them.
    ///   - environment: All variables; nil for ours.
    ///   - leadsGroup: Whether it leads a process group, so that `end` ends its children too.
    /// - Returns: Its process id.
    public static func start(
        _ words: [String], streams: [Stream], environment: [String: String]? = nil,
        leadsGroup: Bool = false
    ) throws -> Int32 {
        guard let program = words.first else { throw Failure(description: "no program is named") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            let number = Int32(number)
            switch stream {
            case .nowhere:
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            case .read(let path):
                posix_spawn_file_actions_addopen(&actions, number, path, O_RDONLY, 0)
            case .write(let path):
                posix_spawn_file_actions_addopen(
                    &actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            case .descriptor(let own), .like(let own):
                posix_spawn_file_actions_adddup2(&actions, own, number)
            }
        }
        closeOthers(&actions, from: Int32(streams.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        try setSignals(&attributes, leadsGroup)
        var arguments = words.map { strdup($0) } + [nil]
        let variables = environment ?? ProcessInfo.processInfo.environment
        var pairs = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + pairs { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, program, &actions, &attributes, &arguments, &pairs)
        guard code == 0 else {
            throw Failure(description: "\(program): \(String(cString: strerror(code)))")
        }
        return process
    }

    /// Closes all that are open, and some that others may open meanwhile; what is not open is
    /// passed over.
    private static func closeOthers(
        _ actions: inout posix_spawn_file_actions_t, from first: Int32
    ) {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        let highest = open.compactMap { Int32($0) }.max() ?? 0
        for descriptor in first...max(first, highest + 256) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
    }

    /// No signal is blocked, and each does what it does in a program just started.
    private static func setSignals(
        _ attributes: inout posix_spawnattr_t, _ leadsGroup: Bool
    ) throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [
            SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD,
        ] {
            sigaddset(&signals, signal)
        }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags =
            POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
            | (leadsGroup ? POSIX_SPAWN_SETPGROUP : 0)
        guard posix_spawnattr_setflags(&attributes, Int16(flags)) == 0 else {
            throw Failure(description: "the flags of a new program cannot be set")
        }
    }

    /// Waits for a program's end, and tells its status: the number that it ended with, or the
    /// signal that ended it below zero.
    public static func wait(for process: Int32) throws -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "process \(process) is lost") }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    /// Ends a program for good, with all that is left of the group that it leads.
    public static func end(_ process: Int32) {
        signal(SIGKILL, to: -process)
        signal(SIGKILL, to: process)
        _ = try? wait(for: process)
    }

    /// Whether there was a process to send it to.
    @discardableResult
    public static func signal(_ signal: Int32, to process: Int32) -> Bool {
        #if canImport(Glibc)
            Glibc.kill(process, signal) == 0
        #elseif canImport(Musl)
            Musl.kill(process, signal) == 0
        #else
            Darwin.kill(process, signal) == 0
        #endif
    }
}
