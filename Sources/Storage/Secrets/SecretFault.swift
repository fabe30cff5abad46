/// Why a secret in the database cannot be read or written; the description is for whoever runs
/// Sealgate, and names files.
public enum SecretFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// This program was given no place for a key.
    case noPlace
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case open(path: String)
    case malformed(path: String)
    case cannotBeMade(path: String, reason: String)
    /// The database was written with another key.
    case otherKey(path: String)
    /// What is in the database was not sealed with this key for this person.
    case damaged(String)

    public var description: String {
        switch self {
        case .noPlace: "There is no key for the secrets of second steps."
        case .missing(let path):
            "The key file \(path) is missing, and secrets of second steps are sealed with it. "
                + "Put it back from a backup, or copy it from another node. If it is gone for "
                + "good, switch every second step off with 'sealgate people reset-code NAME'; a "
                + "new key is made then."
        case .unreadable(let path, let reason):
            "The key file \(path) cannot be read: \(reason). It belongs to the user that Sealgate "
                + "runs as."
        case .open(let path):
            "The key file \(path) can be read by others than its owner. Run: chmod 600 \(path)"
        case .malformed(let path):
            "The key file \(path) is damaged: it holds 64 hexadecimal digits and nothing else. Put "
                + "it back from a backup."
        case .cannotBeMade(let path, let reason):
            "The key file \(path) cannot be made: \(reason)."
        case .otherKey(let path):
            "The key file \(path) is not the one with which the secrets in this database are "
                + "sealed. Nodes that share a database share this file: copy it from the first."
        case .damaged(let what):
            "\(what) in the database was not sealed by this key for this person: it was damaged, "
                + "or written by somebody else."
        }
    }
}
