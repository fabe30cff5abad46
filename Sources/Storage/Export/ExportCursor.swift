/// How far an export has come: in the audit log, in alerts and in messages.
public struct ExportCursor: Hashable, Sendable, CustomStringConvertible {
    public var audit: Int64
    public var alert: Int64
    public var message: Int64

    /// Before everything.
    public static let start = ExportCursor(audit: 0, alert: 0, message: 0)

    public init(audit: Int64, alert: Int64, message: Int64) {
        self.audit = audit
        self.alert = alert
        self.message = message
    }

    /// Reads `a12.l3.m456`; nil when it is none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, text.utf8.count <= 64 else { return nil }
        func number(_ index: Int, _ letter: Character) -> Int64? {
            guard parts[index].first == letter else { return nil }
            let digits = parts[index].dropFirst()
            guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ 48...57 ~= $0 })
            else { return nil }
            return Int64(digits)
        }
        guard let audit = number(0, "a"), let alert = number(1, "l"), let message = number(2, "m")
        else { return nil }
        self.init(audit: audit, alert: alert, message: message)
    }

    public var description: String { "a\(audit).l\(alert).m\(message)" }

    /// What `description` looks like.
    public static let pattern = #"^a[0-9]{1,18}\.l[0-9]{1,18}\.m[0-9]{1,18}$"#
}
