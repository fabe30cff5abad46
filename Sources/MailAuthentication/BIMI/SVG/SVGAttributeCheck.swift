/// Holds the attributes of one element against the profile.
struct SVGAttributeCheck {
    private let element: SVGElement
    private let content: SVGTinyPSProfile.Content?
    private let isRoot: Bool

    /// `content` is nil for an element that is not of the profile: only what is dangerous anywhere
    /// is told then.
    init(_ element: SVGElement, _ content: SVGTinyPSProfile.Content?, isRoot: Bool) {
        self.element = element
        self.content = content
        self.isRoot = isRoot
    }

    func run(
        add: (SVGViolation) -> Void, identifier: (String) -> Void, target: (String) -> Void
    ) {
        for attribute in element.attributes {
            guard let key = attribute.name.attributeKey else {
                add(
                    told(
                        .foreignAttribute, attribute,
                        "\(attribute.name.written.reasonExcerpt) is no attribute of SVG."))
                continue
            }
            if key == "id" || key == "xml:id" { identifier(attribute.value) }
            if let violation = danger(key, attribute) {
                add(violation)
                continue
            }
            if element.name.local == "use", key == "href" || key == "xlink:href" {
                target(String(attribute.value.trimmedASCII.dropFirst()))
            }
            if let violation = departure(key, attribute) { add(violation) }
        }
    }

    /// What is refused on any element.
    private func danger(_ key: String, _ attribute: SVGElement.Attribute) -> SVGViolation? {
        let lower = attribute.value.loweredASCII
        if key.count > 2, key.loweredASCII.hasPrefix("on") {
            return told(
                .eventAttribute, attribute,
                "\(key.reasonExcerpt) starts a program when something happens, which is not allowed."
            )
        }
        if key == "style" {
            return told(
                .style, attribute,
                "style is not allowed: each property has an attribute of its own.")
        }
        if lower.withoutBlanks.contains("javascript:") {
            return told(
                .script, attribute, "\(key.reasonExcerpt) holds a program, which is not allowed.")
        }
        if SVGTinyPSProfile.references.contains(key) {
            return reference(key, attribute, lower.trimmedASCII)
        }
        if lower.utf8.contains(UInt8(ascii: "\\")) {
            return told(
                .attributeValue, attribute,
                "\(key.reasonExcerpt) holds a backslash, behind which an address can be hidden.")
        }
        return outsideAddress(in: lower) ? external(attribute) : nil
    }

    private func reference(
        _ key: String, _ attribute: SVGElement.Attribute, _ value: String
    ) -> SVGViolation? {
        if key == "xml:base" { return value.isEmpty ? nil : external(attribute) }
        if value.hasPrefix("#") { return nil }
        if value.hasPrefix("data:") {
            return told(
                .embeddedData, attribute,
                "\(attribute.name.written) holds embedded data, which is not allowed.")
        }
        return external(attribute)
    }

    private func external(_ attribute: SVGElement.Attribute) -> SVGViolation {
        told(
            .externalReference, attribute,
            "\(attribute.name.written.reasonExcerpt) points outside the file"
                + " (“\(attribute.value.reasonExcerpt)”), which is not allowed.")
    }

    /// Whether a `url(…)` leads anywhere but to an element of the same file.
    private func outsideAddress(in value: String) -> Bool {
        var rest = Array(value.utf8)[...]
        let mark = Array("url(".utf8)
        while let start = rest.firstIndex(of: mark[0]) {
            rest = rest[start...]
            guard rest.starts(with: mark) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(mark.count)
            let address = rest.drop {
                $0.isWhitespace || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"")
            }
            if address.first != UInt8(ascii: "#") { return true }
        }
        return false
    }

    /// What the profile does not know of this element.
    private func departure(_ key: String, _ attribute: SVGElement.Attribute) -> SVGViolation? {
        guard let content else { return nil }
        let name = element.name.local
        if isRoot {
            if key == "x" || key == "y" {
                return told(
                    .rootPosition, attribute, "<svg> may have no \(key) attribute.")
            }
            // Told by `SVGRootCheck` with their own rules.
            if key == "version" || key == "baseProfile" || key == "viewBox" { return nil }
            if key == "preserveAspectRatio", !Self.isAspectRatio(attribute.value) {
                return value(attribute, "none or xMidYMid meet")
            }
        }
        let isKnown =
            content.attributes.contains(key)
            || key == "xlink:href" && content.attributes.contains("href")
        guard isKnown else {
            return told(
                .attributeNotAllowed, attribute,
                "<\(name)> may have no \(attribute.name.written.reasonExcerpt) attribute.")
        }
        if let allowed = SVGTinyPSProfile.values[key], !allowed.contains(attribute.value) {
            return value(attribute, allowed.sorted().joined(separator: ", "))
        }
        return nil
    }

    private static func isAspectRatio(_ value: String) -> Bool {
        let words = value.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, first == "none" || first == "xMidYMid" else { return false }
        return words.count == 1 || words.count == 2 && words[1] == "meet"
    }

    private func value(_ attribute: SVGElement.Attribute, _ allowed: String) -> SVGViolation {
        told(
            .attributeValue, attribute,
            "\(attribute.name.written) is “\(attribute.value.reasonExcerpt)”; allowed is \(allowed)."
        )
    }

    private func told(
        _ code: SVGViolation.Code, _ attribute: SVGElement.Attribute, _ reason: String
    ) -> SVGViolation {
        SVGViolation(
            code, element: element.name.written, attribute: attribute.name.written,
            line: element.line, reason: reason)
    }
}

extension String {
    fileprivate var loweredASCII: String {
        String(decoding: utf8.map(\.lowercased), as: UTF8.self)
    }

    fileprivate var trimmedASCII: String {
        String(decoding: TagList.trimmed(Array(utf8)[...]), as: UTF8.self)
    }

    /// Browsers pass over blanks and controls in the name of a scheme.
    fileprivate var withoutBlanks: String {
        String(decoding: utf8.filter { $0 > 0x20 }, as: UTF8.self)
    }
}
