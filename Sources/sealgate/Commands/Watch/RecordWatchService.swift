import DNS
import Identities
import Logging
import MailAuthentication
import SQLDatabase
import Storage

/// Looks again and again whether the SPF records of all domains lead to an error: the records that
/// they include belong to others, who change them overnight.
func recordWatchService(
    _ database: any SQLDatabase, _ lookup: any DNSLookup, logger: Logger
) -> LoopService {
    let watch = RecordWatch(database: database, lookup: lookup, logger: logger)
    return LoopService(
        pause: .seconds(6 * 3_600), complaint: "The records of domains could not be looked at",
        logger: logger
    ) {
        for organisation in try await OrganisationStore(database: database).all() {
            try await watch.look(organisation.id)
        }
    }
}

/// One look at the SPF records of domains.
struct RecordWatch: Sendable {
    /// Domains looked at side by side.
    private static let width = 4

    let database: any SQLDatabase
    let lookup: any DNSLookup
    let logger: Logger

    /// Looks at all domains of an organisation once.
    func look(_ organisation: OrganisationID) async throws {
        let store = RecordFaultStore(database: database, organisation: organisation)
        let names = try await DomainStore(database: database, organisation: organisation).names()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = names[...]
            for _ in 0..<Self.width {
                guard let name = waiting.popFirst() else { break }
                group.addTask { try await look(name, store) }
            }
            while try await group.next() != nil {
                guard !Task.isCancelled, let name = waiting.popFirst() else { continue }
                group.addTask { try await look(name, store) }
            }
        }
    }

    private func look(_ domain: DomainName, _ store: RecordFaultStore) async throws {
        let found = await SPFRecordWalk(lookup: lookup).walk(domain)
        // What DNS does not tell is no fault, and no proof that one is mended.
        guard !found.faults.isEmpty || found.unknown.isEmpty else { return }
        let reason = found.faults.first?.sentence
        guard try await store.keep(spf: reason, of: domain, now: clock()) else { return }
        if let reason {
            logger.warning("The SPF record of \(domain) leads to an error: \(plain(reason))")
        } else {
            logger.notice("The SPF record of \(domain) is in order again")
        }
    }
}
