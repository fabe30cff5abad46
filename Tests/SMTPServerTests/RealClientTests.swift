import Foundation
import Identities
import SMTP
import SMTPServer
import Testing
import TestSupport

/// Clients that others wrote, from Debian's packages swaks and postfix.
@Suite(.timeLimit(.minutes(5))) struct `Real clients` {
    private func swaks(_ port: Int, _ more: [String]) async throws {
        try await Command.finish(
            [
                "swaks", "--server", "127.0.0.1", "--port", "\(port)", "--helo", "client.example",
                "--from", "a@client.example", "--to", "b@example.org,c@example.org",
                "--silent", "2", "--timeout", "60",
            ] + more)
    }

    @Test func `swaks sends a message in plain text, pipelined and over TLS`() async throws {
        try await Certificates.withFolder { folder in
            let own = try Certificates.make("mx.example.org", in: folder)
            var configuration = TestServer.configuration()
            configuration.tls = try ServerTLS(
                ServerTLS.Files(certificatePath: own.certificate, keyPath: own.key))
            try await TestServer.run(configuration) { server in
                try await swaks(server.port, [])
                try await swaks(server.port, ["--pipeline"])
                try await swaks(server.port, ["--tls"])
                try await swaks(server.port, ["--protocol", "SMTP", "--body", ".\n..\nx"])
                let notes = server.notes
                #expect(notes.messages.count == 4)
                #expect(notes.messages.allSatisfy { $0.envelope.recipients.count == 2 })
                #expect(notes.messages.map { $0.client.tls != nil } == [false, false, true, false])
                #expect(notes.messages.map(\.client.isExtended) == [true, true, true, false])
                let last = String(decoding: notes.contents[3], as: UTF8.self)
                #expect(last.contains("\r\n\r\n.\r\n..\r\nx\r\n"))
            }
        }
    }

    @Test func `swaks speaks for others by PROXY and by XCLIENT`() async throws {
        var configuration = TestServer.configuration()
        configuration.proxies = [.init("127.0.0.0/8")].compactMap { $0 }
        try await TestServer.run(configuration) { server in
            for version in ["1", "2"] {
                try await swaks(
                    server.port,
                    [
                        "--proxy-version", version, "--proxy-family",
                        version == "1" ? "TCP4" : "AF_INET",
                        "--proxy-source", "192.0.2.7", "--proxy-source-port", "4711",
                        "--proxy-dest", "192.0.2.2", "--proxy-dest-port", "25",
                    ] + (version == "2" ? ["--proxy-protocol", "STREAM"] : []))
            }
            #expect(
                server.notes.messages.map(\.client.address.description) == [
                    "192.0.2.7", "192.0.2.7",
                ])
        }
        configuration.proxies = []
        configuration.xclientPeers = [.init("127.0.0.0/8")].compactMap { $0 }
        try await TestServer.run(configuration) { server in
            try await swaks(
                server.port,
                [
                    "--xclient-addr", "192.0.2.8", "--xclient-helo", "true.example",
                    "--xclient-proto", "ESMTP",
                ])
            #expect(server.notes.messages.map(\.client.address.description) == ["192.0.2.8"])
        }
    }

    @Test func `Postfix's smtp-source sends many messages in many sessions`() async throws {
        try await TestServer.run { server in
            for more in [[], ["-d"]] {
                try await Command.finish(
                    ["smtp-source", "-s", "8", "-m", "200", "-l", "10240"] + more
                        + [
                            "-f", "a@client.example", "-t", "b@example.org",
                            "127.0.0.1:\(server.port)",
                        ])
            }
            #expect(server.notes.messages.count == 400)
            #expect(server.notes.messages.allSatisfy { $0.content.count >= 10_240 })
            #expect(server.notes.messages.allSatisfy { $0.defects.isEmpty })
        }
    }
}
