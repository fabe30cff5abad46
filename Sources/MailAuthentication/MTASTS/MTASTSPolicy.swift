public import Identities

/// What a domain asks of those who send mail to it: which mail hosts are its own, and whether to
/// deliver to others at all (RFC 8461 §3.2).
public struct MTASTSPolicy: Hashable, Sendable {
    /// What a sender does about a mail host that does not fit.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Do not deliver where the host or its certificate does not match.
        case enforce
        /// Deliver all the same, and report.
        case testing
        /// There is no policy any more.
        case none
    }

    /// Something about the policy's text that a careful reader should know.
    public struct Defect: Hashable, Sendable {
        public var fault: Fault
        /// Counted from 1; 0 when it is about the whole.
        public var line: Int
        /// One plain sentence.
        public var reason: String

        public init(_ fault: Fault, line: Int, reason: String) {
            self.fault = fault
            self.line = line
            self.reason = reason
        }
    }

    /// The kinds of defects.
    public enum Fault: String, Sendable, Codable, CaseIterable {
        /// A mark before the first line that tells how the file is coded.
        case byteOrderMark = "byte-order-mark"
        /// A line ends in a lone carriage return.
        case lineEnd = "line-end"
        case emptyLine = "empty-line"
        /// A line is no `name: value`.
        case malformedLine = "malformed-line"
        /// Blanks before the name or the colon.
        case blanks
        /// A name or word that should be in lower case.
        case letterCase = "letter-case"
        /// The value of an unknown field has control characters or is missing.
        case extensionValue = "extension-value"
        /// A name of a mail host that none can have.
        case invalidPattern = "invalid-pattern"
        /// `max_age` is above the largest value, which counts instead.
        case longMaxAge = "long-max-age"
        /// A field is there again; the first counts.
        case repeatedField = "repeated-field"
        /// Under a week: whoever can keep senders from refreshing gets his chance soon (§10.2).
        case shortMaxAge = "short-max-age"
        /// More patterns, fields or defects than are kept.
        case tooMany = "too-many"

        /// Whether a reader that keeps to the grammar refuses the whole policy for it.
        public var breaksGrammar: Bool {
            switch self {
            case .repeatedField, .shortMaxAge, .tooMany: false
            default: true
            }
        }
    }

    public var mode: Mode
    /// Seconds for which the policy is kept, 0...31,557,600.
    public var maxAge: Int64
    /// `mx`: the mail hosts; may be empty only with `none`.
    public var patterns: [MXPattern]
    /// Unknown fields, in order.
    public var extensions: [MTASTSRecord.Extension]
    /// In the order of the text.
    public var defects: [Defect]

    public init(
        mode: Mode, maxAge: Int64, patterns: [MXPattern],
        extensions: [MTASTSRecord.Extension] = [], defects: [Defect] = []
    ) {
        self.mode = mode
        self.maxAge = min(max(maxAge, 0), Limits.mtaSTSMaxAge)
        self.patterns = patterns
        self.extensions = extensions
        self.defects = defects
    }

    /// Whether a mail host of this name is one of the domain's own.
    public func allows(_ host: DomainName) -> Bool {
        patterns.contains { $0.matches(host) }
    }

    /// Whether the text keeps to the grammar, so that every reader takes it.
    public var isWellFormed: Bool { !defects.contains(where: \.fault.breaksGrammar) }

    /// The policy as its file holds it, lines ended by CRLF.
    public func render() -> String {
        var lines = ["version: STSv1", "mode: \(mode.rawValue)"]
        lines += patterns.map { "mx: \($0)" }
        lines.append("max_age: \(maxAge)")
        lines += extensions.map { "\($0.name): \($0.value)" }
        return lines.map { $0 + "\r\n" }.joined()
    }
}
