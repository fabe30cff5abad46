/// How much one report may hold before it is refused or cut; the containers around it have their
/// own bounds in `ArchiveLimits`.
///
/// A real report of 127,000 records has 100 MB and 4 million elements, nests 6 deep, and no value
/// in it is longer than a few hundred bytes.
public struct ReportLimits: Hashable, Sendable {
    // Markup

    /// Bytes of one document; more is refused.
    public var documentBytes = 1 << 30
    /// Elements within elements; more is refused.
    public var depth = 64
    /// Elements of one document; more is refused.
    public var elements = 50_000_000
    /// Bytes of an element's or attribute's name; more is refused.
    public var nameBytes = 256
    /// Attributes of one element; more is refused.
    public var attributes = 64
    /// Bytes of one tag with all its attributes; more is refused.
    public var tagBytes = 65_536
    /// Bytes of one attribute's value that are kept.
    public var attributeBytes = 1_024
    /// Bytes of the text of one element that are kept.
    public var textBytes = 8_192
    /// Bytes that may stand before the first tag, blanks not counted; more is no report.
    public var leadingBytes = 4_096
    /// Namespace prefixes that are remembered.
    public var prefixes = 32

    // Reports

    /// Records of one report; more is refused.
    public var records = 20_000_000
    /// DKIM results, and SPF results, of one record that are kept (RFC 9990 reporters send up to
    /// 100 signatures).
    public var resultsPerRecord = 100
    /// Reasons of one record, and errors of one report, that are kept.
    public var reasonsPerRecord = 32
    /// Different repairs that are kept with one report.
    public var repairs = 64
    /// Messages that one record can believably count; more, and the record is left out.
    public var messagesPerRecord: Int64 = 1_000_000_000_000
    /// First second at which a report can believably begin: 2003-01-01, years before DMARC.
    public var earliestBegin: Int64 = 1_041_379_200
    /// Last second at which a report can believably end when no clock is handed in: 2090-01-01.
    public var latestEnd: Int64 = 3_786_912_000
    /// Seconds by which a report may end after the clock that is handed in.
    public var secondsAhead: Int64 = 366 * 86_400
    /// Seconds that one report can believably cover. Real ones of 201 days exist.
    public var periodSeconds: Int64 = 400 * 86_400

    public init() {}
}
