/// How far a report is to be believed, and why, in plain words.
///
/// It is judged once, when the report comes in: by who brought it, by what the reporter did before,
/// and by how well the report keeps to its standard.
public struct ReportTrust: Hashable, Sendable, Codable {
    /// From the best to the worst.
    public enum Level: String, Sendable, Codable, CaseIterable {
        /// The mail is proved to come from whom the report says it is by.
        case proved
        /// Not proved, and what is known speaks for it.
        case plausible
        /// Nothing speaks for it, nothing against it.
        case unproved
        /// It claims somebody whose mail would have been proved, or a domain that is not ours.
        case forged
    }

    public var level: Level
    /// The sentence that decided first.
    public var reasons: [String]

    public init(_ level: Level, _ reasons: [String]) {
        self.level = level
        self.reasons = reasons
    }
}

/// Reports that one reporter sent so far through one proved domain.
public struct ReporterHistory: Hashable, Sendable, Codable {
    /// Whose mail brought them; empty where nothing proved it.
    public var domain: String
    /// Seconds since 1970-01-01T00:00:00Z of the first and the last that came in.
    public var first: Int64
    public var last: Int64
    public var reports: Int64

    public init(domain: String, first: Int64, last: Int64, reports: Int64) {
        self.domain = domain
        self.first = first
        self.last = last
        self.reports = reports
    }
}
