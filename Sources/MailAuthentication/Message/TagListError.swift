/// Why octets are no list of tags.
struct TagListError: Error, Equatable {
    enum Kind: Equatable, Sendable {
        case duplicate(String)
        case badName
        case noEqualsSign
        /// Nothing stands between two semicolons, or at all.
        case emptyTag
        case tooMany
    }

    let kind: Kind
    /// Where, counted from the first octet that was parsed.
    let offset: Int

    init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// For a person.
    var reason: String {
        switch kind {
        case .duplicate(let name): "The tag \(name)= stands twice."
        case .badName: "The name of a tag is not valid (at octet \(offset))."
        case .noEqualsSign: "A tag has no equals sign (at octet \(offset))."
        case .emptyTag: "There is no tag where one must stand (at octet \(offset))."
        case .tooMany: "There are more than \(Limits.tagListTags) tags."
        }
    }
}
