import FoundationEssentials
import Glibc

/// The real program, started as a person would start it.
struct Program {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// `$SEALGATE_PROGRAM`, else the program built beside the tests.
    static var path: String {
        get throws {
            if let named = ProcessInfo.processInfo.environment["SEALGATE_PROGRAM"] { return named }
            let root = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().path()
            let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path()
            for place in [beside, root + "/.build/debug"] {
                let candidate = place + "/sealgate"
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            }
            throw Missing(description: "The program was not built: run scripts/test.")
        }
    }

    /// Runs the program to its end. Output goes through files: a pipe that nobody reads would
    /// stop it.
    static func run(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
        folder: String? = nil
    ) throws -> Outcome {
        let scratch = "/tmp/sealgate-walk-\(UUID().uuidString)"
        defer {
            unlink(scratch + ".out")
            unlink(scratch + ".err")
        }
        let pid = try start(
            arguments, scratch: scratch, input: input, environment: environment, folder: folder)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return Outcome(
            status: code, output: try text(scratch + ".out"), errors: try text(scratch + ".err"))
    }

    /// Starts the program, in a folder and with more variables where they are given, and returns
    /// its process id.
    static func start(
        _ arguments: [String], scratch: String, input: String? = nil,
        environment: [String: String] = [:], folder: String? = nil
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, scratch + ".out", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, scratch + ".err", flags, 0o600)
        let there = folder.map { ["/usr/bin/env", "-C", $0] } ?? []
        let words = try there + [path] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0)=\($1)") }
        variables.append(nil)
        defer { for pointer in pointers + variables { free(pointer) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, words[0], &actions, nil, pointers, variables)
        guard failure == 0 else {
            throw Missing(description: "\(words[0]) did not start (error \(failure)).")
        }
        return pid
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}

/// A folder that goes away with the test.
func withScratchFolder(_ body: (String) throws -> Void) throws {
    let folder = "/tmp/sealgate-walk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
