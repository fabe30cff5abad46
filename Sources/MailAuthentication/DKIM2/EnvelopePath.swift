import Identities

/// A path of an SMTP envelope as DKIM2 compares it (draft-ietf-dkim-dkim2-spec-04 §11.4): the local
/// part as it is, the domain without regard to case.
struct EnvelopePath: Hashable, Sendable {
    /// Empty for the null path.
    let localPart: [UInt8]
    /// In lower case, internationalised names in their ASCII form; empty when there is none.
    let domain: String

    /// Nil when the octets cannot be a path: angle brackets missing where they are required or not
    /// closed, control characters, blanks outside quotes.
    init?(_ octets: some Collection<UInt8>, requiringBrackets: Bool) {
        guard octets.count <= Limits.dkim2PathOctets else { return nil }
        var path = Array(octets)[...]
        if path.first == UInt8(ascii: "<") {
            guard path.count >= 2, path.last == UInt8(ascii: ">") else { return nil }
            path = path.dropFirst().dropLast()
        } else if requiringBrackets {
            return nil
        }
        guard path.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        // RFC 5321 §4.1.2: a source route stands before a colon and is ignored.
        if path.first == UInt8(ascii: "@") {
            guard let colon = path.firstIndex(of: Octet.colon) else { return nil }
            path = path[(colon + 1)...]
        }
        guard let at = path.lastIndex(of: UInt8(ascii: "@")) else {
            localPart = Array(path)
            domain = ""
            return
        }
        guard at > path.startIndex, at + 1 < path.endIndex else { return nil }
        let host = path[(at + 1)...]
        localPart = Array(path[..<at])
        domain =
            DomainName(utf8: host)?.text
            ?? String(decoding: host.map(\.lowercased), as: UTF8.self)
    }

    /// `<>`, the sender of bounces.
    var isNull: Bool { localPart.isEmpty && domain.isEmpty }

    /// The path with its angle brackets.
    var text: String {
        let local = String(decoding: localPart, as: UTF8.self)
        return domain.isEmpty ? "<\(local)>" : "<\(local)@\(domain)>"
    }

    /// The relaxed domain match of §9: `name` is `other` or a name below it.
    static func isEqualOrBelow(_ name: String, _ other: String) -> Bool {
        guard !name.isEmpty, !other.isEmpty else { return false }
        return name == other || (name.hasSuffix(other) && name.dropLast(other.count).last == ".")
    }
}
