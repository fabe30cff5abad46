/// Why nobody was signed in, in plain words that repeat nothing of what was sent.
public struct SignInFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The provider cannot be reached, did not answer in time, or answers too long.
        case unreachable
        /// The provider's metadata is not what it has to be.
        case metadata
        /// The provider's keys cannot be read.
        case keys
        /// The provider did not take the code.
        case code
        /// The token cannot be read.
        case malformed
        /// The token is signed in a way that is not taken.
        case algorithm
        /// No key of the provider fits the token.
        case unknownKey
        case signature
        case issuer
        case audience
        case expired
        case issuedAt
        case nonce
        case subject
        /// Too many sign-ins at once.
        case busy
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
