/// An enhanced status code, `5.7.1` (RFC 3463 §2): what happened, in numbers that programs read.
public struct EnhancedStatusCode: Hashable, Sendable, CustomStringConvertible {
    /// 2 success, 4 temporary, 5 permanent.
    public let status: Int
    public let subject: Int
    public let detail: Int

    public init(_ status: Int, _ subject: Int, _ detail: Int) {
        self.status = status
        self.subject = subject
        self.detail = detail
    }

    /// Reads a code at the start of a reply's text; nil when there is none (RFC 2034 §4).
    public init?(parsing text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        {
            guard (1...3).contains(part.count), numbers.count < 3,
                part.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            numbers.append(part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
        guard numbers.count == 3, [2, 4, 5].contains(numbers[0]) else { return nil }
        self.init(numbers[0], numbers[1], numbers[2])
    }

    public var description: String { "\(status).\(subject).\(detail)" }
}
