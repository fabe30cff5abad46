public import DomainAnalysis
public import Identities
public import MailReports

import SQLDatabase

/// What a replay and a plan are computed from.
public struct ReplayMaterial: Sendable {
    public var window: DayRange
    public var endsWithNewestData: Bool
    public var rows: [ReplayRow]
    /// Messages whose From domain is not a name: no policy can be looked up for them.
    public var withoutDomain: Int64
    /// True when there were more combinations than one replay takes in.
    public var isTruncated: Bool
    /// By sender key: what its mail carries, a few of each.
    public var samples: [String: SenderSamples]

    public init(window: DayRange, endsWithNewestData: Bool) {
        self.window = window
        self.endsWithNewestData = endsWithNewestData
        self.rows = []
        self.withoutDomain = 0
        self.isTruncated = false
        self.samples = [:]
    }
}

/// A few selectors and MAIL FROM domains of one sender, to recognise it by.
public struct SenderSamples: Hashable, Sendable {
    static let most = 5
    public var selectors: [String] = []
    public var mailFroms: [String] = []

    public init() {}

    mutating func add(_ results: AuthenticationResults) {
        for each in results.dkim {
            guard let selector = each.selector else { continue }
            let text = "\(selector)._domainkey.\(each.domain)"
            if selectors.count < Self.most, !selectors.contains(text) { selectors.append(text) }
        }
        for each in results.spf where !mailFroms.contains(each.domain) {
            if mailFroms.count < Self.most { mailFroms.append(each.domain) }
        }
    }
}

extension DomainStore {
    /// A domain's messages by everything that a DMARC decision depends on.
    ///
    /// - Parameter withNamesBelow: whether also those of reports that name a domain below it as the
    ///   one whose policy was looked at, as some do for subdomains without a record.
    public func replayMaterial(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64, withNamesBelow: Bool = false
    ) async throws -> ReplayMaterial? {
        let organisation = organisation
        return try await database.read { transaction in
            guard let subject = try Self.subject(transaction, domain, organisation) else {
                return nil
            }
            let (window, stale) = Self.window(
                days: days, until: until, newest: subject.lastDay.map { Int64($0.number) },
                now: now)
            var material = ReplayMaterial(window: window, endsWithNewestData: stale)
            var names = [(id: subject.id, name: domain)]
            if withNamesBelow {
                names += try Self.below(domain, transaction, organisation, &material)
            }
            for (id, name) in names {
                let decisions = try Self.decisions(transaction, name, organisation)
                try Self.add(id, decisions, transaction, to: &material)
            }
            material.rows.sort {
                ($1.messages, $0.headerFrom.text, $0.senderKey)
                    < ($0.messages, $1.headerFrom.text, $1.senderKey)
            }
            return material
        }
    }

    /// The domains below another that have reports of their own.
    private static func below(
        _ domain: DomainName, _ transaction: any SQLTransaction, _ organisation: OrganisationID,
        _ material: inout ReplayMaterial
    ) throws -> [(id: Int64, name: DomainName)] {
        var names: [(id: Int64, name: DomainName)] = []
        var isTruncated = false
        try transaction.forEachRow(
            "SELECT id, name FROM domain WHERE organisation_id = ? AND name LIKE ? ORDER BY name",
            [.integer(organisation.rawValue), .text("%." + domain.text)]
        ) { row in
            // A name may have a sign in it that stands for any other.
            guard let name = DomainName(row.text(1)), name != domain,
                name.isEqualOrBelow(domain)
            else { return true }
            guard names.count < Limits.namesBelow else {
                isTruncated = true
                return false
            }
            names.append((row.integer(0), name))
            return true
        }
        if isTruncated { material.isTruncated = true }
        return names
    }

