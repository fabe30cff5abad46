import FoundationEssentials
import HTTPTypes
import Hummingbird
import MailReports

/// A body of JSON, held against what its operation says it takes.
enum APIBody {
    static func read<Value: Decodable>(
        _ type: Value.Type, from request: Request, of operation: APIOperation
    ) async throws -> Value {
        let kind = (request.headers[.contentType] ?? "").lowercased()
        guard kind.split(separator: ";").first?.trimmed == "application/json" else {
            throw ConsoleError.unsupported("Send application/json.")
        }
        let octets = try await RequestBody.bytes(of: request, limit: Limits.form)
        let data = Data(octets)
        guard let found = try? JSONDecoder().decode([String: Found].self, from: data) else {
            throw ConsoleError.badRequest("The body is no object of JSON.")
        }
        if case .object(let properties)? = operation.body?.schema {
            if let problem = problem(found, properties) { throw ConsoleError.badRequest(problem) }
        }
        guard let value = try? JSONDecoder().decode(type, from: data) else {
            throw ConsoleError.badRequest("The body is not what this address takes.")
        }
        return value
    }

    private static func problem(
        _ found: [String: Found], _ properties: [APISchema.Property]
    ) -> String? {
        for name in found.keys.sorted() where !properties.contains(where: { $0.name == name }) {
            let known = properties.map(\.name).joined(separator: ", ")
            return "“\(ForeignText.clean(name, limit: 60))” is not known here. Known are: \(known)."
        }
        for property in properties {
            guard let value = found[property.name] else {
                if property.isRequired { return "\(property.name) is missing." }
                continue
            }
            if let problem = problem(value, property.schema) {
                return "\(property.name) \(problem)"
            }
        }
        return nil
    }

    private static func problem(_ value: Found, _ schema: APISchema) -> String? {
        switch (schema, value) {
        case (.whole(let range), .whole(let number)):
            return range.contains(number)
                ? nil : "is a whole number from \(range.lowerBound) to \(range.upperBound)."
        case (.whole(let range), _):
            return "is a whole number from \(range.lowerBound) to \(range.upperBound)."
        case (.text(let text), .text(let value)):
            if text.format == "date", UTCDay(value) == nil { return "is a day, as in 2026-11-22." }
            if let lengths = text.lengths, !lengths.contains(value.unicodeScalars.count) {
                return "has \(lengths.lowerBound) to \(lengths.upperBound) characters."
            }
            if !text.choices.isEmpty, !text.choices.contains(value) {
                return "is one of: \(text.choices.joined(separator: ", "))."
            }
            return nil
        case (.text, _): return "is a text."
        case (.flag, .flag): return nil
        case (.flag, _): return "is true or false."
        default: return nil
        }
    }

    /// A value of JSON as far as it is looked at before it is read.
    private enum Found: Decodable {
        case text(String)
        case whole(Int64)
        case flag(Bool)
        case other

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.singleValueContainer() else {
                self = .other
                return
            }
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Int64.self) {
                self = .whole(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .other
            }
        }
    }
}

extension Substring {
    /// Without white space at its ends.
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
