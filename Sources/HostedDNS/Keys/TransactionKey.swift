public import DNS

/// A secret that we share with a name server, to prove that a change comes from us (RFC 8945).
///
/// The secret is in no description and in no dump.
public struct TransactionKey: Hashable, Sendable {
    /// RFC 8945 §6; older ones are not taken.
    public enum Algorithm: String, CaseIterable, Sendable {
        case sha256 = "hmac-sha256"
        case sha384 = "hmac-sha384"
        case sha512 = "hmac-sha512"

        /// How it is named in messages.
        var name: DNSName { DNSName(labels: [Array(rawValue.utf8)]) ?? .root }

        /// Octets of a code.
        var codeLength: Int {
            switch self {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }
    }

    public let name: DNSName
    public let algorithm: Algorithm
    let secret: [UInt8]

    /// Nil when the secret is too short to be one, or too long.
    public init?(name: DNSName, algorithm: Algorithm, secret: [UInt8]) {
        guard Limits.secret.contains(secret.count), !name.isRoot else { return nil }
        self.name = name
        self.algorithm = algorithm
        self.secret = secret
    }
}

extension TransactionKey: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Name and algorithm.
    public var description: String { "\(name) (\(algorithm.rawValue))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["name": name.description]) }
}
