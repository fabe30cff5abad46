import FoundationEssentials
import Glibc

/// `sealgate demo`, started as a person would start it, and stopped when it goes.
final class DemonstrationConsole {
    /// The address of its first page, with the link that works once.
    let firstLink: String
    /// The commands that it offers to try, as a person would copy them.
    let mailCommands: [String]
    /// Where the primary server of its domains listens.
    let primaryPort: Int
    let pid: pid_t

    /// All that it said until it ran.
    let said: String

    /// Its data folder.
    let data: String

    /// - Parameters:
    ///   - data: the name of its data folder, with a space in it as people have them.
    ///   - through: a program that runs it, with its arguments.
    init(
        folder: String, data: String = "a demonstration", through: [String] = []
    ) throws {
        let scratch = folder + "/console"
        self.data = folder + "/" + data
        let pid = try Program.start(
            ["demo", "--data", self.data, "--port", "0", "--smtp-port", "0"],
            scratch: scratch, through: through)
        self.pid = pid
        let end = ContinuousClock.now + .seconds(120)
        var found: String?
        var said = ""
        // Its last line is there when all are.
        while found == nil || !said.contains("Ctrl-C") {
            said =
                (try? Data(contentsOf: URL(filePath: scratch + ".out")))
                .map { String(decoding: $0, as: UTF8.self) } ?? ""
            found = said.split(whereSeparator: \.isWhitespace)
                .first { $0.hasPrefix("http://") }.map(String.init)
            guard found == nil || !said.contains("Ctrl-C") else { break }
            guard ContinuousClock.now < end, waitpid(pid, nil, WNOHANG) == 0 else {
                kill(pid, SIGKILL)
                throw Program.Missing(description: "The console did not start: \(said)")
            }
            usleep(50_000)
        }
        self.firstLink = found ?? ""
        self.said = said
        mailCommands = said.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("  swaks ") }
        primaryPort =
            said.split(whereSeparator: \.isWhitespace).drop { $0 != "-p" }.dropFirst().first
            .flatMap { Int($0) } ?? 0
    }

    /// `http://127.0.0.1:PORT`.
    var address: String { String(firstLink.prefix { $0 != "?" }.dropLast("/welcome".count)) }

    deinit {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
