import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage

/// The style sheet, the seal and the answer to "are you alive?".
struct AssetPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        for asset in [templates.styleSheet, templates.seal] {
            router.get(RouterPath(asset.address)) { request, _ in Self.response(asset, to: request)
            }
        }
        router.get("/favicon.ico") { _, _ in
            Response.redirect(to: templates.seal.address, type: .normal)
        }
        router.get("/healthz") { _, context in
            var headers = HTTPFields()
            headers[.contentType] = "text/plain; charset=utf-8"
            do {
                _ = try await services.accounts.hasAccounts()
                return Response(
                    status: .ok, headers: headers,
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
            } catch {
                context.logger.error(
                    "The database does not answer", metadata: ["error": "\(error)"])
                return Response(
                    status: .serviceUnavailable, headers: headers,
                    body: ResponseBody(
                        byteBuffer: ByteBuffer(string: "the database does not answer\n")))
            }
        }
    }

    private static func response(_ asset: Templates.Asset, to request: Request) -> Response {
        var headers = HTTPFields()
        headers[.eTag] = asset.entityTag
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        if request.headers[.ifNoneMatch] == asset.entityTag {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = asset.mediaType
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.content)))
    }
}
