public import Identities
public import MailReports

import SQLDatabase

/// What the board has to know about a domain of the reports, read from one row each.
public struct DomainStanding: Hashable, Sendable {
    public var domain: DomainName
    public var firstDay: UTCDay?
    /// The policy that the newest report saw.
    public var published: ObservedPolicy?
    /// Senders with mail to decide lately, about which nobody has decided.
    public var openSenders: Int

    public init(
        domain: DomainName, firstDay: UTCDay? = nil, published: ObservedPolicy? = nil,
        openSenders: Int = 0
    ) {
        self.domain = domain
        self.firstDay = firstDay
        self.published = published
        self.openSenders = openSenders
    }
}

extension ProgrammeStore {
    /// All domains of reports. No day is added up, so that thousands are read at once.
    ///
    /// - Parameter day: senders with mail to decide since then are counted.
    public func standings(since day: UTCDay) async throws -> [DomainStanding] {
        let organisation = organisation
        return try await database.read { transaction in
            var standings: [DomainStanding] = []
            var position: [Int64: Int] = [:]
            try transaction.forEachRow(
                """
                SELECT id, name, first_day, policy, policy_reporter, policy_seen FROM domain
                WHERE organisation_id = ? AND last_day IS NOT NULL
                """, [.integer(organisation.rawValue)]
            ) { row in
                guard let name = DomainName(row.text(1)) else { return true }
                position[row.integer(0)] = standings.count
                standings.append(
                    DomainStanding(
                        domain: name,
                        firstDay: row.optionalInteger(2).map { UTCDay(number: Int($0)) },
                        published: DomainStore.policy(row, first: 3)))
                return true
            }
            let decided = try DomainStore.decided(transaction, organisation)
            try transaction.forEachRow(
                """
                SELECT k.domain_id, k.sender_id FROM domain d CROSS JOIN domain_sender k
                WHERE d.organisation_id = ? AND k.domain_id = d.id AND k.last_undecided_day >= ?
                """, [.integer(organisation.rawValue), .integer(day.number)]
            ) { row in
                let sender = DomainStore.DecidedSender(
                    domain: row.integer(0), sender: row.integer(1))
                guard let index = position[sender.domain], !decided.contains(sender) else {
                    return true
                }
                standings[index].openSenders += 1
                return true
            }
            return standings
        }
    }
}
