/// What was wrong with the way a message came, though it was taken: evidence for the judgement.
public enum TransportDefect: UInt8, Hashable, Sendable, CaseIterable {
    /// Lines ended with LF alone and were made CRLF (RFC 5321 §2.3.8).
    case bareLineFeed = 0
    /// Octets beyond ASCII without BODY=8BITMIME (RFC 6152 §3).
    case eightBitWithoutDeclaration = 1
    /// NUL octets (RFC 5322 §4).
    case nul = 2
    /// Lines of more than 998 octets (RFC 5321 §4.5.3.1.6).
    case longLine = 3
    /// The content came before the server said go on (RFC 2920 §3.1: DATA ends a group).
    case contentBeforeGoAhead = 4
    /// The last chunk did not end a line; nothing was added (RFC 3030 §3).
    case noFinalLineEnd = 5
    /// Commands came before the greeting, and the policy let them pass (RFC 5321 §4.3.1).
    case earlyTalker = 6
}
