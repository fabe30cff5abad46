import FoundationEssentials
import SQLDatabase
import Storage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Secrets of second steps, as whoever reads the database finds them.
struct SecretVaultTests {
    typealias Samples = PeopleSamples

    /// Two people, and a folder in which a key may lie.
    private static func each(
        _ engine: TestEngine, _ body: (Samples, Account, String) async throws -> Void
    ) async throws {
        try await Samples.each(engine) { samples in
            let folder = TestDatabase.temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let ben = try await samples.join("Ben", Standing(.auditor))
            try await body(samples, ben, folder + "/secrets.key")
        }
    }

    private static func steps(_ samples: Samples, _ path: String) -> SecondStepStore {
        SecondStepStore(database: samples.database, secrets: SecretVault(path: path))
    }

    private static func stored(_ samples: Samples, _ account: Account) async throws -> [UInt8] {
        try await samples.database.read { transaction in
            try transaction.rows(
                "SELECT secret FROM second_factor WHERE account_id = ?", [.integer(account.id)])[0]
                .blob(0)
        }
    }

    private static func store(
        _ secret: [UInt8], of account: Account, _ samples: Samples
    ) async throws {
        try await samples.database.write { transaction in
            try transaction.execute(
                "DELETE FROM second_factor WHERE account_id = ?", [.integer(account.id)])
            try transaction.execute(
                """
                INSERT INTO second_factor
                    (account_id, secret, confirmed_at, step, failures, failed_since)
                VALUES (?, ?, NULL, 0, 0, 0)
                """, [.integer(account.id), .blob(secret)])
        }
    }

    private static func secret(_ steps: SecondStepStore, _ account: Account) async throws -> [UInt8]
    {
        guard case .begun(let secret) = try await steps.state(of: account.id) else { return [] }
        return secret
    }

