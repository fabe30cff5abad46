/// Why a zone file cannot be read: the line and a sentence.
public struct ZoneFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    /// In plain words.
    public let reason: String
    /// The file named by `$INCLUDE` in which the line stands; nil in the file itself.
    public var includedFile: String?
    /// Whether nothing behind the line can be trusted: a directive or a bracket is wrong.
    public let isFatal: Bool

    public init(line: Int, reason: String, isFatal: Bool = false) {
        self.line = line
        self.reason = reason
        self.isFatal = isFatal
    }

    public var description: String {
        includedFile.map { "\($0), line \(line): \(reason)" } ?? "line \(line): \(reason)"
    }
}
