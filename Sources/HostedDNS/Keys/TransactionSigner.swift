import Crypto
public import DNS

/// Signs messages with a shared secret, and proves that an answer comes from who shares it
/// (RFC 8945 §5).
public struct TransactionSigner: Sendable {
    private let key: TransactionKey

    /// The name of its key.
    public var keyName: DNSName { key.name }

    public init(key: TransactionKey) {
        self.key = key
    }

    /// A message as it is sent, and the code by which its answer is recognised.
    public struct Request: Hashable, Sendable {
        public let bytes: [UInt8]
        public let code: [UInt8]
    }

    /// Signs a message; nil when it has no room for a signature.
    ///
    /// - Parameter now: seconds since 1970.
    public func sign(_ message: [UInt8], now: UInt64) -> Request? {
        guard message.count >= 12 else { return nil }
        var signature = TransactionSignature(
            keyName: key.name, algorithm: key.algorithm.name, signedAt: now, fudge: Limits.fudge,
            originalID: UInt16(message[0]) << 8 | UInt16(message[1]))
        signature.authenticationCode = code(signature.covered(message: message))
        guard let bytes = signature.append(to: message) else { return nil }
        return Request(bytes: bytes, code: signature.authenticationCode)
    }

    /// What is wrong with an answer.
    public enum Fault: Error, Hashable, Sendable {
        case unsigned
        case unreadable(String)
        /// The server says that it does not take our signature. Only a wrong time is said with
        /// proof (RFC 8945 §5.2.3); anybody can say the others.
        case refused(TransactionSignature.Fault, serverTime: UInt64?)
        case otherKey
        case forged
        /// Seconds between the two clocks.
        case clocksDiffer(Int64)
    }

    /// Proves an answer, and gives it without its signature.
    public func verify(
        _ answer: [UInt8], of request: Request, now: UInt64
    ) throws(Fault) -> [UInt8] {
        let signed: SignedMessage?
        do {
            signed = try SignedMessage.parse(answer)
        } catch {
            throw .unreadable(error.description)
        }
        guard let signed else { throw .unsigned }
        let signature = signed.signature
        guard signature.fault == .none || !signature.authenticationCode.isEmpty else {
            throw .refused(signature.fault, serverTime: nil)
        }
        guard signature.keyName == key.name, signature.algorithm == key.algorithm.name else {
            throw .otherKey
        }
        // Shortened codes (RFC 8945 §5.2.2.1) are not asked for, and not taken.
        let covered = signature.covered(message: signed.unsigned, requestCode: request.code)
        guard signature.authenticationCode.count == key.algorithm.codeLength,
            isCode(signature.authenticationCode, of: covered)
        else { throw .forged }
        guard signature.fault == .none else {
            throw .refused(signature.fault, serverTime: signature.serverTime)
        }
        let (earlier, later) = (min(now, signature.signedAt), max(now, signature.signedAt))
        guard later - earlier <= UInt64(min(signature.fudge, Limits.fudge)) else {
            throw .clocksDiffer(Int64(clamping: later - earlier))
        }
        return signed.unsigned
    }

    private func code(_ octets: [UInt8]) -> [UInt8] {
        let secret = SymmetricKey(data: key.secret)
        return switch key.algorithm {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: octets, using: secret))
        case .sha384: Array(HMAC<SHA384>.authenticationCode(for: octets, using: secret))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: octets, using: secret))
        }
    }

    /// In constant time.
    private func isCode(_ code: [UInt8], of octets: [UInt8]) -> Bool {
        let secret = SymmetricKey(data: key.secret)
        return switch key.algorithm {
        case .sha256:
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: octets, using: secret)
        case .sha384:
            HMAC<SHA384>.isValidAuthenticationCode(code, authenticating: octets, using: secret)
        case .sha512:
            HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: octets, using: secret)
        }
    }
}
