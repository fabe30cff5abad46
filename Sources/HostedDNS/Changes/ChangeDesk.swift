import DNS
import DNSResolver
public import DomainAnalysis
public import Identities
public import Storage

/// Where people bring changes of their DNS: it works out the exact difference, makes it when a
/// person says so, and takes it back.
public struct ChangeDesk: Sendable {
    public private(set) var store: ChangeStore
    private let asker: any ZoneAsking
    private let applier: ChangeApplier
    private var watch: ChangeWatch
    private let keys: KeyRing
    private let allowsUnsigned: Bool
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - allowsUnsigned: whether a server on this machine may be asked without a key.
    ///   - now: seconds since 1970.
    public init(
        store: ChangeStore, asker: any ZoneAsking, keys: KeyRing, updater: ZoneUpdater,
        allowsUnsigned: Bool = false, now: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.asker = asker
        self.keys = keys
        self.allowsUnsigned = allowsUnsigned
        self.now = now
        applier = ChangeApplier(asker: asker, updater: updater)
        watch = ChangeWatch(store: store, asker: asker)
    }

    /// The same desk for a program or a rule: the audit log tells of each as what it is.
    public func acting(as kind: AuditActor.Kind) -> ChangeDesk {
        var copy = self
        copy.store = store.acting(as: kind)
        copy.watch = ChangeWatch(store: copy.store, asker: asker)
        return copy
    }

    /// What became of a person's request, in a sentence.
    public enum Outcome: Hashable, Sendable {
        case done(String)
        /// It was not done; the sentence says why and what to do.
        case refused(String)
    }

    // MARK: Proposing

    /// Steps of a plan, as a change; nothing is made yet.
    ///
    /// - Parameters:
    ///   - timeToLive: for what is new or changes; nil keeps it, and takes an hour for new names.
    ///   - mail: what the reports say about the domain's mail.
    public func propose(
        _ changes: [DNSChange], for domain: DomainName, reason: String, by person: String,
        timeToLive: UInt32? = nil, mail: ChangeConsequences.Mail? = nil
    ) async throws -> StoredChange {
        try await keep(
            preview(
                changes, for: domain, reason: reason, by: person, timeToLive: timeToLive,
                mail: mail))
    }

    /// The same change, worked out against the zone and kept nowhere.
    public func preview(
        _ changes: [DNSChange], for domain: DomainName, reason: String, by person: String,
        timeToLive: UInt32? = nil, mail: ChangeConsequences.Mail? = nil
    ) async throws -> ZoneChange {
        let needed = try ChangeDraft.needed(for: changes)
        var draft = try await draft(domain, needed)
        for change in changes { try draft.take(change) }
        let plain = try draft.change(reason: reason, askedBy: person, timeToLive: timeToLive)
        var change = plain
        change.consequences = ChangeConsequences.of(plain.sets, mail: mail)
        return change
    }

    /// Keeps a change that was shown to a person; nothing is made yet.
    public func propose(_ change: ZoneChange) async throws -> StoredChange {
        try await keep(change)
    }

    /// Closes a domain that sends and takes no mail; nothing is made yet.
    ///
    /// - Parameters:
    ///   - legitimate: messages of the last `days` days that are or look like the owner's.
    ///   - reportURI: where reports go when the record that is there does not say.
    public func proposeLockDown(
        of domain: DomainName, by person: String, reportURI: String?, legitimate: Int64,
        undecided: Int64, days: Int
    ) async throws -> StoredChange {
        var draft = try await draft(domain, LockDown.needed(for: domain))
        let consequences = LockDown.consequences(
            of: draft, legitimate: legitimate, undecided: undecided, days: days)
        LockDown.apply(to: &draft, reportURI: reportURI)
        let change = try draft.change(
            reason: "Close \(domain) for mail: it sends and takes none.", askedBy: person,
            consequences: consequences)
        return try await keep(change)
    }

    private func draft(
        _ domain: DomainName, _ needed: [(name: DNSName, type: RecordType)]
    ) async throws -> ChangeDraft {
        for name in needed.map(\.name) where !name.isEqualOrBelow(DNSName(domain)) {
            throw ZoneChangeError.outside(name, domain)
        }
        let place = try await applier.place(of: needed.map(\.name), primary: keys.primary)
        var draft = ChangeDraft(domain: domain)
        for (name, type) in needed {
            draft.found(try await applier.found(name, type, at: place), at: name, type)
        }
        return draft
    }

    private func keep(_ change: ZoneChange, undoOf: Int64? = nil) async throws -> StoredChange {
        let id = try await store.add(change, undoOf: undoOf, now: now())
        guard let stored = try await store.change(id) else {
            throw ZoneFault("The change was kept, and cannot be read any more.")
        }
        return stored
    }

    // MARK: Making

