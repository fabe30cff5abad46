import Foundation
import Glibc
import TestSupport
import Testing

/// Events for a SIEM with the real program: a file that follows, and a real log server that is
/// told through restarts.
@Suite(.serialized) struct ExportWalkTests {
    private func make(_ name: String, _ data: String) throws {
        let made = try Program.run([
            "tokens", "make", "--data", data, "--scope", "read", name,
        ])
        #expect(made.status == 0, "\(made.errors)")
    }

    private func wait(_ found: () -> Bool) {
        for _ in 0..<1_200 where !found() { usleep(50_000) }
    }

    private func lines(_ path: String) -> [String] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func field(_ line: String, _ name: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return object?[name] as? String
    }

    @Test func `an export goes on from its last cursor, and follows`() throws {
        try withScratchFolder { folder in
            let (data, file) = (folder + "/data", folder + "/events")
            for number in 1...3 { try make("token \(number)", data) }
            let whole = try Program.run(["export", "--data", data])
            #expect(whole.status == 0 && whole.errors.contains("--since a"), "\(whole.errors)")
            let all = whole.output.split(separator: "\n").map(String.init)
            let tokens = all.filter { $0.contains("\"token.make\"") }
            #expect(tokens.count == 3)
            let cursor = try #require(try field(tokens[1], "cursor"))
            let rest = try Program.run(["export", "--data", data, "--since", cursor])
            #expect(rest.output == tokens[2] + "\n")
            let none = try Program.run(["export", "--data", data, "--since", "end"])
            #expect(none.status == 0 && none.output.isEmpty)
            let wrong = try Program.run(["export", "--data", data, "--since", "7"])
            #expect(wrong.status != 0 && wrong.errors.contains("a12.l3.m456"))

            let follower = try Program.start(
                ["export", "--data", data, "--follow", "--since", cursor, "--output", file],
                scratch: folder + "/follow")
            defer { ChildProgram.end(follower) }
            wait { !lines(file).isEmpty }
            for number in 4...6 { try make("token \(number)", data) }
            wait { lines(file).count >= 4 }
            #expect(
                try lines(file).map { try field($0, "message") }.map { $0?.prefix(7) }
                    == ["token 3", "token 4", "token 5", "token 6"])
        }
    }

    @Test func `a log server is told everything, though it and we are killed`() throws {
        try withScratchFolder { folder in
            let data = folder + "/data"
            let server = try RsyslogFolder(
                folder, .tcp, port: 22_000 + Int(getpid()) * 11 % 20_000)
            var log = try server.start()
            defer { ChildProgram.end(log) }
            let words = [
                "serve", "--data", data, "--port", "0", "--resolver", "none", "--export-syslog",
                server.address,
            ]
            var program = try Program.start(words, scratch: folder + "/serve")
            defer { ChildProgram.end(program) }
            // What comes from then on is told: we see by this that it has begun.
            var number = 0
            while server.told.isEmpty, number < 200 {
                number += 1
                try make("token \(number)", data)
                for _ in 0..<60 where server.told.isEmpty { usleep(50_000) }
            }
            let first = number
            for next in first + 1...first + 3 { try make("token \(next)", data) }
            wait { server.told.contains { $0.contains("token \(first + 3) ") } }
            // Nobody listens for a while, and we do not live to try again.
            ChildProgram.end(log)
            for next in first + 4...first + 6 { try make("token \(next)", data) }
            ChildProgram.end(program)
            for next in first + 7...first + 9 { try make("token \(next)", data) }
            log = try server.start()
            program = try Program.start(words, scratch: folder + "/again")
            wait { server.told.contains { $0.contains("token \(first + 9) ") } }
            for next in first...first + 9 {
                #expect(server.told.contains { $0.contains("token \(next) ") }, "\(next)")
            }
        }
    }
}
