/// How much is kept of what the gateway saw, until it is reported.
///
/// Strangers decide how many different rows there are: each row has an address, a MAIL FROM domain
/// and signatures of their choice.
public struct ReportObservationLimits: Hashable, Sendable {
    /// Rows of one domain and time that are kept as they are. Beyond, rows lose their MAIL FROM and
    /// their signatures that proved nothing, and so fall together.
    public var rows = 10_000
    /// Rows of one domain and time in all. The messages of what does not fit are only counted.
    public var mergedRows = 20_000
    /// Policy domains of one Organizational Domain that are kept for one time: whoever publishes a
    /// record at every name below his domain gets no more reports than this.
    public var domainsPerOrganization = 100
    /// Policy domains that are kept for one time.
    public var domains = 20_000
    /// Kinds of sessions of one domain and day, for TLS reports. Beyond, failures lose their hosts
    /// and addresses.
    public var sessions = 1_000
    /// The same in all; sessions of what does not fit are left out.
    public var mergedSessions = 2_000

    public init() {}
}
