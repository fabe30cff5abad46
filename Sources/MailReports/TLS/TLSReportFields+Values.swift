/// Values of JSON members, in whatever type they were sent.
extension TLSReportFields {
    /// A member by its name; in another case of letters or with `_` for `-`, when not as written.
    mutating func member(_ name: String, of value: JSONValue, at place: String) -> JSONValue? {
        if let exact = value[name] { return exact }
        guard case .object(let members) = value else { return nil }
        let found = members.first {
            $0.name.count == name.count
                && $0.name.lowercased().map { $0 == "_" ? "-" : $0 } == Array(name)
        }
        guard let found else { return nil }
        repairs.add(
            .letterCase, .note, at: join(place, name),
            "The name “\(SafeText.line(found.name, limit: 60))” was read as “\(name)”.")
        return found.value
    }

    /// A text; numbers are written out, null and nothing are nil.
    mutating func text(_ name: String, of value: JSONValue, at place: String) -> String? {
        switch member(name, of: value, at: place) {
        case nil: return nil
        case .null?:
            repairs.add(
                .wrongType, .note, at: join(place, name), "“null” was read as nothing.")
            return nil
        case .string(let text)?: return shortened(text)
        case .integer(let number)?:
            wrongType(.integer(number), "text", at: join(place, name), .note)
            return String(number)
        case .decimal(let number)?:
            wrongType(.decimal(number), "text", at: join(place, name), .note)
            return String(number)
        case let other?:
            wrongType(other, "text", at: join(place, name), .repair)
            return nil
        }
    }

    /// Texts of the first of these members that is there: a list, or one text for a list of one.
    mutating func texts(_ names: [String], of value: JSONValue, at place: String) -> [String] {
        for name in names {
            guard let found = member(name, of: value, at: place), found != .null else { continue }
            switch found {
            case .array(let items):
                return items.prefix(limits.policies).compactMap { item in
                    if case .string(let text) = item { return shortened(text) }
                    wrongType(item, "text", at: join(place, name), .repair)
                    return nil
                }
            case .string(let text):
                // RFC 8460's own example writes mx-host as one text.
                wrongType(found, "a list", at: join(place, name), .note)
                return [shortened(text)]
            default: wrongType(found, "a list", at: join(place, name), .repair)
            }
        }
        return []
    }

    /// A count of sessions: at least 0; 0 for what cannot be read.
    mutating func count(_ name: String, of value: JSONValue, at place: String) -> Int64 {
        let here = join(place, name)
        let number: Int64?
        switch member(name, of: value, at: place) {
        case nil, .null?:
            missing(name, at: place)
            return 0
        case .integer(let integer)?: number = integer
        case .decimal(let decimal)?: number = Int64(exactly: decimal.rounded())
        case .string(let text)?:
            number = Int64(text.filter { $0 != " " && $0 != "," })
            if number != nil { wrongType(.string(text), "a number", at: here, .note) }
        default: number = nil
        }
        guard let number else {
            repairs.add(
                .invalidCount, .repair, at: here, "The count is no number; it was taken for 0.")
            return 0
        }
        guard number >= 0 else {
            repairs.add(
                .negativeCount, .repair, at: here,
                "The count is negative (\(number)); it was taken for 0.")
            return 0
        }
        return number
    }

    /// The items of a list; one object stands for a list of one.
    mutating func list(_ value: JSONValue, at place: String) -> [JSONValue] {
        if case .array(let items) = value { return items }
        wrongType(value, "a list", at: place, .note)
        return [value]
    }

    mutating func wrongType(
        _ value: JSONValue, _ wanted: String, at place: String, _ weight: Repair.Weight
    ) {
        repairs.add(
            .wrongType, weight, at: place,
            "\(value.kind.prefix(1).uppercased())\(value.kind.dropFirst()) stands where "
                + "\(wanted) belongs; it was "
                + (weight == .note ? "read as one." : "left out."))
    }

    mutating func missing(_ name: String, at place: String) {
        repairs.add(.missingField, .note, at: join(place, name), "“\(name)” is missing.")
    }

    mutating func dropped(_ place: String, _ count: Int) {
        repairs.add(
            .excessDropped, .repair, at: place, "\(count) more than are believable were left out.")
    }

    func refusal(_ code: ReportRefusal.Code, _ explanation: String) -> ReportRefusal {
        ReportRefusal(code, path: path, explanation)
    }

    private func join(_ place: String, _ name: String) -> String {
        place.isEmpty ? name : place + "/" + name
    }

    private func shortened(_ text: String) -> String { String(text.prefix(limits.textLength)) }
}
