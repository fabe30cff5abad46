import DNS
import Identities
import Logging
import MailAuthentication
import SQLDatabase
import ServiceLifecycle
import Storage

/// Looks again and again whether the SPF records of all domains lead to an error: the records that
/// they include belong to others, who change them overnight.
struct RecordWatchService: Service {
    /// Seconds between two looks at all domains: receivers ask as often.
    private static let pause: Duration = .seconds(6 * 3_600)
    /// Domains looked at side by side.
    private static let width = 4

    let database: any SQLDatabase
    let lookup: any DNSLookup
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    for organisation in try await OrganisationStore(database: database).all() {
                        try await look(organisation.id)
                    }
                } catch {
                    logger.error("The records of domains could not be looked at: \(error)")
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

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
