/// How far a conversation with a server came.
public enum SMTPStage: Int, Hashable, Comparable, Sendable, CaseIterable {
    case connect
    case greeting
    case hello
    case startTLS
    case handshake
    case mail
    case recipient
    case data
    /// Content is on its way, or its reply is awaited.
    case content
    case reset

    public static func < (left: SMTPStage, right: SMTPStage) -> Bool {
        left.rawValue < right.rawValue
    }
}
