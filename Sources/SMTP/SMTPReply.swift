/// A server's reply: a code of three digits, an enhanced status code where there is one, and lines
/// of text (RFC 5321 §4.2).
public struct SMTPReply: Hashable, Sendable {
    /// 200 to 599.
    public let code: Int
    public let status: EnhancedStatusCode?
    /// At least one line, without line ends.
    public let lines: [String]

    public init(_ code: Int, _ status: EnhancedStatusCode? = nil, _ text: String) {
        self.init(code, status, lines: [text])
    }

    public init(_ code: Int, _ status: EnhancedStatusCode?, lines: [String]) {
        self.code = code
        self.status = status
        self.lines = lines.isEmpty ? [""] : lines
    }

    public var text: String { lines.joined(separator: " ") }

    /// 2xx: done.
    public var isPositive: Bool { (200...299).contains(code) }
    /// 3xx: go on.
    public var isIntermediate: Bool { (300...399).contains(code) }
    /// 4xx: try again later.
    public var isTemporary: Bool { (400...499).contains(code) }
    /// 5xx: do not try again.
    public var isPermanent: Bool { (500...599).contains(code) }

    /// The reply as it stands on the wire. Octets that could end a line early are replaced, so that
    /// no text, wherever it comes from, makes two replies of one.
    public var octets: [UInt8] {
        var output: [UInt8] = []
        for (index, line) in lines.enumerated() {
            output += String(code).utf8
            output.append(UInt8(ascii: index == lines.count - 1 ? " " : "-"))
            if let status {
                output += status.description.utf8
                output.append(UInt8(ascii: " "))
            }
            for octet in line.utf8.prefix(Limits.replyLineOctets) {
                output.append(octet < 0x20 || octet == 0x7F ? UInt8(ascii: "?") : octet)
            }
            output += [0x0D, 0x0A]
        }
        return output
    }
}

extension SMTPReply: CustomStringConvertible {
    /// One line for logs and records.
    public var description: String {
        "\(code) \(status.map { "\($0) " } ?? "")\(text)"
    }
}
