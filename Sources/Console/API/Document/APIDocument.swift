import HTTPTypes
import Storage

/// The OpenAPI document of everything that programs can ask for.
enum APIDocument {
    /// - Parameter serverURL: where programs reach us, if that is known.
    static func json(of operations: [APIOperation], serverURL: String?) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for operation in operations {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] =
                describe(operation)
        }
        var document: [String: JSONValue] = [
            "openapi": .text("3.1.0"),
            "info": .object([
                "title": .text("Sealgate"), "version": .text("1.0.0"),
                "description": .text(
                    "Who sends mail in your name, what would happen to it, and the reports that say "
                        + "so. A program shows a token of one organisation; an owner makes one on "
                        + "the page Tokens. What goes wrong is told as {\"error\": \"a sentence\"}."
                ),
            ]),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": .object([
                "securitySchemes": .object([
                    "token": .object([
                        "type": .text("http"), "scheme": .text("bearer"),
                        "description": .text("Authorization: Bearer sealgate_…"),
                    ])
                ]),
                "schemas": .object(APISchema.all.mapValues(\.json)),
            ]),
        ]
        if let serverURL {
            document["servers"] = .list([.object(["url": .text(serverURL)])])
        }
        return .object(document)
    }

    private static func describe(_ operation: APIOperation) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .text(operation.name), "summary": .text(operation.summary),
            "responses": .object(answers(of: operation)),
        ]
        if !operation.details.isEmpty { members["description"] = .text(operation.details) }
        if let scope = operation.scope {
            members["security"] = .list([.object(["token": .list([])])])
            members["x-scope"] = .text(scope.rawValue)
        } else {
            members["security"] = .list([])
        }
        if !operation.parameters.isEmpty {
            members["parameters"] = .list(
                operation.parameters.map { parameter in
                    .object([
                        "name": .text(parameter.name), "in": .text(parameter.place.rawValue),
                        "required": .flag(parameter.place == .path),
                        "description": .text(parameter.meaning), "schema": parameter.schema.json,
                    ])
                })
        }
        if let body = operation.body {
            members["requestBody"] = .object([
                "required": .flag(true), "description": .text(body.meaning),
                "content": .object([body.mediaType: .object(["schema": body.schema.json])]),
            ])
        }
        return .object(members)
    }

    private static func answers(of operation: APIOperation) -> [String: JSONValue] {
        var answers: [String: JSONValue] = [:]
        switch operation.answer {
        case .json(let schema):
            answers["200"] = content("The answer.", "application/json", schema.json)
        case .lines(let meaning):
            answers["200"] = content(
                meaning, "application/x-ndjson", .object(["type": .text("string")]))
        case .file(let mediaTypes, let meaning):
            let file = JSONValue.object(["schema": .object([:])])
            answers["200"] = .object([
                "description": .text(meaning),
                "content": .object(
                    Dictionary(mediaTypes.map { ($0, file) }) { first, _ in first }),
            ])
        case .nothing:
            answers["204"] = .object(["description": .text("Done.")])
        }
        for (status, meaning) in refusals(of: operation) {
            answers[String(status)] = content(
                meaning, "application/json", APISchema.named("Refusal").json)
        }
        return answers
    }

    private static func content(
        _ meaning: String, _ mediaType: String, _ schema: JSONValue
    ) -> JSONValue {
        .object([
            "description": .text(meaning),
            "content": .object([mediaType: .object(["schema": schema])]),
        ])
    }

    private static func refusals(of operation: APIOperation) -> [(Int, String)] {
        var refusals: [(Int, String)] = []
        if operation.scope != nil {
            refusals += [
                (400, "Something in the address or the body cannot be understood."),
                (401, "No token that is in use was shown."),
                (403, "The token may not do that."),
                (503, "That is not possible just now; ask again later."),
            ]
        }
        if operation.parameters.contains(where: { $0.place == .path }) {
            refusals.append((404, "There is no such thing in this organisation."))
        }
        if operation.mayConflict {
            refusals.append((409, "It does not fit how things stand; nothing was changed."))
        }
        if operation.body != nil {
            refusals.append((413, "The body is too large."))
            refusals.append((415, "The body is of another kind than is taken here."))
        }
        return refusals
    }
}
