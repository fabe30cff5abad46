public import Identities
public import MailReports

import DomainAnalysis
import FoundationEssentials
import SQLDatabase

extension DomainStore {
    /// One domain's days, senders and reporters; nil for a domain without reports.
    public func overview(
        of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> DomainOverview? {
        let organisation = organisation
        return try await database.read { transaction in
            guard let subject = try Self.subject(transaction, domain, organisation) else {
                return nil
            }
            let (window, stale) = Self.window(
                days: days, until: until, newest: subject.lastDay.map { Int64($0.number) },
                now: now)
            var overview = DomainOverview(
                domain: domain, window: window, endsWithNewestData: stale)
            overview.firstDay = subject.firstDay
            overview.lastDay = subject.lastDay
            overview.published = subject.published
            let decisions = try Self.decisions(transaction, domain, organisation)
            var sums = try Self.senderSums(transaction, subject.id, window, decisions)
            overview.days = sums.days
            let ranked = sums.senders.sorted {
                let (left, right) = ($0.value.counts.total, $1.value.counts.total)
                return left == right ? $0.key < $1.key : left > right
            }
            for (id, sender) in ranked
            where sender.counts.needsDecision && decisions.verdict(id) == nil {
                overview.undecidedSenders += 1
                overview.undecidedMessages = ClassCounts.sum(
                    overview.undecidedMessages, sender.counts[.undecided])
            }
            for (_, sender) in ranked.dropFirst(Limits.senders) {
                overview.otherSenders += 1
                overview.otherCounts += sender.counts
            }
            sums.senders = [:]
            overview.senders = try ranked.prefix(Limits.senders).compactMap {
                try Self.volume(
                    transaction, domain: subject.id, sender: $0.key, sums: $0.value, decisions)
            }
            overview.reporters = try Self.reporters(transaction, subject.id, window)
            return overview
        }
    }

    /// One sender's days, addresses and identities; nil when it never sent for this domain.
    public func sender(
        _ key: String, of domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderDetail? {
        let organisation = organisation
        return try await database.read { transaction in
            guard let subject = try Self.subject(transaction, domain, organisation),
                let sender = try transaction.rows(
                    "SELECT id FROM sender WHERE organisation_id = ? AND key = ?",
                    [.integer(organisation.rawValue), .text(key)]
                ).first?.integer(0)
            else { return nil }
            let (window, _) = Self.window(
                days: days, until: until, newest: subject.lastDay.map { Int64($0.number) },
                now: now)
            let decisions = try Self.decisions(transaction, domain, organisation)
            let sums = try Self.senderSums(
                transaction, subject.id, window, decisions, only: sender)
            guard
                let volume = try Self.volume(
                    transaction, domain: subject.id, sender: sender,
                    sums: sums.senders[sender] ?? SenderSums(dayCount: window.dayCount),
                    decisions)
            else { return nil }
            return SenderDetail(
                domain: domain, window: window, volume: volume, days: sums.days,
                sources: try Self.sources(transaction, domain: subject.id, sender: sender),
                identities: try Self.identities(
                    transaction, domain: subject.id, sender: sender, window: window, decisions))
        }
    }

    // MARK: Sums

    struct SenderSums {
        var counts = ClassCounts()
        var dkimAligned: Int64 = 0
        var spfAligned: Int64 = 0
        var quarantined: Int64 = 0
        var rejected: Int64 = 0
        var days: [Int64]

        init(dayCount: Int) { self.days = Array(repeating: 0, count: dayCount) }
    }

    private static func senderSums(
        _ transaction: any SQLTransaction, _ domain: Int64, _ window: DayRange,
        _ decisions: Decisions, only sender: Int64? = nil
    ) throws -> (days: [DayVolume], senders: [Int64: SenderSums]) {
        var days = emptyDays(window)
        var senders: [Int64: SenderSums] = [:]
        let one = sender == nil ? "" : " AND sender_id = ?"
        try transaction.forEachRow(
            """
            SELECT day, sender_id, class, messages, dkim_aligned, spf_aligned, quarantined,
                rejected, estimated
            FROM sender_day WHERE domain_id = ? AND day >= ? AND day <= ?\(one)
            """,
            [.integer(domain), .integer(window.first.number), .integer(window.last.number)]
                + (sender.map { [.integer($0)] } ?? [])
        ) { row in
            let day = Int(row.integer(0)) - window.first.number
            let sourceClass = decisions.sourceClass(row.integer(2), of: row.integer(1))
            let messages = row.integer(3)
            days[day].counts.add(messages, to: sourceClass)
            days[day].estimated = ClassCounts.sum(days[day].estimated, row.integer(8))
            var sums = senders[row.integer(1)] ?? SenderSums(dayCount: window.dayCount)
            sums.counts.add(messages, to: sourceClass)
            sums.dkimAligned = ClassCounts.sum(sums.dkimAligned, row.integer(4))
            sums.spfAligned = ClassCounts.sum(sums.spfAligned, row.integer(5))
            sums.quarantined = ClassCounts.sum(sums.quarantined, row.integer(6))
            sums.rejected = ClassCounts.sum(sums.rejected, row.integer(7))
            sums.days[day] = ClassCounts.sum(sums.days[day], messages)
            senders[row.integer(1)] = sums
            return true
        }
        return (days, senders)
    }

    private static func volume(
        _ transaction: any SQLTransaction, domain: Int64, sender: Int64, sums: SenderSums,
        _ decisions: Decisions
    ) throws -> SenderVolume? {
        let rows = try transaction.rows(
            """
            SELECT s.key, s.name, s.service_id, d.confidence, d.evidence, d.reason, d.first_day,
                d.last_day,
                (SELECT COUNT(*) FROM (SELECT 1 FROM source_total t
                    WHERE t.domain_id = d.domain_id AND t.sender_id = d.sender_id
                    LIMIT \(Limits.sourceCount)) AS counted)
            FROM domain_sender d JOIN sender s ON s.id = d.sender_id
            WHERE d.domain_id = ? AND d.sender_id = ?
            """,
            [.integer(domain), .integer(sender)])
        guard let row = rows.first else { return nil }
        let evidence = try? JSONDecoder().decode(
            [SenderIdentification.Evidence].self, from: Data(row.text(4).utf8))
        var volume = SenderVolume(
            key: row.text(0), name: row.text(1), serviceID: row.optionalText(2),
            confidence: SenderIdentification.Confidence(rawValue: Int(row.integer(3))) ?? .none,
            evidence: evidence ?? [], counts: sums.counts, dkimAligned: sums.dkimAligned,
            spfAligned: sums.spfAligned, quarantined: sums.quarantined, rejected: sums.rejected,
            firstDay: UTCDay(number: Int(row.integer(6))),
            lastDay: UTCDay(number: Int(row.integer(7))), sourceCount: row.integer(8),
            days: sums.days, reason: row.text(5))
        volume.decision = decisions.byID[sender]
        return volume
    }

    private static func reporters(
        _ transaction: any SQLTransaction, _ domain: Int64, _ window: DayRange
    ) throws -> [ReporterVolume] {
        try transaction.rows(
            """
            SELECT reporter, SUM(reports), SUM(\(countedMessages("messages"))) AS counted
            FROM reporter_day WHERE domain_id = ? AND day >= ? AND day <= ?
            GROUP BY reporter ORDER BY counted DESC, reporter LIMIT \(Limits.reporters)
            """,
            [.integer(domain), .integer(window.first.number), .integer(window.last.number)]
        ).map {
            ReporterVolume(
                reporter: $0.text(0), reports: $0.integer(1), messages: $0.integer(2))
        }
    }

    private static func sources(
        _ transaction: any SQLTransaction, domain: Int64, sender: Int64
    ) throws -> [SourceVolume] {
        try transaction.rows(
            """
            SELECT t.source, n.name, t.messages, t.first_day, t.last_day
            FROM source_total t JOIN domain d ON d.id = t.domain_id
            LEFT JOIN source_name n
                ON n.organisation_id = d.organisation_id AND n.source = t.source
            WHERE t.domain_id = ? AND t.sender_id = ?
            ORDER BY t.messages DESC LIMIT \(Limits.sources)
            """,
            [.integer(domain), .integer(sender)]
        ).map {
            SourceVolume(
                address: $0.text(0), reverseName: $0.optionalText(1), messages: $0.integer(2),
                firstDay: UTCDay(number: Int($0.integer(3))),
                lastDay: UTCDay(number: Int($0.integer(4))))
        }
    }

    private static func identities(
        _ transaction: any SQLTransaction, domain: Int64, sender: Int64, window: DayRange,
        _ decisions: Decisions
    ) throws -> [IdentityVolume] {
        var counts: [Int64: ClassCounts] = [:]
        try transaction.forEachRow(
            """
            SELECT authentication_set_id, class, messages FROM identity_day
            WHERE domain_id = ? AND day >= ? AND day <= ? AND sender_id = ?
            """,
            [
                .integer(domain), .integer(window.first.number), .integer(window.last.number),
                .integer(sender),
            ]
        ) { row in
            counts[row.integer(0), default: ClassCounts()].add(
                row.integer(2), to: decisions.sourceClass(row.integer(1), of: sender))
            return true
        }
        let ranked = counts.sorted {
            $0.value.total == $1.value.total ? $0.key < $1.key : $0.value.total > $1.value.total
        }.prefix(Limits.identities)
        let results = try AuthenticationResults.load(
            transaction, sets: Set(ranked.map(\.key)))
        return try ranked.map { (set, count) in
            let row = try transaction.rows(
                "SELECT header_from, envelope_from FROM authentication_set WHERE id = ?",
                [.integer(set)]
            ).first
            return IdentityVolume(
                headerFrom: row?.text(0) ?? "", envelopeFrom: row?.optionalText(1),
                dkim: results[set]?.dkim ?? [], spf: results[set]?.spf ?? [], counts: count)
        }
    }
}
