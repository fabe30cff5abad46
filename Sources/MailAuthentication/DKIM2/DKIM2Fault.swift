/// Why a DKIM2 field or recipe cannot be used, as one plain sentence.
struct DKIM2Fault: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
