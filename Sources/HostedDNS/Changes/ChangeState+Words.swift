public import Storage

extension ChangeState {
    /// How it is said to people.
    public var words: String {
        switch self {
        case .proposed: "proposed, and not made yet"
        case .applying: "being made; the server's answer is not known yet"
        case .pending: "made; not all servers show it yet"
        case .visible: "in force: all servers of the zone show it"
        case .overdue: "made, but never became visible on all servers"
        case .changedOutside: "changed outside: somebody else has changed these records since"
        case .replaced: "replaced by a later change"
        case .undone: "taken back"
        case .dismissed: "dismissed"
        }
    }
}
