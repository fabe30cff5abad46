/// A start tag of a logo.
struct SVGElement {
    /// One attribute; its value has its character references resolved.
    struct Attribute {
        let name: SVGName
        let value: String
    }

    let name: SVGName
    let attributes: [Attribute]
    /// The line on which the tag begins, from 1.
    let line: Int
}

/// The name of an element or attribute with its namespace.
struct SVGName {
    let local: String
    let prefix: String?
    let namespace: String?

    /// As it stands in the file.
    var written: String { prefix.map { $0 + ":" + local } ?? local }

    /// The name by which the tables of the profile know an attribute; nil for one of a foreign
    /// namespace. Prefixes are the author's choice, namespaces are not.
    var attributeKey: String? {
        switch namespace {
        case nil: local
        case SVGTinyPSProfile.xmlNamespace: "xml:" + local
        case SVGTinyPSProfile.linkNamespace: "xlink:" + local
        default: nil
        }
    }
}