    @Test(arguments: TestEngine.allCases)
    func `the key is made at first need, for its owner alone, and secrets lie sealed`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { samples, ben, path in
            let steps = Self.steps(samples, path)
            #expect(try await steps.state(of: samples.ada.id) == .off)
            #expect(try await steps.sealOldSecrets() == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
            try await steps.begin(samples.ada.id)
            var facts = stat()
            #expect(stat(path, &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o600)
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: String(path.dropLast("/secrets.key".count))) == ["secrets.key"])
            let secret = try await Self.secret(steps, samples.ada)
            #expect(secret.count == 20)
            let sealed = try await Self.stored(samples, samples.ada)
            // Version, nonce, secret and tag: 1 + 12 + 20 + 16.
            #expect(sealed.count == 49)
            #expect(!sealed.indices.contains { sealed[$0...].starts(with: secret) })
            // Another node with the same file reads the same.
            #expect(try await Self.secret(Self.steps(samples, path), samples.ada) == secret)

            // Copied to somebody else's row it opens nothing, and neither does an open one.
            for row in [sealed, secret, [], Array(sealed.dropLast()), [2] + sealed.dropFirst()] {
                try await Self.store(row, of: ben, samples)
                await #expect(throws: SecretFault.self) { try await steps.state(of: ben.id) }
            }
            #expect(try await steps.sealOldSecrets() == 0)
            await #expect(throws: SecretFault.self) { try await steps.state(of: ben.id) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `secrets of an older program are sealed at opening, all or none`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { samples, ben, path in
            let old: [(Account, [UInt8])] = [
                (samples.ada, Array(repeating: 7, count: 20)), (ben, Array(0..<20)),
            ]
            for (account, secret) in old { try await Self.store(secret, of: account, samples) }
            // No place for the key: nothing is changed.
            let file = path.replacing("/secrets.key", with: "-file")
            try Data().write(to: URL(filePath: file))
            defer { try? FileManager.default.removeItem(atPath: file) }
            await #expect(throws: SecretFault.self) {
                try await Self.steps(samples, file + "/secrets.key").sealOldSecrets()
            }
            for (account, secret) in old {
                #expect(try await Self.stored(samples, account) == secret)
            }
            // Killed between key and rows: the key that is there is taken.
            let vault = SecretVault(path: path)
            let steps = SecondStepStore(database: samples.database, secrets: vault)
            try FileManager.default.createDirectory(
                atPath: String(path.dropLast("/secrets.key".count)),
                withIntermediateDirectories: true)
            let key = String(repeating: "5a", count: 32) + "\n"
            try Data(key.utf8).write(to: URL(filePath: path))
            chmod(path, 0o600)
            // Two nodes that start at once.
            async let other = Self.steps(samples, path).sealOldSecrets()
            let mine = try await steps.sealOldSecrets()
            #expect(try await mine + other == 2)
            #expect(try await steps.sealOldSecrets() == 0)
            #expect(try await steps.fault() == nil)
            for (account, secret) in old {
                #expect(try await Self.stored(samples, account).count == 49)
                #expect(try await Self.secret(steps, account) == secret)
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == key)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a key that is missing, open, damaged or another is told, and paper codes still work`(
        _ engine: TestEngine
    ) async throws {
        try await Self.each(engine) { samples, ben, path in
            let first = Self.steps(samples, path)
            try await first.begin(samples.ada.id)
            let device = OneTimeCode(secret: try await Self.secret(first, samples.ada))
            let codes = try #require(
                try await first.confirm(
                    samples.ada, code: device.code(at: OneTimeCode.step(at: Samples.now)),
                    in: .first, now: Samples.now))
            func fault() async throws -> SecretFault? {
                try await Self.steps(samples, path).fault()
            }
            #expect(try await fault() == nil)
            let key = try String(contentsOfFile: path, encoding: .utf8)
            func put(_ text: String, mode: mode_t = 0o600) throws {
                unlink(path)
                try Data(text.utf8).write(to: URL(filePath: path))
                chmod(path, mode)
            }
            try put(key, mode: 0o640)
            #expect(try await fault() == .open(path: path))
            for text in ["", "xyz", key + "00", String(repeating: "0", count: 4_000)] {
                try put(text)
                #expect(try await fault() == .malformed(path: path))
            }
            try put(String(repeating: "ab", count: 32))
            #expect(try await fault() == .otherKey(path: path))
            unlink(path)
            #expect(try await fault() == .missing(path: path))
            #expect(SecretFault.missing(path: path).description.contains(path))

            let lost = Self.steps(samples, path)
            await #expect(throws: SecretFault.missing(path: path)) { try await lost.begin(ben.id) }
            #expect(!FileManager.default.fileExists(atPath: path))
            func finish(_ code: String) async throws -> SecondStepStore.Outcome {
                let step = try #require(try await lost.owed(by: samples.ada, now: Samples.now))
                return try await lost.finish(step, code: code, now: Samples.now).outcome
            }
            await #expect(throws: SecretFault.missing(path: path)) { try await finish("123456") }
            #expect(try await finish(codes[0]) == .accepted)
            // With nothing sealed any more, a new key is made.
            #expect(
                try await lost.end(samples.ada, code: codes[1], in: .first, now: Samples.now)
                    == .accepted)
            try await lost.begin(ben.id)
            #expect(try await Self.secret(lost, ben).count == 20)
            #expect(try await fault() == nil)
            // And one that was put back while the program runs is found.
            let again = try String(contentsOfFile: path, encoding: .utf8)
            unlink(path)
            let waiting = Self.steps(samples, path)
            #expect(try await waiting.fault() == .missing(path: path))
            try put(again)
            #expect(try await waiting.fault() == nil)
        }
    }

    @Test func `without a place for a key no secret is kept`() async throws {
        try await Samples.each(.sqlite) { samples in
            let steps = SecondStepStore(database: samples.database, secrets: .none)
            await #expect(throws: SecretFault.noPlace) { try await steps.begin(samples.ada.id) }
            let state = try await steps.state(of: samples.ada.id)
            #expect(state == .off)
        }
    }
}
