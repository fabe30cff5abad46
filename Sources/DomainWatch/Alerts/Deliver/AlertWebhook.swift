import AsyncHTTPClient
import Crypto
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Storage

/// A program of yours that is told of alerts over HTTP, signed so that it can tell us from others.
public struct AlertWebhook: Sendable {
    public var url: String
    private let secret: [UInt8]

    /// - Parameter secret: known to both sides.
    public init(url: String, secret: [UInt8]) {
        self.url = url
        self.secret = secret
    }

    /// The header with time and signature: `t=1764000000,v1=9f86…`.
    public static let header = "Sealgate-Signature"

    /// HMAC-SHA256 over the time, a full stop and the body: who gets hold of a notice cannot send it
    /// again later, nor anything else.
    public static func signature(_ body: [UInt8], at now: Int64, secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(now).".utf8) + body, using: SymmetricKey(data: secret))
        let digits = code.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        return "t=\(now),v1=\(digits)"
    }

    private struct Body: Encodable {
        var id: Int64
        var kind, title, text: String
        var madeAt: Int64
    }

    func send(_ notice: AlertNotice, now: Int64) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Array(
            try encoder.encode(
                Body(
                    id: notice.id, kind: notice.content.kind.rawValue,
                    title: notice.content.title, text: notice.content.text,
                    madeAt: notice.madeAt)))
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "Sealgate")
        request.headers.add(
            name: Self.header, value: Self.signature(body, at: now, secret: secret))
        request.body = .bytes(body)
        // The same notice carries the same number: who has it already can pass it over.
        let response = try await HTTPClient.shared.execute(
            request, timeout: .seconds(Limits.webhookSeconds))
        _ = try? await response.body.collect(upTo: Limits.webhookAnswer)
        guard (200...299).contains(response.status.code) else {
            throw AlertFault("The web server answered \(response.status.code).")
        }
    }
}
