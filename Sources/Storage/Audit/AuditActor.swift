/// Who or what changed something.
public struct AuditActor: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Somebody who signed in.
        case person
        /// A program that showed an API token.
        case token
        /// A rule that people agreed on before.
        case rule
        /// Somebody at the command line of the machine.
        case commandLine = "command-line"
    }

    public var kind: Kind
    /// The account's or the token's number; nil where there is none.
    public var id: Int64?
    public var name: String

    public init(_ kind: Kind, id: Int64? = nil, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }
}
