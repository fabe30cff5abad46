import Storage

/// Signs and names for changes of the DNS.
enum ChangeWords {
    /// A sign beside the words, for who tells no colours apart.
    static func sign(_ state: ChangeState) -> String {
        switch state {
        case .proposed: "○"
        case .applying, .pending: "◐"
        case .visible: "●"
        case .overdue, .changedOutside: "✕"
        case .replaced, .undone, .dismissed: "–"
        }
    }
}
