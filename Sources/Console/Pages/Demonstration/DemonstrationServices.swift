public import MailReports

/// What the console of a demonstration asks for besides: its calendar, which can be moved on.
public struct DemonstrationServices: Sendable {
    /// Days that passed at once, with what receivers reported about them.
    public struct Week: Hashable, Sendable {
        public var first: UTCDay
        public var last: UTCDay
        public var reports: Int64
        public var messages: Int64

        public init(first: UTCDay, last: UTCDay, reports: Int64, messages: Int64) {
            self.first = first
            self.last = last
            self.reports = reports
            self.messages = messages
        }
    }

    /// How far its calendar is.
    public struct State: Hashable, Sendable {
        public var today: UTCDay
        /// Days that it is ahead of the machine's.
        public var daysAhead: Int
        /// The days that passed last; nil before any did.
        public var lastWeek: Week?

        public init(today: UTCDay, daysAhead: Int, lastWeek: Week?) {
            self.today = today
            self.daysAhead = daysAhead
            self.lastWeek = lastWeek
        }
    }

    let state: @Sendable () -> State
    /// What this machine lacks for the whole of it, in a sentence.
    let missing: String?
    let letPass: @Sendable () async throws -> Week?

    /// - Parameters:
    ///   - letPass: lets seven days pass; nil comes back while they are passing already.
    public init(
        state: @escaping @Sendable () -> State, missing: String?,
        letPass: @escaping @Sendable () async throws -> Week?
    ) {
        self.state = state
        self.missing = missing
        self.letPass = letPass
    }
}
