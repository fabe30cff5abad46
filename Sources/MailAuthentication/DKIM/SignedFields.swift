/// Which header fields a signer covers.
public struct SignedFields: Hashable, Sendable {
    /// Fields that are signed as often as they stand, in small letters.
    public var present: [String]
    /// Of these one more is signed than stands there, so that nobody can add another one without
    /// breaking the signature (RFC 6376 §8.15).
    public var sealed: [String]

    /// Names in any case of letters.
    public init(present: [String], sealed: [String]) {
        self.present = present
        self.sealed = sealed
    }

    /// RFC 6376 §5.4.1's list, and what decides how a reader sees the message; RFC 8058 §4 wants
    /// List-Unsubscribe signed. Sender and the List- fields are not sealed, because mailing lists
    /// add them.
    public static let recommended = SignedFields(
        present: [
            "sender", "in-reply-to", "references", "content-disposition", "content-id",
            "resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc",
            "resent-message-id", "list-id", "list-help", "list-unsubscribe",
            "list-unsubscribe-post", "list-subscribe", "list-post", "list-owner", "list-archive",
            "autocrypt", "feedback-id",
        ],
        sealed: [
            "from", "to", "cc", "subject", "date", "reply-to", "message-id", "mime-version",
            "content-type", "content-transfer-encoding",
        ])

    /// `h=` for a message: each name as often as it stands, sealed ones once more.
    func names(for fields: [RawField]) -> [String] {
        var counts: [String: Int] = [:]
        for field in fields { counts[field.name.lowercased(), default: 0] += 1 }
        var names: [String] = []
        for name in sealed {
            let name = name.lowercased()
            names += Array(repeating: name, count: (counts.removeValue(forKey: name) ?? 0) + 1)
        }
        for name in present {
            let name = name.lowercased()
            names += Array(repeating: name, count: counts.removeValue(forKey: name) ?? 0)
        }
        return names
    }
}
