import DomainWatch
import Foundation
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What a program on the web answers to an alert, read as far as it has to be.
@Suite struct AlertWebhookTests {
    /// Answers every request with 200 and so many octets, and writes to a file how many of them
    /// left.
    private static let talker = """
        import socket, sys
        door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        length = int(sys.argv[2])
        while True:
            connection, _ = door.accept()
            request = b""
            while b"\\r\\n\\r\\n" not in request:
                piece = connection.recv(65536)
                if not piece:
                    break
                request += piece
            if not request:
                continue
            sent = 0
            try:
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % length)
                while sent < length:
                    sent += connection.send(b"x" * min(65536, length - sent))
            except OSError:
                pass
            with open(sys.argv[3], "w") as file:
                file.write(str(sent) + ".")
            connection.close()
        """

    /// How many octets of an answer a web server got rid of, with the notice that it was sent for.
    private func sent(_ length: Int) async throws -> Int {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "webhook-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (script, told) = (folder.path() + "/talker.py", folder.path() + "/sent")
        try Data(Self.talker.utf8).write(to: URL(filePath: script))
        let server = try await PythonServer(
            script, [String(length), told], log: folder.path() + "/log")
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        _ = try await AlertStore(database: database).keepDigest(
            AlertNotice.Content(.digest, title: "The week", text: "Nothing."), day: 1,
            channels: [.webhook], now: 1_764_000_000)
        let round = AlertRound(
            database: database,
            channels: AlertChannels(
                webhook: AlertWebhook(
                    url: "http://127.0.0.1:\(server.port)/", secret: Array("secret".utf8))))
        let sending = try await round.send(now: 1_764_000_000)
        // The notice has arrived, however much was said about it.
        #expect(sending.sent == 1 && sending.failures.isEmpty, "\(sending)")
        var text = ""
        for _ in 0..<600 where !text.hasSuffix(".") {
            text = (try? String(contentsOfFile: told, encoding: .utf8)) ?? ""
            if !text.hasSuffix(".") { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await database.close()
        return try #require(Int(text.dropLast()))
    }

    @Test func `an answer is read to its end, and a very long one is not`() async throws {
        #expect(try await sent(Limits.webhookAnswer) == Limits.webhookAnswer)
        // What lies in the system's buffers left the server, and was not read.
        let length = 256 << 20
        #expect(try await sent(length) < length / 2)
    }
}
