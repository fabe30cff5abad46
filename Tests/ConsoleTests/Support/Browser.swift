import Foundation
import Glibc
import Synchronization

/// A browser without a window: speaks HTTP/1.1 over a socket of its own, keeps cookies, follows
/// nothing by itself.
final class Browser: Sendable {
    struct Answer: Sendable {
        var status: Int
        /// Names in lower case; one entry per field.
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? {
            headers.first { $0.name == name.lowercased() }?.value
        }

        func all(_ name: String) -> [String] {
            headers.filter { $0.name == name.lowercased() }.map(\.value)
        }

        /// The value of a hidden field.
        func field(_ name: String) -> String {
            guard let start = text.firstRange(of: "name=\"\(name)\" value=\"") else { return "" }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    struct Failure: Error { var what: String }

    let port: Int
    private let jar = Mutex<[String: String]>([:])

    init(port: Int) { self.port = port }

    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers, body: [])
    }

    func post(
        _ path: String, _ fields: [String: String], headers: [String: String] = [:]
    ) async throws -> Answer {
        let body = fields.map { "\(Self.coded($0))=\(Self.coded($1))" }.joined(separator: "&")
        return try await send(
            "POST", path,
            headers: headers.merging(
                ["Content-Type": "application/x-www-form-urlencoded"],
                uniquingKeysWith: { a, _ in a }),
            body: Array(body.utf8))
    }

    func upload(
        _ path: String, token: String, files: [(name: String, content: [UInt8])]
    ) async throws -> Answer {
        let boundary = "----boundary0815"
        var body = Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n\(token)\r\n"
                .utf8)
        for file in files {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\(file.name)\"\r\nContent-Type: text/xml\r\n\r\n"
                    .utf8)
            body += file.content + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return try await send(
            "POST", path, headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"],
            body: body)
    }

    func send(
        _ method: String, _ path: String, headers: [String: String], body: [UInt8]
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let cookies = cookies
        if !cookies.isEmpty {
            head += "Cookie: " + cookies.map { "\($0)=\($1)" }.joined(separator: "; ") + "\r\n"
        }
        if method == "POST" || !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + body
        let port = port
        let raw: [UInt8] = try await withCheckedThrowingContinuation { continuation in
            // Blocking calls stay off the threads that the server needs.
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.exchange(request, port: port) })
            }
        }
        let answer = try Self.parse(raw)
        for line in answer.all("set-cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            let value = pair.count > 1 ? String(pair[1]) : ""
            jar.withLock { $0[String(pair[0])] = value.isEmpty ? nil : value }
        }
        return answer
    }

    static func coded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func exchange(_ request: [UInt8], port: Int) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(what: "no socket") }
        defer { close(descriptor) }
        // Generous: many consoles run at once, and the machine may have other work.
        var timeout = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(what: "not connected: \(errno)") }
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + sent }, request.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            // The server may answer and close before it has read everything.
            guard count > 0 else { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[0..<count]
        }
        return received
    }

    private static func parse(_ raw: [UInt8]) throws -> Answer {
        guard let end = raw.indices.first(where: { raw[$0...].starts(with: "\r\n\r\n".utf8) })
        else {
            throw Failure(what: "no answer: \(String(decoding: raw.prefix(200), as: UTF8.self))")
        }
        let lines = String(decoding: raw[0..<end], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (parts[0].lowercased(), String(parts[1].drop { $0 == " " }))
        }
        return Answer(status: status ?? 0, headers: headers, body: Array(raw[(end + 4)...]))
    }
}
