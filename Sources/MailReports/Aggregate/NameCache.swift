import Identities

/// Remembers what names were read to, as all records of a report speak of few.
struct NameCache: Sendable {
    private struct Entry: Sendable {
        var sent = ""
        var name = ""
    }

    private var entries = Array(repeating: Entry(), count: slotCount)
    private static let slotCount = 16

    /// The name in lower case and A-labels; nil when the bytes are none.
    mutating func name(_ bytes: XMLBytes) -> String? {
        let slot = Int(truncatingIfNeeded: TextCache.hash(bytes)) & (Self.slotCount - 1)
        if TextCache.isSame(entries[slot].sent, bytes), !entries[slot].sent.isEmpty {
            return entries[slot].name
        }
        guard let name = DomainName(utf8: bytes) else { return nil }
        let sent = String(decoding: bytes, as: UTF8.self)
        entries[slot] = Entry(sent: sent, name: name.text)
        return name.text
    }
}
