import SQLDatabase
import Storage
import TestSupport
import Testing

/// Codes from a device, as the second step of signing in.
struct SecondStepTests {
    typealias Samples = PeopleSamples
    static let now = PeopleSamples.now

    /// RFC 6238, appendix B: eight digits, HMAC-SHA-1.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `codes are those of the standard`(_ time: Int64, _ expected: String) {
        let code = OneTimeCode(secret: Array("12345678901234567890".utf8))
        #expect(code.code(at: OneTimeCode.step(at: time), digits: 8) == expected)
        #expect(code.code(at: OneTimeCode.step(at: time)) == expected.suffix(6))
    }

    @Test func `a secret is written as devices read it`() {
        let code = OneTimeCode(secret: Array("12345678901234567890".utf8))
        #expect(code.grouped == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(
            code.address(for: "Ada L.")
                == "otpauth://totp/Sealgate:Ada%20L%2E?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Sealgate")
        // RFC 4648 §10, without padding.
        #expect(OneTimeCode(secret: Array("foobar".utf8)).grouped == "MZXW 6YTB OI")
    }

    /// Switches the second step on; gives the device and the recovery codes.
    private func enrol(_ samples: Samples) async throws -> (OneTimeCode, [String]) {
        let steps = samples.accounts.secondStep
        try await steps.begin(samples.ada.id)
        guard case .begun(let secret) = try await steps.state(of: samples.ada.id) else {
            throw SQLError(.other, "not begun")
        }
        let device = OneTimeCode(secret: secret)
        #expect(try await steps.owed(by: samples.ada, now: Self.now) == nil)
        #expect(
            try await steps.confirm(
                samples.ada, code: "000000x", in: .first, now: Self.now - 60) == nil)
        let codes = try #require(
            try await steps.confirm(
                samples.ada, code: device.code(at: OneTimeCode.step(at: Self.now - 60)),
                in: .first, now: Self.now - 60))
        // Switched on, it cannot be begun anew by whoever has the session.
        try await steps.begin(samples.ada.id)
        #expect(
            try await steps.state(of: samples.ada.id)
                == .on(since: Self.now - 60, recoveryCodes: 10))
        return (device, codes)
    }

    @Test(arguments: TestEngine.allCases)
    func `a code is accepted once, for its half minute and the two beside it`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (device, _) = try await enrol(samples)
            let steps = samples.accounts.secondStep
            func finish(_ code: String, at now: Int64) async throws -> SecondStepStore.Outcome {
                let token = try #require(try await steps.owed(by: samples.ada, now: now))
                return try await steps.finish(token, code: code, now: now).outcome
            }
            func code(_ seconds: Int64) -> String {
                device.code(at: OneTimeCode.step(at: Self.now + seconds))
            }
            #expect(try await finish(code(0), at: Self.now) == .accepted)
            #expect(try await finish(code(0), at: Self.now) == .wrong)
            // An earlier one than the last accepted is a replay as well.
            #expect(try await finish(code(-30), at: Self.now) == .wrong)
            #expect(try await finish(code(30), at: Self.now) == .accepted)
            #expect(try await finish(code(90), at: Self.now + 30) == .wrong)
            #expect(try await finish(code(300), at: Self.now + 330) == .accepted)
            #expect(try await finish(code(600), at: Self.now + 660) == .wrong)
            // Many at once with one code: one of them gets in.
            let later = Self.now + 2_000
            var tokens: [SecretToken] = []
            for _ in 0..<4 {
                tokens.append(try #require(try await steps.owed(by: samples.ada, now: later)))
            }
            let right = code(2_000)
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for token in tokens {
                    group.addTask {
                        let answer = try? await steps.finish(token, code: right, now: later)
                        return answer?.outcome == .accepted
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `guessing is stopped, across sign-ins`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            let (device, codes) = try await enrol(samples)
            let steps = samples.accounts.secondStep
            for _ in 0..<SecondStepStore.Limits.failures {
                let token = try #require(try await steps.owed(by: samples.ada, now: Self.now))
                #expect(
                    try await steps.finish(token, code: "12345", now: Self.now).outcome == .wrong)
            }
            let token = try #require(try await steps.owed(by: samples.ada, now: Self.now))
            let right = device.code(at: OneTimeCode.step(at: Self.now))
            #expect(
                try await steps.finish(token, code: right, now: Self.now).outcome
                    == .wait(SecondStepStore.Limits.pause))
            #expect(
                try await steps.finish(token, code: codes[0], now: Self.now + 1).outcome
                    == .wait(SecondStepStore.Limits.pause - 1))
            // The password's place has gone by then; a new sign-in finds the pause over.
            let later = Self.now + SecondStepStore.Limits.pause
            #expect(
                try await steps.finish(token, code: codes[0], now: later).outcome == .nothing)
            let next = try #require(try await steps.owed(by: samples.ada, now: later))
            let answer = try await steps.finish(next, code: codes[0].lowercased(), now: later)
            #expect(answer.outcome == .accepted)
            #expect(answer.account == samples.ada)
            // The place was used up.
            #expect(
                try await steps.finish(next, code: codes[1], now: later).outcome == .nothing)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a recovery code works once, and nothing secret is kept of it`(
        _ engine: TestEngine
    ) async throws {
        try await Samples.each(engine) { samples in
            let (_, codes) = try await enrol(samples)
            #expect(Set(codes).count == 10)
            let steps = samples.accounts.secondStep
            for expected in [SecondStepStore.Outcome.accepted, .wrong] {
                let token = try #require(try await steps.owed(by: samples.ada, now: Self.now))
                #expect(
                    try await steps.finish(token, code: codes[3], now: Self.now).outcome
                        == expected)
            }
            let kept = try await samples.database.read { transaction in
                try transaction.rows("SELECT digest FROM recovery_code").map { $0.text(0) }
            }
            #expect(kept.count == 9)
            #expect(!kept.contains { codes.contains($0) })
            #expect(
                try await steps.end(samples.ada, code: "nothing", in: .first, now: Self.now)
                    == .wrong)
            #expect(
                try await steps.end(samples.ada, code: codes[4], in: .first, now: Self.now)
                    == .accepted)
            #expect(try await steps.state(of: samples.ada.id) == .off)
            let told = try await samples.audit.search(.init(what: "second-step")).entries
            #expect(told.map(\.change.after) == ["off", "on"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a second step can be switched off for somebody`(_ engine: TestEngine) async throws {
        try await Samples.each(engine) { samples in
            _ = try await enrol(samples)
            let steps = samples.accounts.secondStep
            let token = try #require(try await steps.owed(by: samples.ada, now: Self.now))
            try await steps.reset(
                samples.ada, by: AuditActor(.commandLine, name: "root"), in: .first, now: Self.now)
            #expect(try await steps.owed(by: samples.ada, now: Self.now) == nil)
            #expect(try await steps.finish(token, code: "1", now: Self.now).outcome == .nothing)
        }
    }
}
