import Foundation
import TestSupport

/// `sealgate serve` in a small Internet, started and asked as an operator would.
final class WalkingGateway {
    /// Where it takes mail.
    static let address = SmallInternet.gateway

    struct Balance: Decodable {
        var messages: Int
        var accepted: Int
        var delivered: Int
        var held: Int
        var waiting: Int
        var returned: Int
        var lost: Int
        var isBalanced: Bool
        var isChainWhole: Bool
    }

    struct Queued: Decodable {
        struct Recipient: Decodable {
            var address: String
            var state: String
            var attempts: Int
        }

        var id: String
        var from: String
        var to: [Recipient]
    }

    private let internet: SmallInternet
    private let options: [String]
    private let before: String
    private var process: Int32?

    /// Starts it with its doors at ports 25 and, for its own people, 587.
    ///
    /// - Parameter before: shell commands before the program.
    init(_ internet: SmallInternet, before: String = "", _ options: [String]) throws {
        self.internet = internet
        self.before = before
        self.options = options
        try start()
    }

    private var data: String { internet.folder + "/gateway" }
    private var log: String { "gateway.log" }
    /// What it wrote since it was started.
    var said: String { internet.read(internet.folder + "/" + log) }

    func start() throws {
        let words =
            [
                try Program.path, "serve", "--data", data, "--port", "0",
                "--resolver", "\(SmallInternet.resolver):53",
                "--inbound", "\(Self.address):25", "--outbound", "\(Self.address):587",
                "--host-name", "gate.corp.test",
            ] + options
        try internet.write(
            "\(before)\necho $$ > \(internet.folder)/gateway.pid\nexec \"$@\"\n", "gateway.sh")
        process = try internet.start(
            internet.onGateway + ["sh", internet.folder + "/gateway.sh"] + words, log: log)
        try internet.wait(Self.address, 25, log: log)
        try internet.wait(Self.address, 587, log: log)
    }

    /// The number of its process in there.
    var number: String {
        internet.read(internet.folder + "/gateway.pid").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    /// Asks it to stop, and waits until it has.
    func stop() throws -> Int32 {
        guard let process else { return 0 }
        try internet.must(["sh", "-c", "kill -TERM \(number)"])
        self.process = nil
        return try internet.wait(for: process)
    }

    func ask(_ words: [String]) throws -> Program.Outcome {
        var words = words + ["--data", data]
        // What reads the spool wants to know where it is.
        if ["queue", "balance"].contains(words[0]),
            let place = options.firstIndex(of: "--spool")
        {
            words += options[place...(place + 1)]
        }
        return try internet.run([try Program.path] + words)
    }

    /// What `sealgate trace` says, as soon as it says these words.
    func trace(_ question: [String], says words: String) throws -> String {
        var last = ""
        do {
            return try internet.eventually("the trace says \(words)") {
                let outcome = try ask(["trace"] + question)
                last = outcome.output + outcome.errors
                return last.contains(words) ? last : nil
            }
        } catch {
            throw SmallInternet.Unavailable(description: "\(error) It says: \(last) \(said)")
        }
    }

    func queue() throws -> [Queued] {
        let outcome = try ask(["queue", "list", "--format", "json"])
        return try JSONDecoder().decode([Queued].self, from: Data(outcome.output.utf8))
    }

    func balance() throws -> Balance {
        let outcome = try ask(["balance", "--format", "json"])
        return try JSONDecoder().decode(Balance.self, from: Data(outcome.output.utf8))
    }

    /// Waits until nothing is left in the queue.
    func settle() throws {
        _ = try internet.eventually("the queue is empty") { try queue().isEmpty ? true : nil }
    }
}
