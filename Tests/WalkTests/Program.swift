import FoundationEssentials
import Glibc
import TestSupport

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
        let status = try ChildProgram.wait(for: pid)
        return Outcome(
            status: status, output: try text(scratch + ".out"), errors: try text(scratch + ".err"))
    }

    /// Starts the program, in a folder and with more variables where they are given, and returns
    /// its process id.
    static func start(
        _ arguments: [String], scratch: String, input: String? = nil,
        environment: [String: String] = [:], folder: String? = nil, through: [String] = []
    ) throws -> pid_t {
        let there = folder.map { ["/usr/bin/env", "-C", $0] } ?? []
        return try ChildProgram.start(
            there + through + [path] + arguments,
            streams: [
                .read(input ?? "/dev/null"), .write(scratch + ".out"), .write(scratch + ".err"),
            ], environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
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
