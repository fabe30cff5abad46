public import DNS
public import MailAuthentication
public import Storage
import MailReports
import Synchronization
import Identities

/// Keeps what was seen of other domains, and once their day is over makes the reports they ask for
/// and hands them over: each once, also when the process dies in between.
///
/// A report's life is `OutgoingReport.State`; each step is stored before the next one begins.
public final class ReportComposer: Sendable {
    /// What the composer reaches the world through.
    public struct Surroundings: Sendable {
        public var lookup: any DNSLookup
        public var suffixes: PublicSuffixList
        /// Takes a mail; when it returns, the mail is on disk.
        public var send: @Sendable (ReportMail) async throws -> Void
        /// Whether a mail with this identifier was taken before: asked only when it was offered and
        /// no answer is known.
        public var wasTaken: @Sendable (_ identifier: String) async throws -> Bool
        /// Sends a TLS report by HTTPS.
        public var post: @Sendable (ReportPost) async -> ReportPost.Answer
        /// Seconds since 1970.
        public var now: @Sendable () -> Int64
        public var random: @Sendable () -> UInt64
        /// Tells the operator what went wrong.
        public var note: @Sendable (String) -> Void

        public init(
            lookup: any DNSLookup, suffixes: PublicSuffixList,
            send: @escaping @Sendable (ReportMail) async throws -> Void,
            wasTaken: @escaping @Sendable (_ identifier: String) async throws -> Bool,
            post: @escaping @Sendable (ReportPost) async -> ReportPost.Answer,
            now: @escaping @Sendable () -> Int64,
            random: @escaping @Sendable () -> UInt64 = { .random(in: 0...UInt64.max) },
            note: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.lookup = lookup
            self.suffixes = suffixes
            self.send = send
            self.wasTaken = wasTaken
            self.post = post
            self.now = now
            self.random = random
            self.note = note
        }
    }

    /// What one step did.
    public struct Step: Hashable, Sendable {
        public var planned = 0
        /// Reports whose file was made.
        public var composed = 0
        /// Mails and posts that were taken.
        public var sent = 0
        /// Reports that are done with.
        public var finished = 0
        /// Messages that were seen and that no report will tell of in a row of their own.
        public var leftOut: Int64 = 0

        public init(
            planned: Int = 0, composed: Int = 0, sent: Int = 0, finished: Int = 0,
            leftOut: Int64 = 0
        ) {
            self.planned = planned
            self.composed = composed
            self.sent = sent
            self.finished = finished
            self.leftOut = leftOut
        }
    }

    let options: ReportOptions
    let observations: ReportObservationStore
    let reports: OutgoingReportStore
    let world: Surroundings
    let documentOctets: Int
    let mailOctets: Int
    /// Where messages and attempts at delivery are counted.
    public let messages: DMARCTally
    public let sessions: TLSTally
    private let name: String
    private let waiting = Mutex<[SessionObservation]>([])

    public init(
        options: ReportOptions, observations: ReportObservationStore,
        reports: OutgoingReportStore, world: Surroundings,
        messages: DMARCTally? = nil, sessions: TLSTally = TLSTally(),
        documentOctets: Int = Limits.reportDocumentOctets,
        mailOctets: Int = Limits.reportMailOctets
    ) {
        self.options = options
        self.observations = observations
        self.reports = reports
        self.world = world
        self.messages = messages ?? DMARCTally(interval: options.interval)
        self.sessions = sessions
        self.documentOctets = documentOctets
        self.mailOctets = mailOctets
        name = String(world.random(), radix: 36)
    }

