import Identities

/// The text of an SPF record, changed term by term (RFC 7208 §4.5).
struct SPFText: Hashable, Sendable {
    private(set) var terms: [String]

    /// Nil when the text is no SPF record.
    init?(_ text: String) {
        terms = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard terms.first?.lowercased() == "v=spf1" else { return nil }
    }

    /// Says that the domain sends no mail at all.
    var sendsNothing: Bool { terms.dropFirst().map { $0.lowercased() } == ["-all"] }

    /// The domains named by `include`, as written.
    var includes: [String] {
        terms.compactMap { term in
            let bare = Self.withoutQualifier(term)
            return bare.lowercased().hasPrefix("include:") ? String(bare.dropFirst(8)) : nil
        }
    }

    /// Look-ups that the terms themselves cause; what they lead to is not counted.
    var lookups: Int {
        terms.count { term in
            let bare = Self.withoutQualifier(term).lowercased()
            let name = bare.prefix { $0.isLetter }
            return ["include", "a", "mx", "ptr", "exists", "redirect"].contains(name)
        }
    }

    func includes(_ domain: String) -> Bool {
        includes.contains { $0.lowercased() == domain.lowercased() }
    }

    /// Puts an include before the term that decides about everything else.
    mutating func add(include domain: String) {
        let end =
            terms.firstIndex { term in
                let bare = Self.withoutQualifier(term).lowercased()
                return bare == "all" || bare.hasPrefix("redirect=")
            } ?? terms.count
        terms.insert("include:\(domain)", at: end)
    }

    mutating func remove(include domain: String) {
        terms.removeAll {
            Self.withoutQualifier($0).lowercased() == "include:\(domain.lowercased())"
        }
    }

    func render() -> String { terms.joined(separator: " ") }

    private static func withoutQualifier(_ term: String) -> Substring {
        guard let first = term.first, "+-~?".contains(first) else { return Substring(term) }
        return term.dropFirst()
    }
}
