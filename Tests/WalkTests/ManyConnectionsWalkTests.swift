import FoundationEssentials
import Glibc
import Testing

/// More clients than this process may open files.
@Suite(.serialized)
struct ManyConnectionsWalkTests {
    /// The program, allowed a number of files, told of in a folder.
    private func start(_ arguments: [String], files: Int, folder: String) throws -> pid_t {
        let script = "ulimit -n \(files); exec \"$@\" >\(folder)/out 2>\(folder)/err"
        let words = try ["/bin/sh", "-c", script, "sh", Program.path] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, words[0], nil, nil, pointers, environ) == 0)
        return pid
    }

    /// The port of the door, once it is open.
    private func port(in folder: String, of pid: pid_t) throws -> Int {
        for _ in 0..<1_200 {
            let said = (try? String(contentsOfFile: folder + "/out", encoding: .utf8)) ?? ""
            let line = said.split(separator: "\n").first { $0.hasPrefix("Mail: ") }
            if let port = line?.split(separator: " ").last.flatMap({ Int($0) }) { return port }
            try #require(waitpid(pid, nil, WNOHANG) == 0, "The gateway ended.")
            usleep(50_000)
        }
        throw Program.Missing(description: "The door does not open.")
    }

    private func connect(_ port: Int) throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(handle >= 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        return handle
    }

    /// The next reply's last line; empty when the connection is closed or nothing comes.
    private func reply(_ handle: Int32) -> String {
        var line: [UInt8] = []
        var octet: UInt8 = 0
        while recv(handle, &octet, 1, 0) == 1 {
            guard octet == 0x0A else {
                line.append(octet)
                continue
            }
            if line.count < 4 || line[3] != UInt8(ascii: "-") { break }
            line = []
        }
        return String(decoding: line, as: UTF8.self)
    }

    private func say(_ words: String, to handle: Int32) -> String {
        let octets = Array(words.utf8)
        _ = send(handle, octets, octets.count, Int32(MSG_NOSIGNAL))
        return reply(handle)
    }

    @Test func `who is one too many is told so, and the others are served`() throws {
        try withScratchFolder { folder in
            let zone = "sender.example. 60 IN A 192.0.2.1\nrcpt.example. 60 IN A 192.0.2.2\n"
            try Data(zone.utf8).write(to: URL(filePath: folder + "/zone"))
            let pid = try start(
                [
                    "serve", "--data", folder + "/data", "--inbound", "127.0.0.1:0", "--port", "0",
                    "--host-name", "mx.rcpt.example", "--next-hop", "127.0.0.1:1",
                    "--resolver", folder + "/zone", "--domain", "rcpt.example",
                    "--recipients", "all",
                ], files: 256, folder: folder)
            defer {
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
            let port = try port(in: folder, of: pid)
            let clients = try (0..<300).map { _ in try connect(port) }
            defer { for client in clients { close(client) } }

            var greetings: [String] = []
            for client in clients {
                greetings.append(reply(client))
                // Without an answer, nobody behind it gets one either.
                if greetings.last == "" { break }
            }
            #expect(greetings.count { $0.hasPrefix("220 ") } == 64)
            #expect(greetings.count { $0.hasPrefix("421 ") } == 300 - 64)

            let first = clients[0]
            for (words, code) in [
                ("EHLO client.example\r\n", "250"), ("MAIL FROM:<a@sender.example>\r\n", "250"),
                ("RCPT TO:<b@rcpt.example>\r\n", "250"), ("DATA\r\n", "354"),
                ("From: a@sender.example\r\n\r\nHello\r\n.\r\n", "250"),
            ] {
                let answer = say(words, to: first)
                #expect(answer.hasPrefix(code), "\(words): \(answer)")
            }
            #expect(waitpid(pid, nil, WNOHANG) == 0, "The gateway ended.")
        }
    }
}
