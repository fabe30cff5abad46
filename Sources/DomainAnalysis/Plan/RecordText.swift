/// The text of a DMARC record, changed tag by tag: what the owner wrote beside the changed tags
/// stays as it is.
struct RecordText: Hashable, Sendable {
    private(set) var tags: [(name: String, value: String)]

    init(_ text: String) {
        tags = text.split(separator: ";").compactMap { part in
            let pieces = part.split(separator: "=", maxSplits: 1)
            guard let name = pieces.first else { return nil }
            let trimmed = Self.trim(name)
            guard !trimmed.isEmpty else { return nil }
            return (trimmed, pieces.count > 1 ? Self.trim(pieces[1]) : "")
        }
    }

    static func == (left: Self, right: Self) -> Bool { left.render() == right.render() }
    func hash(into hasher: inout Hasher) { hasher.combine(render()) }

    func value(_ name: String) -> String? {
        tags.first { $0.name.lowercased() == name }?.value
    }

    /// Sets a tag in its place; a new one goes after the tag named, or to the end.
    mutating func set(_ name: String, _ value: String, after other: String? = nil) {
        if let index = tags.firstIndex(where: { $0.name.lowercased() == name }) {
            tags[index].value = value
            return
        }
        if let other, let index = tags.firstIndex(where: { $0.name.lowercased() == other }) {
            tags.insert((name, value), at: index + 1)
        } else {
            tags.append((name, value))
        }
    }

    mutating func remove(_ names: Set<String>) {
        tags.removeAll { names.contains($0.name.lowercased()) }
    }

    func render() -> String {
        tags.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    private static func trim(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
