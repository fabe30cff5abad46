public import MailAuthentication

/// Header fields from outside that speak in our name, or in the name of the system behind us: they
/// are taken out, so that whoever reads the mail later can believe what stands there (RFC 8601 §5).
public struct ForgedFields: Sendable {
    private let filter: AuthenticationResultsFilter
    private let stamp: VerdictStamp

    /// Prefixes, in lower case, of fields that only the system behind us may write: Exchange takes
    /// some of them for its own word.
    private static let prefixes: [[UInt8]] = [
        "x-ms-exchange-organization-", "x-ms-exchange-crosstenant-", "x-forefront-",
        "x-ms-exchange-skiplistedinternetsender", "x-ms-exchange-externaloriginalinternetsender",
    ].map { Array($0.utf8) }

    public init(authservID: String, stamp: VerdictStamp) {
        filter = AuthenticationResultsFilter(authservIDs: [authservID])
        self.stamp = stamp
    }

    /// The places of such fields among the fields of a message, from the top.
    public func indices(in message: RawMessage) -> [Int] {
        var found: [Int] = []
        for (index, field) in message.fields.enumerated()
        where isForged(field) { found.append(index) }
        guard message.fields.contains(where: { $0.isNamed("Authentication-Results") }) else {
            return found
        }
        found += filter.filter(message).removed.map(\.index)
        return found.sorted()
    }

    private func isForged(_ field: RawField) -> Bool {
        let name = field.nameOctets
        guard name.count > 8, let first = name.first, first | 0x20 == UInt8(ascii: "x") else {
            return false
        }
        if field.isNamed("X-Sealgate-Verdict") { return true }
        return Self.prefixes.contains { prefix in
            name.count >= prefix.count
                && zip(name, prefix).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }

    /// The edits that take fields out of a content, each with its line end.
    static func removals(
        _ indices: [Int], from content: UnsafeRawBufferPointer, _ message: RawMessage
    ) -> [ContentEdit] {
        indices.map { index in
            let range = message.fields[index].range
            var end = range.upperBound
            if end < content.count, content[end] == 0x0D { end += 1 }
            if end < content.count, content[end] == 0x0A { end += 1 }
            return ContentEdit(range.lowerBound..<end, [])
        }
    }

    /// The content of a message in memory without some of its fields; the body stays as it is.
    public static func removing(
        _ indices: [Int], from octets: [UInt8], _ message: RawMessage
    ) -> [UInt8] {
        let edits = octets.withUnsafeBytes { removals(indices, from: $0, message) }
        return ContentEdit.apply(edits, to: octets)
    }
}
