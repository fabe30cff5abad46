import HTTPTypes
import Hummingbird
import NIOCore

/// What came with a request, within a limit.
enum RequestBody {
    /// The body. What is too large is read on for a while and thrown away: a browser shows our
    /// answer only when it could send everything.
    static func bytes(of request: Request, limit: Int) async throws -> [UInt8] {
        let tooLarge = ConsoleError.tooLarge(limit: limit)
        let drained = limit * Limits.drainedTimes
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > drained { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, min(limit, announced)))
        var received = 0
        for try await buffer in request.body {
            received += buffer.readableBytes
            if received > drained { throw tooLarge }
            if received <= limit { bytes.append(contentsOf: buffer.readableBytesView) }
        }
        guard received <= limit else { throw tooLarge }
        return bytes
    }
}
