/// Why a text is no MTA-STS policy.
public struct MTASTSPolicyError: Error, Hashable, Sendable {
    /// The kinds of errors.
    public enum Fault: String, Sendable, Codable, CaseIterable {
        case tooLong = "too-long"
        /// A web page: most servers send one where there is no file.
        case webPage = "web-page"
        case missingVersion = "missing-version"
        case unsupportedVersion = "unsupported-version"
        case missingMode = "missing-mode"
        case unknownMode = "unknown-mode"
        case missingMaxAge = "missing-max-age"
        case invalidMaxAge = "invalid-max-age"
        /// There is no usable `mx` line, and the mode is not `none`.
        case missingMX = "missing-mx"
    }

    public let fault: Fault
    /// Counted from 1; 0 when it is about the whole.
    public let line: Int
    /// One plain sentence.
    public let reason: String

    init(_ fault: Fault, line: Int = 0, _ reason: String) {
        self.fault = fault
        self.line = line
        self.reason = reason
    }
}

extension MTASTSPolicyError: CustomStringConvertible {
    public var description: String { line > 0 ? "Line \(line): \(reason)" : reason }
}
