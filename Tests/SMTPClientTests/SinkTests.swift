import Foundation
import Glibc
import SMTP
import SMTPClient
import TestSupport
import Testing

/// Deliveries to Postfix's smtp-sink, and to all the faults that it can play; one after the other,
/// for a port that is free is free for everybody.
@Suite(.serialized) struct SinkTests {
    /// The program on a port of its own.
    private struct Sink {
        let port: Int
        private let process: Int32

        init(_ flags: [String]) async throws {
            port = try LoopbackPort.free()
            let words =
                ["smtp-sink"] + (geteuid() == 0 ? ["-u", "postfix"] : []) + flags
                + ["127.0.0.1:\(port)", "128"]
            do {
                process = try Command.start(words, log: "/dev/null")
            } catch {
                throw Ports.Unavailable(
                    description: "These tests need smtp-sink: apt-get install postfix")
            }
        }

        /// Delivers, as soon as the program listens; a connection for nothing could end it.
        func deliver(
            _ message: OutgoingMessage, by client: SMTPClient
        ) async throws -> DeliveryResult {
            for _ in 0..<1_000 {
                let result = await client.deliver(message, to: Samples.target(port))
                guard Samples.words(result).hasPrefix("failed connect") else { return result }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw Ports.Unavailable(description: "smtp-sink does not listen on port \(port)")
        }

        func stop() { ChildProgram.end(process) }
    }

    @Test(arguments: [
        ("", "delivered 250"), ("-p", "delivered 250"), ("-e", "delivered 250"),
        ("-8", "delivered 250"), ("-N", "delivered 250"), ("-E", "delivered 250"),
        ("-P", "delivered 250"),
        ("-f CONNECT", "failed greeting 5.3.0"), ("-r CONNECT", "failed greeting 4.3.0"),
        ("-f EHLO", "delivered 250"), ("-f EHLO,HELO", "failed hello 5.3.0"),
        ("-r EHLO", "failed hello 4.3.0"), ("-f MAIL", "refused 500"), ("-r MAIL", "refused 450"),
        ("-f RCPT", "refused 500"), ("-r RCPT", "refused 450"), ("-f DATA", "refused 500"),
        ("-r DATA", "refused 450"), ("-f .", "refused 500"), ("-r .", "refused 450"),
        ("-q CONNECT", "failed greeting 4.4.2"), ("-q EHLO", "failed hello 4.4.2"),
        ("-q MAIL", "failed mail 4.4.2"), ("-q RCPT", "failed recipient 4.4.2"),
        ("-q DATA", "failed data 4.4.2"), ("-q .", "failed content 4.4.2, uncertain"),
        ("-Q CONNECT", "failed greeting 4.4.2"), ("-Q EHLO", "failed hello 4.4.2"),
        ("-Q MAIL", "failed mail 4.4.2"), ("-Q RCPT", "failed recipient 4.4.2"),
        ("-Q DATA", "failed data 4.4.2"), ("-Q .", "refused 421"),
        ("-A 0", "refused 550"),
    ])
    func `whatever the server does, each result says what it was`(
        _ flags: String, _ words: String
    ) async throws {
        let sink = try await Sink(flags.split(separator: " ").map(String.init))
        defer { sink.stop() }
        let client = Samples.client()
        var message = Samples.message()
        message.isEightBit = true
        for _ in 0..<2 {
            let result = try await sink.deliver(message, by: client)
            #expect(Self.plain(Samples.words(result)) == Self.plain(words))
            if words.hasPrefix("delivered") {
                let offers = result.connection.extensions.offers(.eightBitMIME)
                #expect(result.connection.sentUndeclaredEightBit != offers)
            }
        }
        await client.shutDown()
    }

    /// The program says 4.3.0 or nothing beside 421, by version: the class is what counts.
    private static func plain(_ words: String) -> String {
        words.replacingOccurrences(
            of: #"([45])\.[0-9]\.[0-9]"#, with: "$1", options: .regularExpression)
    }

    @Test func `thousands of messages over a few connections`() async throws {
        let sink = try await Sink([])
        defer { sink.stop() }
        let client = Samples.client()
        let target = Samples.target(sink.port)
        _ = try await sink.deliver(Samples.message(), by: client)
        let delivered = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    var count = 0
                    for _ in 0..<200 {
                        let result = await client.deliver(Samples.message(), to: target)
                        if Samples.words(result) == "delivered 250" { count += 1 }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(delivered == 2_000)
        await client.shutDown()
    }
}
