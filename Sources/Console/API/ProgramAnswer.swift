import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers for programs: JSON, kept by nobody.
enum ProgramAnswer {
    private struct Refusal: Encodable { var error: String }

    static func refusal(_ error: ConsoleError) -> Response {
        var response = json(Refusal(error: error.sentence), status: error.status)
        if error == .noToken { response.headers[.wwwAuthenticate] = "Bearer" }
        if case .otherMethod(let methods) = error {
            response.headers[.allow] = methods.joined(separator: ", ")
        }
        return response
    }

    /// Done, and nothing to tell.
    static func nothing() -> Response {
        var headers = HTTPFields()
        headers[.cacheControl] = "no-store"
        return Response(status: .noContent, headers: headers)
    }

    /// Objects of JSON, one a line.
    static func lines(_ text: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/x-ndjson"
        headers[.cacheControl] = "no-store"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func file(_ bytes: [UInt8], mediaType: String, name: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = mediaType
        headers[.cacheControl] = "no-store"
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(value)).map { Array($0) } ?? Array("{}".utf8)
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
