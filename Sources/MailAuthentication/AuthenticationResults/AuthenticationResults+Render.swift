extension AuthenticationResults {
    /// The value of the field on one line.
    ///
    /// Control characters never get into it. Where the message carries ASCII only, so does the
    /// value: domains in their ASCII form, other signs as question marks.
    public func render(isInternationalised: Bool = false) -> String {
        var field = FieldText(isInternationalised: isInternationalised)
        field.append(identifier: authservID)
        if let version { field.append(" \(version)") }
        guard !methods.isEmpty else {
            field.append("; none")
            if let comment { field.append(" "); field.append(comment: comment) }
            return field.text
        }
        for method in methods {
            field.append("; ")
            method.append(to: &field)
        }
        return field.text
    }

    /// The whole field, folded to lines of at most 78 characters where it has blanks, without a
    /// line end behind it.
    public func renderField(isInternationalised: Bool = false) -> String {
        FieldText.folded(
            "Authentication-Results: " + render(isInternationalised: isInternationalised))
    }

    /// The ARC-Authentication-Results field of one instance (RFC 8617 §4.1.1), folded likewise.
    public func renderARCField(instance: Int, isInternationalised: Bool = false) -> String {
        FieldText.folded(
            "ARC-Authentication-Results: i=\(instance); "
                + render(isInternationalised: isInternationalised))
    }
}

extension MethodResult {
    /// The result as it stands in the field, on one line.
    public func render(isInternationalised: Bool = false) -> String {
        var field = FieldText(isInternationalised: isInternationalised)
        append(to: &field)
        return field.text
    }

    func append(to field: inout FieldText) {
        field.append(Self.keyword(method))
        if let version { field.append("/\(version)") }
        field.append("=" + Self.keyword(result))
        if let comment {
            field.append(" ")
            field.append(comment: comment)
        }
        if let reason {
            field.append(" reason=")
            field.append(reason: reason)
        }
        for property in properties {
            field.append(" ")
            field.append(Self.keyword(property.name.type) + ".")
            field.append(Self.keyword(property.name.property) + "=")
            field.append(value: property.value)
            if let comment = property.comment {
                field.append(" ")
                field.append(comment: comment)
            }
        }
    }

    /// Keywords are chosen by us or come from a parser; anything else in them is a mistake that
    /// must not break the field.
    private static func keyword(_ word: String) -> String {
        let octets = word.utf8.filter(FieldWords.isKeyword)
        return octets.isEmpty ? "x" : String(decoding: octets, as: UTF8.self)
    }
}
