import Crypto
import CryptoExtras
import Dispatch

/// What one guess at a password costs (scrypt, RFC 7914 §2).
public struct PasswordCost: Hashable, Sendable {
    /// N: memory and time, a power of two.
    public var rounds: Int
    public var blockSize: Int
    public var parallelism: Int

    /// 64 MiB and about a fifth of a second for every guess.
    public static let standard = PasswordCost(rounds: 65_536, blockSize: 8, parallelism: 1)
    /// For tests: no protection at all.
    public static let none = PasswordCost(rounds: 2, blockSize: 8, parallelism: 1)

    public init(rounds: Int, blockSize: Int, parallelism: Int) {
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// A stored hash may ask for this much at most: a tampered row must not stop the server.
    var isSane: Bool {
        (2...1_048_576).contains(rounds) && rounds & (rounds - 1) == 0
            && (1...32).contains(blockSize) && (1...16).contains(parallelism)
    }
}

/// Makes and checks password hashes, one at a time on a queue of its own, so that a person who
/// guesses passwords slows nobody down but other guessers.
struct PasswordHasher: Sendable {
    let cost: PasswordCost
    private let queue = DispatchQueue(label: "sealgate.passwords")

    init(cost: PasswordCost) { self.cost = cost }

    /// `scrypt$N$r$p$salt$key`, salt and key in hexadecimal.
    func hash(_ password: String) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let key = try await derive(password, salt: salt, cost: cost)
        return "scrypt$\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)$"
            + "\(Hexadecimal.text(salt))$\(Hexadecimal.text(key))"
    }

    /// True when the password made this hash. A nil hash costs the same time: whether a name
    /// exists cannot be measured.
    func verify(_ password: String, against stored: String?) async throws -> Bool {
        guard let stored, let parts = Self.parse(stored) else {
            _ = try await derive(password, salt: Array(repeating: 0, count: 16), cost: cost)
            return false
        }
        let key = try await derive(password, salt: parts.salt, cost: parts.cost)
        return ConstantTime.areEqual(key, parts.key)
    }

    private static func parse(_ text: String) -> (cost: PasswordCost, salt: [UInt8], key: [UInt8])?
    {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]),
            let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            let salt = Hexadecimal.bytes(parts[4]), let key = Hexadecimal.bytes(parts[5]),
            !salt.isEmpty, key.count == 32
        else { return nil }
        let cost = PasswordCost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return cost.isSane ? (cost, salt, key) : nil
    }

    private func derive(
        _ password: String, salt: [UInt8], cost: PasswordCost
    ) async throws -> [UInt8] {
        // scrypt wants at least one byte; the length limits keep real passwords above that.
        let bytes = Array(password.utf8.prefix(8_192)) + [0]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        let key = try KDF.Scrypt.deriveKey(
                            from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds,
                            blockSize: cost.blockSize, parallelism: cost.parallelism,
                            maxMemory: nil)
                        return key.withUnsafeBytes { Array($0) }
                    })
            }
        }
    }
}
