/// Why a field or a chain of ARC sets cannot hold, in one plain sentence.
struct ARCDefect: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
