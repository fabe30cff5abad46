import FoundationEssentials
import Glibc
import MailReports
import Storage

/// One round through a folder of this machine: files that no longer change are stored, and only then
/// moved away or remembered.
struct FolderRound {
    let place: FolderPlace
    let intake: Intake
    let store: IntakePlaceStore
    let limits: PlaceLimits
    /// The files as the round before saw them: one that is as it was no longer changes.
    let before: [String: WatchedFile.Facts]
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    private(set) var result = IntakeRound()
    private(set) var seen: [String: WatchedFile.Facts] = [:]

    init(
        _ place: FolderPlace, intake: Intake, store: IntakePlaceStore, limits: PlaceLimits,
        before: [String: WatchedFile.Facts], now: @escaping @Sendable () -> Int64
    ) {
        self.place = place
        self.intake = intake
        self.store = store
        self.limits = limits
        self.before = before
        self.now = now
    }

    /// A file that is ready.
    private struct Ready {
        var name: String
        var facts: WatchedFile.Facts
    }

    mutating func run() async throws {
        let end = ContinuousClock.now + limits.round
        let names = try names()
        let known = try await store.begin(place.name, validity: 1)
        var ready: [Ready] = []
        var left: [IntakeItem] = []
        var present: Set<String> = []
        for name in names {
            switch WatchedFile.look(folder + "/" + name) {
            case .gone, .folder: continue
            case .other(let what):
                present.insert(name)
                left.append(
                    IntakeItem(name, .left, remark: "It is \(what), which is never followed."))
            case .file(let facts):
                let key = Self.key(name, facts)
                present.formUnion([key, name])
                result.found += 1
                seen[name] = facts
                if let item = known[key], item.state != .taken {
                    if item.state == .left { result.left += 1 }
                } else if facts.size > limits.fileBytes {
                    left.append(
                        IntakeItem(
                            key, .left,
                            remark: "The file is longer than \(limits.fileBytes >> 20) MiB."))
                } else if place.kind == .maildir || before[name] == facts {
                    ready.append(Ready(name: name, facts: facts))
                }
            }
        }
        result.left += left.count
        try await store.remember(
            left.filter { known[$0.name]?.state != .left }, in: place.name, now: now())
        try await store.forget(known.keys.filter { !present.contains($0) }, in: place.name)
        for group in groups(ready.prefix(limits.itemsInRound)) {
            guard ContinuousClock.now < end, !Task.isCancelled else {
                result.hasMore = true
                return
            }
            try await take(group)
        }
        if ready.count > limits.itemsInRound { result.hasMore = true }
    }

    // MARK: What is there

    /// A mail in a Maildir is complete once it is in `new`.
    private var folder: String { place.kind == .maildir ? place.path + "/new" : place.path }

    private func names() throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.utf8.first != UInt8(ascii: ".") }
                .sorted().prefix(limits.itemsListed).map(\.self)
        } catch {
            throw PlaceFailure(
                .folder,
                "The folder \(folder) cannot be listed. Check that it is there and that Sealgate "
                    + "may read it.")
        }
    }

    /// A file under its name, as it is now.
    private static func key(_ name: String, _ facts: WatchedFile.Facts) -> String {
        "\(name.prefix(300))|\(facts.size)|\(facts.seconds).\(facts.nanoseconds)"
    }

    private func groups(_ ready: ArraySlice<Ready>) -> [[Ready]] {
        var groups: [[Ready]] = []
        var octets: Int64 = 0
        for file in ready {
            let isFull =
                groups.last.map { $0.count >= limits.itemsTogether } ?? true
                || octets + file.facts.size > Int64(limits.bytesTogether)
            if isFull {
                groups.append([])
                octets = 0
            }
            groups[groups.count - 1].append(file)
            octets += file.facts.size
        }
        return groups
    }

    // MARK: One group

    private mutating func take(_ group: [Ready]) async throws {
        var arrivals: [Arrival] = []
        var done: [Ready] = []
        for file in group {
            guard let opened = WatchedFile(folder + "/" + file.name), opened.facts == file.facts
            else { continue }
            if file.facts.size > Int64(limits.bytesTogether) {
                // Too long for memory: straight from the disk, on its own.
                add(
                    try await intake.accept(
                        path: opened.path, name: file.name, door: door,
                        origin: ReportOrigin(.folder)))
                guard opened.isUnchanged else { continue }
            } else {
                guard let octets = opened.octets(), opened.isUnchanged else { continue }
                arrivals.append(
                    Arrival(
                        octets, name: file.name, door: door,
                        sender: .mailbox(trusting: place.receivers)))
            }
            done.append(file)
        }
        for outcome in try await intake.accept(arrivals, about: place.domains) { add(outcome) }
        // From here on the reports are durable.
        try await finish(done)
    }

    private var door: String { place.kind.rawValue }

    private mutating func add(_ outcome: IntakeOutcome) {
        if outcome.isKnown { result.known += 1 } else { result.taken += 1 }
        result.refused += outcome.refused.count
    }

    private func finish(_ files: [Ready]) async throws {
        switch place.afterwards {
        case .keep:
            try await store.remember(
                files.map { IntakeItem(Self.key($0.name, $0.facts), .done) }, in: place.name,
                now: now())
        case .move:
            let target = place.kind == .maildir ? place.path + "/cur" : place.path + "/done"
            for file in files { try move(file, to: target) }
        }
    }

    private func move(_ file: Ready, to target: String) throws {
        let path = folder + "/" + file.name
        // Another file under the same name was not read.
        guard WatchedFile.look(path) == .file(file.facts) else { return }
        mkdir(target, 0o700)
        var name = file.name
        if place.kind == .maildir {
            name = String(name.prefix { $0 != ":" }) + ":2,S"
        } else if case .file = WatchedFile.look(target + "/" + name) {
            name = "\(file.facts.seconds).\(file.facts.inode)-\(name)"
        }
        guard rename(path, target + "/" + name) == 0 else {
            throw PlaceFailure(
                .folder,
                "\(path) was taken in, but cannot be moved to \(target): "
                    + "\(String(cString: strerror(errno))). It will be known again.")
        }
    }
}