    /// Works until the task is cancelled: a step, then a rest. What was counted since the last step
    /// is stored by `flush`, to be called once nothing is counted any more.
    public func run(
        every rest: Duration = .seconds(60),
        sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async {
        while !Task.isCancelled {
            do {
                _ = try await step()
            } catch {
                world.note("Reports to other domains wait: \(error)")
            }
            do {
                try await sleep(rest)
            } catch {
                return
            }
        }
    }

    /// Stores what was counted, plans the reports of times that are over, and works on those whose
    /// moment has come.
    public func step() async throws -> Step {
        guard options.isEnabled else { return Step() }
        var step = Step()
        step.leftOut = try await flush()
        let now = world.now()
        for kind in OutgoingReport.Kind.allCases {
            step.planned += try await plan(kind, now)
        }
        for _ in 0..<Limits.reportsPerStep {
            guard !Task.isCancelled,
                let report = try await reports.claim(
                    by: name, now: world.now(), until: world.now() + Limits.reportClaimSeconds)
            else { break }
            try await work(on: report, &step)
        }
        try await forget(now)
        return step
    }

    /// Stores what was counted; gives the messages and sessions that are in no row.
    @discardableResult
    public func flush() async throws -> Int64 {
        let (counted, refusedMessages) = messages.drain()
        let (seen, refusedSessions) = sessions.drain()
        var refused = refusedMessages + refusedSessions
        var batches = counted.flatMap { $0.parts(of: Limits.observedRowsPerStep) }
        if !batches.isEmpty {
            do {
                // In small steps: a flood's rows must not hold up other writers for long.
                while !batches.isEmpty {
                    let part = Self.part(of: batches)
                    let outcome = try await observations.add(part)
                    batches.removeFirst(part.count)
                    refused += outcome.leftOut + outcome.refused
                }
            } catch {
                messages.restore(batches)
                keep(seen)
                throw error
            }
        }
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting + seen
        }
        do {
            refused += try await observations.add(sessions: all)
        } catch {
            keep(all)
            throw error
        }
        return refused
    }

    /// The first batches with so many rows together, and at least one.
    private static func part(of batches: [ReportObservationBatch]) -> [ReportObservationBatch] {
        var rows = 0
        return Array(
            batches.prefix { batch in
                defer { rows += batch.rows.count + 1 }
                return rows < Limits.observedRowsPerStep
            })
    }

    private func keep(_ sessions: [SessionObservation]) {
        waiting.withLock { waiting in
            let room = max(0, Limits.observedSessions - waiting.count)
            waiting += sessions.prefix(room)
        }
    }

    private func plan(_ kind: OutgoingReport.Kind, _ now: Int64) async throws -> Int {
        let (options, random) = (options, world.random)
        return try await reports.plan(kind, before: now, limit: Limits.reportsPerStep) {
            domain, end in
            let unique = String(random(), radix: 36)
            let day = UTCDay(secondsSinceEpoch: end)
            let spread = UInt64(clamping: max(options.spread, 1))
            let wait = Int64(random() % spread)
            return (
                "\(day)_\(domain)_\(unique)@\(options.submitter)",
                end + 1 + Limits.reportGraceSeconds + wait
            )
        }
    }

    private func work(on report: OutgoingReport, _ step: inout Step) async throws {
        switch report.state {
        case .planned:
            switch report.kind {
            case .dmarc: try await composeDMARC(report, &step)
            case .tls: try await composeTLS(report, &step)
            }
        case .composed: try await send(report, &step)
        case .done: break
        }
    }

    private func forget(_ now: Int64) async throws {
        let today = now - now % 86_400
        // Once a day is enough, and nothing is lost by more.
        guard now - today < 3_600 else { return }
        try await observations.forget(before: today - Limits.observationDays * 86_400)
        try await reports.forget(before: today - Limits.reportDays * 86_400)
    }

    /// Ends a report that nobody is sent.
    func drop(_ report: OutgoingReport, _ reason: String, _ step: inout Step) async throws {
        try await reports.finish(report, remark: reason)
        step.finished += 1
    }

    /// The part of a report's identifier that is its own: for file names.
    static func uniqueID(of report: OutgoingReport) -> String? {
        report.reportID.split(separator: "@").first?.split(separator: "_").last.map(String.init)
    }
}

extension ReportObservationBatch {
    /// The same in batches of so many rows at most.
    fileprivate func parts(of count: Int) -> [ReportObservationBatch] {
        guard rows.count > count else { return [self] }
        return stride(from: 0, to: rows.count, by: count).map { start in
            var part = self
            part.rows = Array(rows[start..<min(start + count, rows.count)])
            if start > 0 {
                part.aboutReports = 0
                part.leftOut = 0
            }
            return part
        }
    }
}
