import HTTPTypes
import Hummingbird
import NIOCore

/// What a person sent with a form.
struct Form: Sendable {
    struct File: Sendable {
        var name: String
        var content: [UInt8]
    }

    private var fields: [String: String] = [:]
    private(set) var files: [File] = []

    init() {}

    subscript(name: String) -> String { fields[name] ?? "" }

    /// Reads a form, at most `limit` bytes of it.
    static func read(_ request: Request, limit: Int) async throws -> Form {
        let body = try await RequestBody.bytes(of: request, limit: limit)
        let type = request.headers[.contentType] ?? ""
        var form = Form()
        if let boundary = MultipartForm.boundary(of: type) {
            let parts: [MultipartForm.Part]
            do {
                parts = try MultipartForm.parse(body, boundary: boundary)
            } catch {
                throw ConsoleError.badRequest(sentence(for: error))
            }
            for part in parts {
                if let fileName = part.fileName {
                    // A file field in which nothing was chosen comes as an empty, nameless file.
                    if !fileName.isEmpty || !part.content.isEmpty {
                        form.files.append(File(name: fileName, content: part.content))
                    }
                } else if form.fields.count < Limits.formFields {
                    form.fields[part.name] = String(decoding: part.content, as: UTF8.self)
                }
            }
        } else if type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
            let text = String(decoding: body, as: UTF8.self)
            for (name, value) in PercentCoding.pairs(text, limit: Limits.formFields) {
                form.fields[name] = value
            }
        } else if !body.isEmpty {
            throw ConsoleError.badRequest("This address takes forms, and what came is not one.")
        }
        return form
    }

    private static func sentence(for failure: MultipartForm.Failure) -> String {
        switch failure {
        case .notMultipart:
            "The upload broke off before its end. Send it again."
        case .tooManyParts:
            "At most \(Limits.uploadParts) files can be sent at once. Pack them into one zip "
                + "archive, or use `sealgate import`."
        case .headerTooLong:
            "One of the files has a name that is too long. Rename it and send it again."
        }
    }
}
