import DNS
import DNSResolver
import DomainAnalysis
import HostedDNS
import Testing

/// Primaries that hang, break off, lie about lengths or forge answers: each attempt ends, and
/// nothing that is not proved counts as made.
@Suite struct LyingServerTests {
    /// The answer to an update, before anybody signs it.
    private static func answer(_ request: [UInt8], _ code: ResponseCode = .noError) -> [UInt8] {
        var message = DNSMessage()
        message.id = UInt16(request[0]) << 8 | UInt16(request[1])
        message.isResponse = true
        message.operation = 5
        message.responseCode = code
        return message.render()
    }

    private func outcome(
        _ answer: @escaping @Sendable ([UInt8]) -> LyingServer.Answer
    ) async throws -> ZoneUpdater.Outcome {
        let server = try LyingServer(answer)
        defer { server.stop() }
        let place = try #require(ResolverAddress("127.0.0.1:\(server.port)"))
        let update = DNSUpdate(zone: try #require(DNSName("example.test")))
        return await ZoneUpdater(timeout: .milliseconds(300)) { MachineClock.seconds }
            .send(update, to: place, key: try PrimaryServer.key())
    }

    private func isUncertain(_ outcome: ZoneUpdater.Outcome) -> Bool {
        if case .uncertain = outcome { return true }
        return false
    }

    private func isUnproved(_ outcome: ZoneUpdater.Outcome, _ words: String) -> Bool {
        guard case .unproved(let sentence) = outcome else { return false }
        return sentence.contains(words)
    }

    @Test func `silence, a broken connection and half an answer end in time`() async throws {
        #expect(isUncertain(try await outcome { _ in .hangs }))
        #expect(isUncertain(try await outcome { _ in .closes }))
        #expect(isUncertain(try await outcome { _ in .octets({ _ in [] }, length: nil) }))
        #expect(
            isUncertain(
                try await outcome { _ in .octets({ Self.answer($0) }, length: .max) }))
        #expect(isUncertain(try await outcome { _ in .octets({ _ in [1, 2] }, length: nil) }))
    }

    @Test func `an answer to another question, or none at all, counts for nothing`() async throws {
        let echo = try await outcome { _ in .octets({ $0 }, length: nil) }
        #expect(isUncertain(echo))
        let stranger = try await outcome { _ in
            .octets(
                {
                    var bytes = Self.answer($0)
                    bytes[0] ^= 1
                    return bytes
                }, length: nil)
        }
        #expect(isUncertain(stranger))
        let noise = try await outcome { request in
            .octets(
                { _ in Array(request[..<2]) + [0xA8] + [UInt8](repeating: 0xFF, count: 400) },
                length: nil)
        }
        #expect(isUnproved(noise, "cannot be read"))
    }

    @Test func `a yes or a no without a proof is neither`() async throws {
        let yes = try await outcome { _ in .octets({ Self.answer($0) }, length: nil) }
        #expect(isUnproved(yes, "without a signature"))
        let no = try await outcome { _ in .octets({ Self.answer($0, .refused) }, length: nil) }
        #expect(isUnproved(no, "REFUSED"))
        let key = try PrimaryServer.key(secret: Array(2...33))
        let forged = try await outcome { request in
            let now = UInt64(MachineClock.seconds)
            let signed = TransactionSigner(key: key).sign(Self.answer(request), now: now)
            return .octets({ _ in signed?.bytes ?? [] }, length: nil)
        }
        #expect(isUnproved(forged, "somebody is between"))
    }

    @Test(arguments: [
        ResponseCode.formatError, .serverFailure, .notImplemented, .refused, .notAuthorized,
        .notInZone, ResponseCode(rawValue: 11),
    ])
    func `every refusal has its sentence`(_ code: ResponseCode) async throws {
        let server = try LyingServer { _ in .octets({ Self.answer($0, code) }, length: nil) }
        defer { server.stop() }
        let place = try #require(ResolverAddress("127.0.0.1:\(server.port)"))
        let update = DNSUpdate(zone: try #require(DNSName("example.test")))
        let outcome = await ZoneUpdater(timeout: .seconds(2)) { 0 }
            .send(update, to: place, key: nil)
        guard case .refused(let sentence) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(sentence.contains("(\(code))") && sentence.contains("127.0.0.1"))
    }

    @Test(arguments: [
        ResponseCode.nameError, .nameExists, .setExists, .setMissing,
    ])
    func `a prerequisite that does not hold is told apart`(_ code: ResponseCode) async throws {
        let server = try LyingServer { _ in .octets({ Self.answer($0, code) }, length: nil) }
        defer { server.stop() }
        let place = try #require(ResolverAddress("127.0.0.1:\(server.port)"))
        let update = DNSUpdate(zone: try #require(DNSName("example.test")))
        let outcome = await ZoneUpdater(timeout: .seconds(2)) { 0 }
            .send(update, to: place, key: nil)
        #expect(outcome == .changedMeanwhile)
    }

    @Test func `an update too large for a message is not sent`() async throws {
        let name = try #require(DNSName("example.test"))
        let record = ResourceRecord(
            name: name, type: .txt, timeToLive: 1,
            data: .text(String(repeating: "x", count: 60_000)))
        let update = DNSUpdate(zone: name, instructions: [.add(record), .add(record)])
        let place = try #require(ResolverAddress("127.0.0.1:1"))
        let outcome = await ZoneUpdater { 0 }.send(update, to: place, key: nil)
        guard case .refused(let sentence) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(sentence.contains("does not fit"))
    }
}
