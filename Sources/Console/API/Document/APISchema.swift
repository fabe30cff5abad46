/// What a value of the API looks like: said once, told in the OpenAPI document, and held against
/// what programs send.
indirect enum APISchema: Sendable {
    case text(Text)
    case whole(ClosedRange<Int64>)
    case number
    case flag
    case list(APISchema, most: Int? = nil)
    case object([Property])
    /// An object whose names are told elsewhere.
    case open(String)
    /// One of the document's named schemas.
    case named(String)
    /// Octets, as they are.
    case octets

    struct Text: Sendable {
        var pattern: String?
        /// OpenAPI's word for the form: `date`, `hostname`.
        var format: String?
        var lengths: ClosedRange<Int>?
        var choices: [String] = []
        var example: String?
    }

    struct Property: Sendable {
        var name: String
        var schema: APISchema
        var isRequired = true
        var meaning: String?
    }

    static let anyText = APISchema.text(Text())
    static func words(_ choices: [String]) -> APISchema { .text(Text(choices: choices)) }
    /// Seconds since 1970.
    static let instant = APISchema.whole(0...Int64(1) << 53)
    static let count = APISchema.whole(0...Int64.max)
    /// `YYYY-MM-DD`.
    static let day = APISchema.text(
        Text(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", format: "date", example: "2026-11-22"))

    /// The schema in the words of OpenAPI 3.1 (JSON Schema 2020-12).
    var json: JSONValue {
        switch self {
        case .text(let text): .object(Self.members(of: text))
        case .whole(let range):
            .object([
                "type": .text("integer"), "format": .text("int64"),
                "minimum": .whole(range.lowerBound), "maximum": .whole(range.upperBound),
            ])
        case .number: .object(["type": .text("number")])
        case .flag: .object(["type": .text("boolean")])
        case .list(let element, let most):
            .object(
                ["type": .text("array"), "items": element.json]
                    .merging(most.map { ["maxItems": .whole(Int64($0))] } ?? [:]) { $1 })
        case .object(let properties): .object(Self.members(of: properties))
        case .open(let meaning):
            .object(["type": .text("object"), "description": .text(meaning)])
        case .named(let name): .object(["$ref": .text("#/components/schemas/\(name)")])
        case .octets:
            .object(["type": .text("string"), "format": .text("binary"), "minLength": .whole(1)])
        }
    }

    private static func members(of text: Text) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["type": .text("string")]
        members["pattern"] = text.pattern.map { .text($0) }
        members["format"] = text.format.map { .text($0) }
        if let lengths = text.lengths {
            members["minLength"] = .whole(Int64(lengths.lowerBound))
            members["maxLength"] = .whole(Int64(lengths.upperBound))
        }
        if !text.choices.isEmpty { members["enum"] = .list(text.choices.map { .text($0) }) }
        members["example"] = text.example.map { .text($0) }
        return members
    }

    private static func members(of properties: [Property]) -> [String: JSONValue] {
        var described: [String: JSONValue] = [:]
        for property in properties {
            var schema = property.schema.json
            if let meaning = property.meaning, case .object(var members) = schema {
                members["description"] = .text(meaning)
                schema = .object(members)
            }
            described[property.name] = schema
        }
        let required = properties.filter(\.isRequired).map(\.name).sorted()
        var members: [String: JSONValue] = [
            "type": .text("object"), "properties": .object(described),
            "additionalProperties": .flag(false),
        ]
        if !required.isEmpty { members["required"] = .list(required.map { .text($0) }) }
        return members
    }
}

extension [APISchema.Property] {
    static func + (left: Self, right: APISchema.Property) -> Self { left + [right] }
}

/// A property that is always there.
func has(
    _ name: String, _ schema: APISchema, _ meaning: String? = nil
) -> APISchema.Property {
    APISchema.Property(name: name, schema: schema, meaning: meaning)
}

/// A property that may be absent.
func mayHave(
    _ name: String, _ schema: APISchema, _ meaning: String? = nil
) -> APISchema.Property {
    APISchema.Property(name: name, schema: schema, isRequired: false, meaning: meaning)
}
