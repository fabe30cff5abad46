import Crypto
import SQLDatabase
import Synchronization

/// Keeps secrets that must be known again from whoever reads the database alone: AES-256-GCM under
/// a key that lies in a file beside it.
///
/// The database notes which key is in use, so that no second one is made where the first is
/// missing, and no node seals with a key of its own.
public final class SecretVault: Sendable {
    private enum Place {
        case none
        case file(SecretKeyFile)
        case memory(SymmetricKey)
    }

    private let place: Place
    /// The key of the file, once it was read: a file that is put back later is found.
    private let known = Mutex<SymmetricKey?>(nil)

    private init(_ place: Place) { self.place = place }

    /// Keeps its key in a file, which is made when a first secret is sealed.
    public convenience init(path: String) { self.init(.file(SecretKeyFile(path: path))) }

    /// Has no key: nothing can be sealed or opened.
    public static let none = SecretVault(.none)

    /// A key that lives as long as the program: for tests.
    public static func inMemory() -> SecretVault {
        SecretVault(.memory(SymmetricKey(size: .bits256)))
    }

    // MARK: Sealing

    /// Seals a secret. Without any key in use, one is made and noted.
    ///
    /// - Parameter owner: what the secret belongs to; it opens for nothing else.
    func seal(
        _ secret: [UInt8], for owner: String, in transaction: any SQLTransaction
    ) throws -> [UInt8] {
        let key = try keyForSealing(in: transaction)
        let box = try AES.GCM.seal(secret, using: key, authenticating: Array(owner.utf8))
        guard let combined = box.combined else { throw SecretFault.damaged("A secret") }
        return [Self.version] + Array(combined)
    }

    /// Opens what `seal` made for the same owner.
    ///
    /// - Throws: `SecretFault`.
    func open(
        _ sealed: [UInt8], for owner: String, what: String, in transaction: any SQLTransaction
    ) throws -> [UInt8] {
        let key = try keyInUse(in: transaction)
        guard sealed.first == Self.version,
            let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
            let secret = try? AES.GCM.open(box, using: key, authenticating: Array(owner.utf8))
        else { throw SecretFault.damaged(what) }
        return Array(secret)
    }

    /// True once secrets of this database are sealed: whatever lies open was put there later.
    func isInUse(in transaction: any SQLTransaction) throws -> Bool {
        try Self.notedKey(transaction) != nil
    }

    /// The first octet of what is sealed: AES-256-GCM, nonce, secret and tag.
    private static let version: UInt8 = 1

    // MARK: The key

    private func keyInUse(in transaction: any SQLTransaction) throws -> SymmetricKey {
        let key = try read()
        guard let key else { throw SecretFault.missing(path: path) }
        guard try Self.notedKey(transaction) == Self.fingerprint(key) else {
            throw SecretFault.otherKey(path: path)
        }
        return key
    }

    private func keyForSealing(in transaction: any SQLTransaction) throws -> SymmetricKey {
        // Of two nodes that need a first key at once, the second waits here and finds the note.
        try transaction.execute("UPDATE secret_key SET fingerprint = fingerprint WHERE id = 1")
        if try Self.notedKey(transaction) != nil {
            let sealed = try transaction.rows("SELECT COUNT(*) FROM second_factor")[0].integer(0)
            // Where nothing is sealed any more, a key that was lost is not missed.
            if sealed > 0 { return try keyInUse(in: transaction) }
        }
        let key = try read() ?? make()
        // The file is on the disk by now: what is sealed below can be opened after a crash.
        try transaction.execute(
            "UPDATE secret_key SET fingerprint = ? WHERE id = 1", [.text(Self.fingerprint(key))])
        return key
    }

    private func read() throws -> SymmetricKey? {
        switch place {
        case .none: throw SecretFault.noPlace
        case .memory(let key): return key
        case .file(let file):
            if let key = known.withLock({ $0 }) { return key }
            guard let key = try file.read() else { return nil }
            known.withLock { $0 = key }
            return key
        }
    }

    private func make() throws -> SymmetricKey {
        guard case .file(let file) = place else { throw SecretFault.noPlace }
        let key = try file.make()
        known.withLock { $0 = key }
        return key
    }

    private var path: String {
        if case .file(let file) = place { file.path } else { "(none)" }
    }

    private static func notedKey(_ transaction: any SQLTransaction) throws -> String? {
        let noted = try transaction.rows("SELECT fingerprint FROM secret_key WHERE id = 1")
        return noted.first.map { $0.text(0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Tells keys apart, and tells nothing about a key.
    private static func fingerprint(_ key: SymmetricKey) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("sealgate key".utf8), using: key)
        return Hexadecimal.text(Array(code).prefix(16))
    }
}
