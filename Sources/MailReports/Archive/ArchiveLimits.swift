/// How much a container of reports may hold before it is refused.
///
/// Real reports compress 10:1 to 60:1, because the addresses and counts of their rows differ;
/// nothing but blanks or zeros comes near the 1,032:1 that deflate can reach.
public struct ArchiveLimits: Hashable, Sendable {
    /// Containers within containers: a zip in a mail in a mail is 3.
    public var nestingDepth = 6
    /// Entries of archives and parts of mails in one reading, all levels together.
    public var entries = 10_000
    /// Bytes of one document after decompression.
    public var documentBytes = 1 << 30
    /// Bytes that all decompression of one reading may give, all levels together.
    public var totalBytes = 4 << 30
    /// Bytes that decompression may give before its ratio is looked at.
    public var bombFloor = 64 << 20
    /// Bytes out for each byte in, above `bombFloor`.
    public var bombRatio = 200
    /// Bytes of one mail, which is held in memory as a whole.
    public var mailBytes = 64 << 20
    /// Bytes of an archive that can only be read from memory (7z).
    public var archiveBytes = 64 << 20
    /// Characters of an entry's name that are kept for `path`.
    public var nameLength = 200

    public init() {}
}