    /// Adds what was reported about one domain.
    private static func add(
        _ subject: Int64, _ decisions: Decisions, _ transaction: any SQLTransaction,
        to material: inout ReplayMaterial
    ) throws {
        let sums = try identitySums(transaction, subject, material.window, &material)
        let identities = try identities(transaction, Set(sums.keys.map(\.set)))
        let senders = try senderNames(transaction, Set(sums.keys.map(\.sender)))
        for (key, messages) in sums {
            guard let identity = identities[key.set], let from = identity.headerFrom else {
                material.withoutDomain = ClassCounts.sum(material.withoutDomain, messages)
                continue
            }
            let sender = senders[key.sender] ?? ("unknown", "Unknown")
            material.samples[sender.0, default: SenderSamples()].add(identity.results)
            material.rows.append(
                ReplayRow(
                    headerFrom: from, messages: messages, dkimPasses: identity.dkimPasses,
                    spfPass: identity.spfPass, senderKey: sender.0, senderName: sender.1,
                    sourceClass: decisions.sourceClass(key.classCode, of: key.sender),
                    observedDisposition: Disposition(rawValue: key.disposition)?.word ?? "none"))
        }
    }

    private struct IdentityKey: Hashable {
        var set: Int64
        var sender: Int64
        var classCode: Int64
        var disposition: Int64
    }

    private struct Identity {
        var headerFrom: DomainName?
        var dkimPasses: [DomainName] = []
        var spfPass: DomainName?
        var results = AuthenticationResults()
    }

    private static func identitySums(
        _ transaction: any SQLTransaction, _ domain: Int64, _ window: DayRange,
        _ material: inout ReplayMaterial
    ) throws -> [IdentityKey: Int64] {
        var sums: [IdentityKey: Int64] = [:]
        var isTruncated = false
        try transaction.forEachRow(
            """
            SELECT authentication_set_id, sender_id, class, disposition, messages
            FROM identity_day WHERE domain_id = ? AND day >= ? AND day <= ?
            """,
            [.integer(domain), .integer(window.first.number), .integer(window.last.number)]
        ) { row in
            let key = IdentityKey(
                set: row.integer(0), sender: row.integer(1), classCode: row.integer(2),
                disposition: row.integer(3))
            if material.rows.count + sums.count >= Limits.replayRows, sums[key] == nil {
                isTruncated = true
            } else {
                sums[key] = ClassCounts.sum(sums[key] ?? 0, row.integer(4))
            }
            return true
        }
        if isTruncated { material.isTruncated = true }
        return sums
    }

    private static func identities(
        _ transaction: any SQLTransaction, _ sets: Set<Int64>
    ) throws -> [Int64: Identity] {
        let results = try AuthenticationResults.load(transaction, sets: sets)
        var identities: [Int64: Identity] = [:]
        let ids = sets.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = ids[start..<min(start + 500, ids.count)]
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            try transaction.forEachRow(
                "SELECT id, header_from FROM authentication_set WHERE id IN (\(marks))",
                part.map { .integer($0) }
            ) { row in
                var identity = Identity(headerFrom: DomainName(row.text(1)))
                let result = results[row.integer(0)] ?? AuthenticationResults()
                identity.results = result
                identity.dkimPasses = result.dkim.filter { $0.result == "pass" }
                    .compactMap { DomainName($0.domain) }
                // RFC 9989 §4.3: only the MAIL FROM identity (or its HELO fallback) counts.
                identity.spfPass = result.spf.first { $0.result == "pass" }
                    .flatMap { DomainName($0.domain) }
                identities[row.integer(0)] = identity
                return true
            }
        }
        return identities
    }

    private static func senderNames(
        _ transaction: any SQLTransaction, _ senders: Set<Int64>
    ) throws -> [Int64: (String, String)] {
        var names: [Int64: (String, String)] = [:]
        let ids = senders.sorted()
        for start in stride(from: 0, to: ids.count, by: 500) {
            let part = ids[start..<min(start + 500, ids.count)]
            let marks = Array(repeating: "?", count: part.count).joined(separator: ", ")
            try transaction.forEachRow(
                "SELECT id, key, name FROM sender WHERE id IN (\(marks))",
                part.map { .integer($0) }
            ) { row in
                names[row.integer(0)] = (row.text(1), row.text(2))
                return true
            }
        }
        return names
    }
}