    /// Makes a change that was proposed.
    ///
    /// - Parameter typed: the domain's name as the person typed it; wanted for a change with
    ///   consequences.
    public func apply(
        _ id: Int64, by person: String, typed: String? = nil
    ) async throws -> Outcome {
        guard let stored = try await store.change(id) else {
            return .refused("There is no change \(id).")
        }
        guard stored.state == .proposed else {
            return .refused("The change \(id) is not to be made any more: \(stored.state.words).")
        }
        if stored.change.isDangerous, DomainName(typed ?? "") != stored.change.domain {
            let what = stored.change.consequences.joined(separator: " ")
            return .refused(
                "\(what) If that is right, type the domain's name, \(stored.change.domain), to "
                    + "confirm it.")
        }
        if stored.change.changesPolicy, try await store.needsAnother(than: person, for: stored) {
            return .refused(
                "Your organisation wants two people for a change of a policy: somebody else than "
                    + "\(stored.change.askedBy) makes this one, at the console or the command "
                    + "line, or you propose the policy on the domain's page Policy.")
        }
        let place: ChangeApplier.Place
        let key: TransactionKey?
        do {
            place = try await applier.place(
                of: stored.change.sets.map(\.name), primary: keys.primary)
            key = try keys.key(for: place.zone)
        } catch {
            return .refused("\(error)")
        }
        guard key != nil || allowsUnsigned else {
            return .refused(
                "There is no key (TSIG) for the server \(place.server). Name the file that has it "
                    + "with --tsig-keys, or export the change and make it by hand.")
        }
        // Written down before it is sent: should we be stopped, the watch finds out what became
        // of it.
        let start = now()
        let isOurs = try await store.move(
            id, from: [.proposed],
            ChangeMove(
                to: .applying, by: person, zone: place.zone.description,
                server: place.server.description, appliedAt: start,
                dueAt: Self.dueAt(stored.change, from: start),
                nextCheckAt: start + Limits.applying), now: start)
        guard isOurs else { return .refused("Somebody else is making the change \(id) just now.") }
        let outcome = await applier.apply(stored.change, at: place, key: key)
        return try await conclude(stored, outcome, by: person)
    }

    private func conclude(
        _ stored: StoredChange, _ outcome: ChangeApplier.Outcome, by person: String
    ) async throws -> Outcome {
        let id = stored.id
        switch outcome {
        case .done(let zone, let server):
            _ = try await store.move(
                id, from: [.applying],
                ChangeMove(to: .pending, by: person, nextCheckAt: now()), now: now())
            try await watch.settleOthers(stored, by: person, now: now())
            try await watch.check(id, now: now())
            return .done(
                "The server \(server) has made the change in the zone \(zone.spoken). It is watched until "
                    + "all servers of the zone show it.")
        case .changedMeanwhile(let sentence), .refused(let sentence):
            _ = try await store.move(
                id, from: [.applying], ChangeMove(to: .proposed, by: person, remark: sentence),
                now: now())
            return .refused(sentence)
        case .uncertain(let sentence, _, _):
            let remark =
                sentence + " Whether the change was made is not known yet; the servers are asked "
                + "again in a while."
            try await store.checked(
                id, in: .applying, remark: remark, nextCheckAt: now() + Limits.applying,
                now: now())
            return .refused(remark)
        }
    }

    /// Notes that a person made a proposed change elsewhere, by an export; it is watched from now
    /// on.
    public func madeByHand(_ id: Int64, by person: String) async throws -> Outcome {
        guard let stored = try await store.change(id) else {
            return .refused("There is no change \(id).")
        }
        let start = now()
        let isMoved = try await store.move(
            id, from: [.proposed],
            ChangeMove(
                to: .pending, by: person, remark: "Made by hand.", appliedAt: start,
                dueAt: Self.dueAt(stored.change, from: start), nextCheckAt: start), now: start)
        guard isMoved else {
            return .refused("The change \(id) is not to be made any more: \(stored.state.words).")
        }
        try await watch.settleOthers(stored, by: person, now: now())
        try await watch.check(id, now: now())
        return .done("The change is watched until all servers of the zone show it.")
    }

    public func dismiss(_ id: Int64, by person: String) async throws -> Outcome {
        let isMoved = try await store.move(
            id, from: [.proposed], ChangeMove(to: .dismissed, by: person), now: now())
        return isMoved
            ? .done("The change will not be made.")
            : .refused("The change \(id) is not a proposal any more.")
    }

    /// Proposes the way back; it holds only while all is as the change left it. Who asks again
    /// gets the proposal that is there.
    public func proposeUndo(of id: Int64, by person: String) async throws -> StoredChange {
        guard let stored = try await store.change(id) else {
            throw ZoneFault("There is no change \(id).")
        }
        guard ChangeState.made.contains(stored.state) else {
            throw ZoneFault("The change \(id) cannot be taken back: \(stored.state.words).")
        }
        if let open = try await store.openUndo(of: id) { return open }
        let inverse = stored.change.inverse(askedBy: person)
        var change = inverse
        change.consequences = ChangeConsequences.of(inverse.sets)
        return try await keep(change, undoOf: id)
    }

    private static func dueAt(_ change: ZoneChange, from start: Int64) -> Int64 {
        start + Int64(change.longestTimeToLive) + Limits.visibility
    }
}
