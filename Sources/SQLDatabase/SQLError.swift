/// What a database refused or could not do, with what a person can do about it.
public struct SQLError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case full, readOnly, cannotOpen, busy, connectionLost, corrupt, constraint, statement
        case version, other
    }

    public var code: Code
    /// What was being done, what the engine said, and the cure.
    public var message: String
    /// True when the same call may succeed later (busy, connection lost, disk full).
    public var isTemporary: Bool

    public init(_ code: Code, _ message: String, isTemporary: Bool = false) {
        self.code = code
        self.message = message
        self.isTemporary = isTemporary
    }

    public var description: String { message }
}
