/// The parts of a `multipart/form-data` body (RFC 7578), bounded in number and size.
enum MultipartForm {
    struct Part: Hashable, Sendable {
        var name: String
        /// Nil for a plain field.
        var fileName: String?
        var content: [UInt8]
    }

    enum Failure: Error, Hashable {
        case notMultipart
        case tooManyParts
        case headerTooLong
    }

    /// The boundary named by a `Content-Type`; nil when it is not `multipart/form-data`.
    static func boundary(of contentType: String) -> [UInt8]? {
        let parts = contentType.split(separator: ";", omittingEmptySubsequences: false)
        guard trimmed(parts.first ?? "").lowercased() == "multipart/form-data" else { return nil }
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, trimmed(pair[0]).lowercased() == "boundary" else { continue }
            var value = trimmed(pair[1])
            if value.hasPrefix("\""), value.hasSuffix("\""), value.utf8.count >= 2 {
                value = String(value.dropFirst().dropLast())
            }
            // RFC 2046 §5.1.1: 1 to 70 characters.
            guard (1...70).contains(value.utf8.count) else { return nil }
            return Array(value.utf8)
        }
        return nil
    }

    static func parse(_ body: [UInt8], boundary: [UInt8]) throws(Failure) -> [Part] {
        let delimiter: [UInt8] = [0x2D, 0x2D] + boundary
        guard var position = find(delimiter, in: body, from: 0) else { throw .notMultipart }
        position += delimiter.count
        var parts: [Part] = []
        while true {
            // "--" behind a delimiter ends the body.
            if position + 1 < body.count, body[position] == 0x2D, body[position + 1] == 0x2D {
                return parts
            }
            guard let lineEnd = find([0x0D, 0x0A], in: body, from: position) else {
                throw .notMultipart
            }
            let (header, content) = try readHeader(body, from: lineEnd + 2)
            guard let end = find([0x0D, 0x0A] + delimiter, in: body, from: content) else {
                throw .notMultipart
            }
            guard parts.count < Limits.uploadParts else { throw .tooManyParts }
            if let name = header.name {
                parts.append(
                    Part(
                        name: name, fileName: header.fileName,
                        content: Array(body[min(content, end)..<end])))
            }
            position = end + 2 + delimiter.count
        }
    }

    /// The fields before a part's content, and where the content starts.
    private static func readHeader(
        _ body: [UInt8], from start: Int
    ) throws(Failure) -> (header: (name: String?, fileName: String?), content: Int) {
        var name: String?
        var fileName: String?
        var position = start
        while true {
            guard let end = find([0x0D, 0x0A], in: body, from: position) else {
                throw .notMultipart
            }
            guard end - start <= Limits.partHeader else { throw .headerTooLong }
            if end == position { return ((name, fileName), end + 2) }
            let line = String(decoding: body[position..<end], as: UTF8.self)
            if line.lowercased().hasPrefix("content-disposition:") {
                name = parameter("name", of: line)
                fileName = parameter("filename", of: line)
            }
            position = end + 2
        }
    }

    /// `; name="value"`. Browsers code a quotation mark as `%22` and a line end as `%0D%0A`.
    private static func parameter(_ name: String, of line: String) -> String? {
        var rest = line[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...]
            while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
            guard rest.lowercased().hasPrefix(name + "=\"") else { continue }
            let value = rest.dropFirst(name.count + 2)
            guard let quote = value.firstIndex(of: "\"") else { return nil }
            return PercentCoding.decode(value[..<quote])
        }
        return nil
    }

    /// Where a pattern starts at or behind `start`; looks for its first byte first.
    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard start >= 0, !pattern.isEmpty, bytes.count >= pattern.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            pattern.withUnsafeBufferPointer { pattern in
                var position = start
                while position <= bytes.count - pattern.count {
                    if bytes[position] == pattern[0] {
                        var length = 1
                        while length < pattern.count,
                            bytes[position + length] == pattern[length]
                        { length += 1 }
                        if length == pattern.count { return position }
                    }
                    position += 1
                }
                return nil
            }
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first == " " || rest.first == "\t" { rest = rest.dropFirst() }
        while rest.last == " " || rest.last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}
