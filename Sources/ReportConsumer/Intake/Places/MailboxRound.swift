import MailReports
import Storage

/// One round through a mail folder: what is new is fetched, stored, remembered, and only then
/// archived, marked or removed.
///
/// It may be killed anywhere. What was stored and not remembered is fetched again and known by its
/// digest; what was remembered and not archived is archived by the next round.
struct MailboxRound {
    let place: MailboxPlace
    let intake: Intake
    let store: IntakePlaceStore
    let limits: PlaceLimits
    /// Fetch one mail at a time, since a round broke off while several were fetched.
    let isCautious: Bool
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    /// What it came to so far, whatever ends it.
    private(set) var result = IntakeRound()
    /// Whether it was fetching when it ended.
    private(set) var wasFetching = false

    init(
        _ place: MailboxPlace, intake: Intake, store: IntakePlaceStore, limits: PlaceLimits,
        isCautious: Bool, now: @escaping @Sendable () -> Int64
    ) {
        self.place = place
        self.intake = intake
        self.store = store
        self.limits = limits
        self.isCautious = isCautious
        self.now = now
    }

    mutating func run(_ connection: any MailConnection) async throws {
        let end = ContinuousClock.now + limits.round
        var session = IMAPSession(connection, limits: limits)
        try await session.readCapabilities()
        let folder = try await session.select(place.folder)
        var known = try await store.begin(place.name, validity: Int64(folder.validity))
        let listed = try await list(folder, &session)
        result.found = listed.count
        let isWhole = listed.count >= Int(folder.count)

        // What an earlier round stored and did not get done.
        let waiting = listed.map(\.uid).filter { known[String($0)]?.state == .taken }
        for group in waiting.cut(limits.itemsTogether) { try await finish(group, &session) }
        if isWhole {
            let present = Set(listed.map { String($0.uid) })
            try await store.forget(known.keys.filter { !present.contains($0) }, in: place.name)
        }
        try await leaveLongOnes(listed, &known)
        let fresh = listed.filter { mail in
            switch known[String(mail.uid)]?.state {
            case nil, .failed: true
            case .taken, .done, .left: false
            }
        }
        result.left = listed.count { known[String($0.uid)]?.state == .left }
        let ordered = fresh.sorted {
            let (first, second) = (
                known[String($0.uid)]?.attempts ?? 0, known[String($1.uid)]?.attempts ?? 0
            )
            return (first, $0.uid) < (second, $1.uid)
        }
        for group in groups(ordered.prefix(limits.itemsInRound)) {
            guard ContinuousClock.now < end, !Task.isCancelled else {
                result.hasMore = true
                break
            }
            try await take(group, known, &session)
        }
        if ordered.count > limits.itemsInRound || !isWhole { result.hasMore = !ordered.isEmpty }
        await session.end()
    }

    // MARK: What is there

    private func list(
        _ folder: IMAPSession.Folder, _ session: inout IMAPSession
    ) async throws -> [IMAPSession.Listed] {
        var listed: [UInt32: IMAPSession.Listed] = [:]
        var first: UInt32 = 1
        // The server's count is a claim: a command without an answer ends it.
        while first <= folder.count, listed.count < limits.itemsListed {
            let last = min(folder.count, first &+ UInt32(limits.listedTogether) &- 1)
            let found = try await session.list(first, last)
            guard !found.isEmpty else { break }
            for mail in found { listed[mail.uid] = mail }
            guard last < folder.count else { break }
            first = last + 1
        }
        return listed.values.sorted { $0.uid < $1.uid }
    }

    private mutating func leaveLongOnes(
        _ listed: [IMAPSession.Listed], _ known: inout [String: IntakeItem]
    ) async throws {
        let long = listed.filter {
            $0.size > limits.messageBytes && known[String($0.uid)] == nil
        }.map { tooLong(String($0.uid)) }
        try await store.remember(long, in: place.name, now: now())
        for item in long { known[item.name] = item }
    }

    private func tooLong(_ name: String) -> IntakeItem {
        IntakeItem(
            name, .left,
            remark: "The mail is longer than \(limits.messageBytes >> 20) MiB. Save the report in "
                + "it and upload that.")
    }

    private func groups(
        _ mails: ArraySlice<IMAPSession.Listed>
    ) -> [[IMAPSession.Listed]] {
        var groups: [[IMAPSession.Listed]] = []
        var octets = 0
        for mail in mails {
            let isFull =
                isCautious || groups.last.map { $0.count >= limits.itemsTogether } ?? true
                || octets + mail.size > limits.bytesTogether
            if isFull {
                groups.append([])
                octets = 0
            }
            groups[groups.count - 1].append(mail)
            octets += mail.size
        }
        return groups
    }

    // MARK: One group

    private mutating func take(
        _ group: [IMAPSession.Listed], _ known: [String: IntakeItem],
        _ session: inout IMAPSession
    ) async throws {
        let uids = group.map(\.uid)
        let announced = group.reduce(0) { $0 + $1.size }
        let mails: [UInt32: [UInt8]]
        wasFetching = true
        do {
            // Servers count line ends in ways of their own: twice what they said is no lie yet.
            mails = try await session.fetch(
                uids, limit: limits.messageBytes, total: max(1 << 20, announced * 2))
        } catch {
            if group.count == 1 {
                let name = String(uids[0])
                let attempts = (known[name]?.attempts ?? 0) + 1
                try await store.remember(
                    [IntakeItem(name, .failed, attempts: attempts, remark: error.description)],
                    in: place.name, now: now())
            }
            throw error
        }
        wasFetching = false
        let long = mails.filter { $0.value.count > limits.messageBytes }.keys.sorted()
        let whole = uids.filter { mails[$0].map { $0.count <= limits.messageBytes } ?? false }
        try await store.remember(
            long.map { tooLong(String($0)) }, in: place.name, now: now())
        result.left += long.count
        let arrivals = whole.map { uid in
            Arrival(
                mails[uid] ?? [], name: "\(place.folder) › mail \(uid)", door: "imap",
                sender: .mailbox(trusting: place.receivers))
        }
        for outcome in try await intake.accept(arrivals, about: place.domains) {
            if outcome.isKnown { result.known += 1 } else { result.taken += 1 }
            result.refused += outcome.refused.count
        }
        // From here on the reports are durable.
        try await store.remember(
            whole.map { IntakeItem(String($0), .taken) }, in: place.name, now: now())
        try await finish(whole, &session)
    }

    /// Archives, marks or removes mails whose reports are durable.
    private func finish(_ uids: [UInt32], _ session: inout IMAPSession) async throws {
        guard !uids.isEmpty else { return }
        let names = uids.map(String.init)
        var stays = false
        switch place.afterwards {
        case .archive(let folder):
            try await session.move(uids, to: folder)
            stays = session.keepsDeleted
        case .mark:
            try await session.mark(uids)
            stays = true
        case .delete:
            try await session.delete(uids)
            stays = session.keepsDeleted
        }
        if stays {
            try await store.remember(
                names.map { IntakeItem($0, .done) }, in: place.name, now: now())
        } else {
            try await store.forget(names, in: place.name)
        }
    }
}

extension [UInt32] {
    /// Pieces of at most `count`.
    fileprivate func cut(_ count: Int) -> [[UInt32]] {
        stride(from: 0, to: self.count, by: count).map {
            Array(self[$0..<Swift.min($0 + count, self.count)])
        }
    }
}
