import MailReports
public import SQLDatabase
public import Storage

/// Judges alerts again and again, and sends what is on its way.
public struct AlertRound: Sendable {
    private let store: AlertStore
    private let judge: AlertJudge
    private let channels: AlertChannels
    private let database: any SQLDatabase
    private let organisation: OrganisationID

    public init(
        database: any SQLDatabase, organisation: OrganisationID = .first,
        judge: AlertJudge = AlertJudge(), channels: AlertChannels = AlertChannels()
    ) {
        store = AlertStore(database: database, organisation: organisation)
        self.database = database
        self.organisation = organisation
        self.judge = judge
        self.channels = channels
    }

    /// The same for another organisation, whose alerts stand on its pages and are not sent.
    public func beside(_ organisation: OrganisationID) -> AlertRound {
        AlertRound(database: database, organisation: organisation, judge: judge)
    }

    /// What one sending did.
    public struct Sending: Hashable, Sendable {
        public var sent = 0
        /// Sentences about what did not arrive.
        public var failures: [String] = []
    }

    /// Judges what is so now; a second round at the same time raises nothing twice.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: what was raised.
    @discardableResult
    public func step(now: Int64) async throws -> [Alert] {
        let open = try await store.list(limit: AlertLimits.open)
        let facts = try await store.facts(today: UTCDay(secondsSinceEpoch: now))
        let judgement = judge.judge(Set(open.map(\.finding.key)), facts)
        return try await store.keep(
            AlertStore.Round(
                findings: judgement.findings, over: judgement.over, channels: channels.named),
            now: now
        ) { AlertText.notice($0, more: $1) }
    }

    /// Sends what is due. What is killed in between is sent again.
    public func send(now: Int64) async throws -> Sending {
        var sending = Sending()
        for notice in try await store.claimNotices(now: now) {
            if Task.isCancelled { break }
            do {
                try await channels.send(notice, now: now)
                try await store.sent(notice)
                sending.sent += 1
            } catch {
                let remark = AlertText.clean("\(error)")
                sending.failures.append("\(notice.channel.rawValue): \(remark)")
                try await store.failed(notice, remark: remark, now: now)
            }
        }
        return sending
    }

    /// Puts the digest of the last whole week on its way, on the first step of a new week.
    ///
    /// - Returns: whether it did.
    public func digest(now: Int64) async throws -> Bool {
        let today = UTCDay(secondsSinceEpoch: now)
        // 1970-01-01 was a Thursday: day 4 a Monday.
        let monday = UTCDay(number: today.number - (today.number - 4) % 7)
        guard !channels.named.isEmpty else { return false }
        let digest = try await WeeklyDigest.make(
            database, organisation,
            week: DayRange(first: monday.advanced(by: -7), last: monday.advanced(by: -1)))
        let channels = channels.named.filter { $0 != .syslog }
        return try await store.keepDigest(
            digest.notice, day: Int64(monday.number), channels: channels, now: now)
    }
}
