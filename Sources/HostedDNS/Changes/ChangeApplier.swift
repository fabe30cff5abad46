public import DNS
public import DNSResolver
public import DomainAnalysis

/// Makes a change at the zone's primary server, as a whole and only while everything is as the
/// change says it was.
public struct ChangeApplier: Sendable {
    private let asker: any ZoneAsking
    private let updater: ZoneUpdater

    public init(asker: any ZoneAsking, updater: ZoneUpdater) {
        self.asker = asker
        self.updater = updater
    }

    public enum Outcome: Hashable, Sendable {
        case done(zone: DNSName, server: ResolverAddress)
        /// The records are others than the change says they were; nothing was changed.
        case changedMeanwhile(String)
        /// Nothing was changed.
        case refused(String)
        /// Nobody knows whether it was made: no answer came, or none that can be believed.
        case uncertain(String, zone: DNSName, server: ResolverAddress)
    }

    /// Where a change is to be made.
    public struct Place: Hashable, Sendable {
        public var zone: DNSName
        public var server: ResolverAddress
    }

    /// The zone that all names of a change lie in, and its primary server.
    ///
    /// - Parameter primary: a server to take instead of the one that the zone names.
    public func place(
        of names: [DNSName], primary: (DNSName) -> ResolverAddress?
    ) async throws -> Place {
        var place: ZonePlace?
        for name in Set(names).sorted() {
            let found = try await asker.zone(of: name)
            if let known = place, known.apex != found.apex {
                throw ZoneFault(
                    "The change touches two zones, \(known.apex.spoken) and \(found.apex.spoken), and cannot be "
                        + "made as a whole. Make one change for each.")
            }
            place = found
        }
        guard let place else { throw ZoneFault("The change names nothing.") }
        if let named = primary(place.apex) { return Place(zone: place.apex, server: named) }
        let addresses = try await asker.addresses(of: place.primary)
        guard let server = addresses.first else {
            throw ZoneFault("The primary server \(place.primary) has no address.")
        }
        return Place(zone: place.apex, server: server)
    }

    /// The records as the primary server has them.
    ///
    /// A wildcard answers for names that do not exist: what comes from one is not there.
    public func found(
        _ name: DNSName, _ type: RecordType, at place: Place
    ) async throws -> RecordSet? {
        let set = try await asker.recordSet(name, type, at: place.server)
        guard let set, !name.isWildcard else { return set }
        var above = name.parent
        while let parent = above, parent.isEqualOrBelow(place.zone) {
            if let wildcard = parent.adding(label: [UInt8(ascii: "*")]),
                let same = try await asker.recordSet(wildcard, type, at: place.server),
                same.holdsSame(as: set)
            {
                return nil
            }
            above = parent.parent
        }
        return set
    }

    public func apply(
        _ change: ZoneChange, at place: Place, key: TransactionKey?
    ) async -> Outcome {
        let update = Self.update(change, zone: place.zone)
        switch await updater.send(update, to: place.server, key: key) {
        case .done: return .done(zone: place.zone, server: place.server)
        case .changedMeanwhile:
            return .changedMeanwhile(await meanwhile(change, at: place))
        case .refused(let sentence): return .refused(sentence)
        case .unproved(let sentence):
            return await settle(change, sentence, isAnswered: true, at: place)
        case .uncertain(let sentence):
            return await settle(change, sentence, isAnswered: false, at: place)
        }
    }

    /// The zone itself says what became of a request whose answer cannot be believed. Records as
    /// before mean little where no answer came, for the request may still be on its way.
    private func settle(
        _ change: ZoneChange, _ sentence: String, isAnswered: Bool, at place: Place
    ) async -> Outcome {
        let uncertain = Outcome.uncertain(sentence, zone: place.zone, server: place.server)
        var isAfter = true
        var isBefore = true
        for set in change.sets {
            let now: RecordSet?
            do {
                now = try await found(set.name, set.type, at: place)
            } catch {
                return uncertain
            }
            isAfter = isAfter && set.after.holdsSame(as: now)
            isBefore = isBefore && set.before.holdsSame(as: now)
        }
        if isAfter { return .done(zone: place.zone, server: place.server) }
        return isBefore && isAnswered ? .refused(sentence) : uncertain
    }

    /// What is there now in the place of what was there before.
    private func meanwhile(_ change: ZoneChange, at place: Place) async -> String {
        var sentences: [String] = []
        for set in change.sets {
            do {
                let now = try await found(set.name, set.type, at: place)
                guard !set.before.holdsSame(as: now) else { continue }
                sentences.append(
                    "\(set.type) of \(set.name.spoken) is now \(Self.words(now, set.type))")
            } catch {
                sentences.append("\(set.type) of \(set.name.spoken) cannot be read now: \(error)")
            }
        }
        let what =
            sentences.isEmpty
            ? "another record stands in the way, as an alias (CNAME) at the same name would"
            : sentences.joined(separator: "; ")
        let text = "The DNS has changed meanwhile: \(what). Nothing was changed; propose it anew."
        return String(text.prefix(Limits.remark))
    }

    static func words(_ set: RecordSet?, _ type: RecordType) -> String {
        set.map { $0.presentations(as: type).joined(separator: ", ") } ?? "not there"
    }

    // MARK: The update

    /// RFC 2136: prerequisites that hold only for exactly what was there, and instructions that
    /// lead to exactly what shall be there.
    static func update(_ change: ZoneChange, zone: DNSName) -> DNSUpdate {
        var update = DNSUpdate(zone: zone)
        for set in change.sets {
            if let before = set.before {
                update.prerequisites += before.data.map { .holds(set.name, set.type, $0) }
            } else if set.type == .cname {
                update.prerequisites.append(.nameNotInUse(set.name))
            } else {
                update.prerequisites.append(.absent(set.name, set.type))
                // §3.4.2.2: beside an alias, additions would be passed over in silence.
                update.prerequisites.append(.absent(set.name, .cname))
            }
            update.instructions += instructions(set, zone: zone)
        }
        return update
    }

    private static func instructions(
        _ set: RecordSetChange, zone: DNSName
    ) -> [DNSUpdate.Instruction] {
        func add(_ data: [RecordData]) -> [DNSUpdate.Instruction] {
            data.map {
                .add(
                    ResourceRecord(
                        name: set.name, type: set.type,
                        timeToLive: set.after?.timeToLive ?? ChangeLimits.newTimeToLive, data: $0))
            }
        }
        // §3.4.2.4: the servers of the zone itself cannot all be taken out at once.
        if set.type == .ns, set.name == zone {
            return add(set.added) + set.removed.map { .remove(set.name, set.type, $0) }
        }
        let clear: [DNSUpdate.Instruction] =
            set.before == nil ? [] : [.removeSet(set.name, set.type)]
        return clear + add(set.after?.data ?? [])
    }
}
