import Foundation

/// The program under test, as a person would run it.
enum Program {
    /// Beside the test bundle, where the same build put it.
    static func find() -> String? {
        let here = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path()
        let running = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().path()
        return [running, here, Repository.root + "/.build/debug"]
            .map { $0 + "/sealgate" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs it to its end: its exit status, and all it wrote.
    static func run(_ words: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
}
