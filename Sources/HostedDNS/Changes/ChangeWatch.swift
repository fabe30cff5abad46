import DomainAnalysis
public import Storage

import DNS
import DNSResolver

/// Looks whether changes are visible on every server of their zone, and stay so.
public struct ChangeWatch: Sendable {
    private let store: ChangeStore
    private let asker: any ZoneAsking

    public init(store: ChangeStore, asker: any ZoneAsking) {
        self.store = store
        self.asker = asker
    }

    /// What one step saw.
    public struct Step: Hashable, Sendable {
        public var checked = 0
        /// Changes that are in another state than before.
        public var moved: [Int64: ChangeState] = [:]
    }

    /// Looks at the changes whose time has come; to be called again and again.
    ///
    /// - Parameter now: seconds since 1970.
    public func step(now: Int64) async throws -> Step {
        var step = Step()
        let due = try await store.claimDue(
            now: now, until: now + Limits.pendingPause, limit: Limits.watchedAtOnce)
        for change in due {
            if Task.isCancelled { break }
            step.checked += 1
            if let state = try await check(change, now: now) { step.moved[change.id] = state }
        }
        return step
    }

    /// Looks at one change now.
    public func check(_ id: Int64, now: Int64) async throws {
        guard let change = try await store.change(id), ChangeState.watched.contains(change.state)
        else { return }
        _ = try await check(change, now: now)
    }

    /// The state that the change has now where that is another one.
    private func check(_ change: StoredChange, now: Int64) async throws -> ChangeState? {
        let seen = await observe(change.change)
        let (state, remark) = Self.judge(change, seen, now: now)
        let pause =
            state == .pending || state == .applying ? Limits.pendingPause : Limits.standingPause
        let next: Int64? = ChangeState.watched.contains(state) ? now + pause : nil
        guard state != change.state else {
            try await store.checked(
                change.id, in: state, remark: remark, nextCheckAt: next ?? now + pause, now: now)
            return nil
        }
        let isMoved = try await store.move(
            change.id, from: [change.state],
            ChangeMove(to: state, remark: remark, nextCheckAt: next), now: now)
        // It was made after all, though whoever made it never heard.
        if isMoved, change.state == .applying, state != .proposed {
            try await settleOthers(change, by: "", now: now)
        }
        return isMoved ? state : nil
    }

    /// What a change that was made put something else in the place of is not watched any more.
    func settleOthers(_ stored: StoredChange, by person: String, now: Int64) async throws {
        for other in try await store.watched(stored.change.domain)
        where other.id != stored.id && other.change.overlaps(stored.change) {
            let isUndone = other.id == stored.undoOf
            _ = try await store.move(
                other.id, from: ChangeState.made,
                ChangeMove(
                    to: isUndone ? .undone : .replaced, by: person,
                    remark: isUndone
                        ? "Taken back by change \(stored.id)."
                        : "Change \(stored.id) has other records for the same names."),
                now: now)
        }
    }

    // MARK: What the servers say

    /// What the servers of a change's zone say about its records.
    struct Observation: Hashable, Sendable {
        /// Names of servers that show all of it.
        var showing: [String] = []
        /// Servers that show all as it was before.
        var unchanged: [String] = []
        /// Servers that show something else, with what.
        var differing: [String] = []
        /// Servers that do not answer, with the reason.
        var silent: [String] = []

        var isComplete: Bool { !showing.isEmpty && others.isEmpty && silent.isEmpty }
        var others: [String] { unchanged + differing }
    }

    func observe(_ change: ZoneChange) async -> Observation {
        var observation = Observation()
        let servers: [ZoneServer]
        do {
            guard let name = change.sets.first?.name else { return observation }
            servers = try await asker.servers(of: try await asker.zone(of: name).apex)
        } catch {
            observation.silent.append("\(error)")
            return observation
        }
        for server in servers.prefix(Limits.servers) {
            await observe(change, at: server, into: &observation)
        }
        return observation
    }

    private func observe(
        _ change: ZoneChange, at server: ZoneServer, into observation: inout Observation
    ) async {
        // A name may stand for several machines: each has to show it.
        guard !server.addresses.isEmpty else {
            return observation.silent.append("\(server.name) has no address")
        }
        var (isAfter, isBefore) = (true, true)
        var differences: [String] = []
        for address in server.addresses.prefix(Limits.addresses) {
            for set in change.sets {
                let found: RecordSet?
                do {
                    found = try await asker.recordSet(set.name, set.type, at: address)
                } catch {
                    return observation.silent.append("\(server.name): \(error)")
                }
                let isSame = set.after.holdsSame(as: found)
                isAfter = isAfter && isSame
                isBefore = isBefore && set.before.holdsSame(as: found)
                if !isSame {
                    differences.append(
                        "\(set.type) of \(set.name.spoken) is now "
                            + ChangeApplier.words(found, set.type))
                }
            }
        }
        if isAfter {
            observation.showing.append(server.name)
        } else if isBefore {
            observation.unchanged.append(server.name)
        } else {
            let what = Set(differences).sorted().joined(separator: "; ")
            observation.differing.append("\(server.name): \(what)")
        }
    }

    // MARK: What follows

    /// The state of a change after an observation, and what to say about it.
    static func judge(
        _ change: StoredChange, _ seen: Observation, now: Int64
    ) -> (state: ChangeState, remark: String) {
        let remark = String(words(seen).prefix(Limits.remark))
        switch change.state {
        case .applying:
            if !seen.showing.isEmpty { return (seen.isComplete ? .visible : .pending, remark) }
            // Nobody shows it: it was not made, unless nobody could be asked.
            guard !seen.others.isEmpty else { return (.applying, remark) }
            return (.proposed, "The change was not made. " + remark)
        case .pending:
            if seen.isComplete { return (.visible, "") }
            let isLate = change.dueAt.map { now > $0 } ?? false
            return (isLate ? .overdue : .pending, remark)
        case .overdue:
            return seen.isComplete ? (.visible, "") : (.overdue, remark)
        case .visible:
            return seen.others.isEmpty ? (.visible, remark) : (.changedOutside, remark)
        case .changedOutside:
            return seen.isComplete ? (.visible, "") : (.changedOutside, remark)
        case .proposed, .replaced, .undone, .dismissed:
            return (change.state, change.remark)
        }
    }

    private static func words(_ seen: Observation) -> String {
        var sentences: [String] = []
        if !seen.unchanged.isEmpty {
            sentences.append("As before on: " + seen.unchanged.joined(separator: ", "))
        }
        if !seen.differing.isEmpty {
            sentences.append("Otherwise on " + seen.differing.joined(separator: "; "))
        }
        if !seen.silent.isEmpty {
            sentences.append("Not answered: " + seen.silent.joined(separator: "; "))
        }
        return sentences.joined(separator: ". ")
    }
}
