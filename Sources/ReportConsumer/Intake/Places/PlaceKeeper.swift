public import Storage

/// Goes through the places that reports are fetched from, again and again.
///
/// Each place has a task of its own: one that hangs keeps no other waiting. A failure is told, and
/// the place is left alone for a while that doubles with each failure.
public struct PlaceKeeper: Sendable {
    /// Opens a connection to a mail server.
    public typealias Connect =
        @Sendable (MailboxPlace, PlaceLimits) async throws(PlaceFailure) -> any MailConnection

    let places: [ReportPlace]
    let intake: Intake
    let store: IntakePlaceStore
    let limits: PlaceLimits
    let interval: Duration
    let connect: Connect
    let note: @Sendable (String) -> Void
    let now: @Sendable () -> Int64

    /// How often a folder of this machine is looked at.
    static let folderInterval: Duration = .seconds(3)

    /// - Parameters:
    ///   - interval: wait between two rounds in a mailbox.
    ///   - connect: for tests; the standard one is libcurl's.
    ///   - note: told what an operator should know, a sentence each.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    public init(
        places: [ReportPlace], intake: Intake, store: IntakePlaceStore,
        limits: PlaceLimits = PlaceLimits(), interval: Duration = .seconds(60),
        connect: @escaping Connect = PlaceKeeper.curl,
        note: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> Int64
    ) {
        self.places = places
        self.intake = intake
        self.store = store
        self.limits = limits
        self.interval = interval
        self.connect = connect
        self.note = note
        self.now = now
    }

    /// Connects through libcurl.
    public static let curl: Connect = { place, limits throws(PlaceFailure) in
        try await CurlConnection.open(place, limits: limits)
    }

    /// Runs until its task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for place in places { group.addTask { await keep(place) } }
        }
    }

    /// What a place's task remembers between two rounds.
    public struct Memory: Sendable {
        var files: [String: WatchedFile.Facts] = [:]
        var isCautious = false

        public init() {}
    }

    /// How a round ended.
    public enum Ending: Sendable {
        case done(IntakeRound)
        /// Rounds that failed one after the other, this one included.
        case failed(PlaceFailure, failures: Int64)
    }

    private func keep(_ place: ReportPlace) async {
        var memory = Memory()
        while !Task.isCancelled {
            let pause: Duration
            switch await round(place, &memory) {
            case .done(let round): pause = round.hasMore ? .zero : usualPause(place)
            case .failed(let failure, let failures):
                if !Task.isCancelled { note("\(place.name): \(failure)") }
                pause = self.pause(after: failures)
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func usualPause(_ place: ReportPlace) -> Duration {
        if case .folder = place { Self.folderInterval } else { interval }
    }

    /// How long a place is left alone after so many failures in a row.
    public func pause(after failures: Int64) -> Duration {
        let doubled = limits.firstPause * (1 << min(max(0, failures - 1), 20))
        return min(doubled, limits.longestPause)
    }

    // MARK: One round

    /// Goes through a place once and notes how that went.
    public func round(_ place: ReportPlace, _ memory: inout Memory) async -> Ending {
        var result = IntakeRound()
        do {
            switch place {
            case .mailbox(let mailbox): try await go(through: mailbox, &memory, &result)
            case .folder(let folder):
                var round = FolderRound(
                    folder, intake: intake, store: store, limits: limits, before: memory.files,
                    now: now)
                defer { result = round.result }
                try await round.run()
                memory.files = round.seen
            }
            try await store.note(result, in: place.name, now: now())
            return .done(result)
        } catch {
            return await failed(error, after: result, in: place)
        }
    }

    private func go(
        through mailbox: MailboxPlace, _ memory: inout Memory, _ result: inout IntakeRound
    ) async throws {
        let connection = try await connect(mailbox, limits)
        var round = MailboxRound(
            mailbox, intake: intake, store: store, limits: limits,
            isCautious: memory.isCautious, now: now)
        do {
            try await round.run(connection)
        } catch {
            result = round.result
            if round.wasFetching { memory.isCautious = true }
            await connection.close()
            throw error
        }
        result = round.result
        memory.isCautious = false
        await connection.close()
    }

    private func failed(
        _ error: any Error, after result: IntakeRound, in place: ReportPlace
    ) async -> Ending {
        let failure =
            error as? PlaceFailure
            ?? PlaceFailure(.folder, "What came in could not be stored: \(error)")
        let failures = try? await store.note(
            failure: failure.description, after: result, in: place.name, now: now())
        return .failed(failure, failures: failures ?? 1)
    }

    // MARK: Looking

    /// Connects to a place and says what is there; nothing is taken or changed.
    public func look(_ place: ReportPlace) async throws(PlaceFailure) -> String {
        switch place {
        case .folder(let folder):
            let path = folder.kind == .maildir ? folder.path + "/new" : folder.path
            guard let count = WatchedFile.count(in: path) else {
                throw PlaceFailure(.folder, "The folder \(path) cannot be listed.")
            }
            return "\(count) \(count == 1 ? "file" : "files")"
        case .mailbox(let mailbox):
            let connection = try await connect(mailbox, limits)
            do throws(PlaceFailure) {
                var session = IMAPSession(connection, limits: limits)
                try await session.readCapabilities()
                let found = try await session.select(mailbox.folder)
                await session.end()
                return "\(found.count) \(found.count == 1 ? "mail" : "mails")"
            } catch {
                await connection.close()
                throw error
            }
        }
    }
}
