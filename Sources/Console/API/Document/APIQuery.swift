import Hummingbird
import MailReports

/// The parameters behind the question mark, checked against what the operation says it takes: a
/// program that misspells one is told, instead of getting the answer to another question.
struct APIQuery {
    private var values: [String: String] = [:]

    init(_ request: Request, of operation: APIOperation) throws(ConsoleError) {
        let known = operation.parameters.filter { $0.place == .query }
        for (name, value) in PercentCoding.pairs(request.uri.query ?? "", limit: 32) {
            guard let parameter = known.first(where: { $0.name == name }) else {
                throw .badRequest(
                    "“\(ForeignText.clean(name, limit: 60))” is no parameter of this address."
                        + (known.isEmpty
                            ? " It takes none."
                            : " It takes: \(known.map(\.name).joined(separator: ", "))."))
            }
            guard values[name] == nil else {
                throw .badRequest("\(name) is there twice.")
            }
            if let problem = Self.problem(value, parameter.schema) {
                throw .badRequest("\(name) \(problem)")
            }
            values[name] = value
        }
    }

    private static func problem(_ value: String, _ schema: APISchema) -> String? {
        switch schema {
        case .whole(let range):
            guard let number = Int64(value), value == String(number), range.contains(number) else {
                return "is a whole number from \(range.lowerBound) to \(range.upperBound)."
            }
        case .text(let text) where text.format == "date":
            if UTCDay(value) == nil { return "is a day, as in 2026-11-22." }
        case .text(let text) where !text.choices.isEmpty:
            if !text.choices.contains(value) {
                return "is one of: \(text.choices.joined(separator: ", "))."
            }
        default: break
        }
        return nil
    }

    func whole(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }
    func day(_ name: String) -> UTCDay? { values[name].flatMap { UTCDay($0) } }
    func text(_ name: String) -> String? { values[name] }
}
