/// The outcome of DKIM2 for a message, a hop or an instance, in the words of Authentication-Results
/// (draft-ietf-dkim-dkim2-spec-04 §11.1).
public enum DKIM2Result: String, Sendable, Codable, CaseIterable {
    /// The message has no DKIM2 signature; of a hop or an instance: it was not checked.
    case none
    case pass
    /// A signature or a hash is wrong, or a request not to change the message was not honoured.
    case fail
    /// A key could not be fetched for the moment.
    case temperror
    /// It can never verify: a field or key is missing or malformed, or the way of the message does
    /// not fit its signatures.
    case permerror

    /// What holds for the whole when both hold for parts: what is certain goes before what may
    /// still change.
    func combined(with other: DKIM2Result) -> DKIM2Result {
        rank >= other.rank ? self : other
    }

    private var rank: Int {
        switch self {
        case .none: 0
        case .pass: 1
        case .temperror: 2
        case .fail: 3
        case .permerror: 4
        }
    }
}
