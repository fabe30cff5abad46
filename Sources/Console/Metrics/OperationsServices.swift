/// What the program tells those who watch over it, handed in.
public struct OperationsServices: Sendable {
    /// Who may read `/metrics`.
    public enum Access: Sendable, Hashable {
        case off
        /// Programs on this machine that come without a proxy.
        case loopback
        /// Whoever shows this secret: `Authorization: Bearer SECRET`.
        case token(String)
    }

    let access: Access
    let metrics: @Sendable () async -> [Metric]
    let readiness: @Sendable () async -> [Readiness]

    public init(
        access: Access = .loopback,
        metrics: @escaping @Sendable () async -> [Metric] = { [] },
        readiness: @escaping @Sendable () async -> [Readiness] = { [] }
    ) {
        self.access = access
        self.metrics = metrics
        self.readiness = readiness
    }
}

/// Whether one part of the program can do its work now.
public struct Readiness: Hashable, Sendable {
    /// `spool`, `database`, ….
    public var part: String
    public var isReady: Bool
    /// What is so or what is wrong, in one sentence.
    public var sentence: String

    public init(_ part: String, isReady: Bool, _ sentence: String) {
        self.part = part
        self.isReady = isReady
        self.sentence = sentence
    }
}
