/// Why a round in a place ended early, in plain words with the cure.
public struct PlaceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Hashable, Sendable {
        /// The server cannot be reached, or its certificate is not believed.
        case connection
        /// The server does not let us in.
        case signIn
        /// The secret cannot be read.
        case secret
        /// The server did not answer in time.
        case silence
        /// The connection broke off.
        case dropped
        /// The server refused a command.
        case refused
        /// The server's answer makes no sense, or is longer than can be.
        case nonsense
        /// A folder cannot be read or changed.
        case folder
    }

    public var code: Code
    public var description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
