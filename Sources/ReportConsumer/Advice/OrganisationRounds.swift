public import Storage

import Synchronization

/// What works for each organisation again and again, such as its `PlanRefresh`.
///
/// Which organisations there are is asked anew in each round: one that is added takes part without
/// a restart, and the others keep what they remember.
public final class OrganisationRounds<Worker: Sendable>: Sendable {
    private let organisations: OrganisationStore
    private let make: @Sendable (OrganisationID) -> Worker
    private let workers = Mutex<[OrganisationID: Worker]>([:])

    /// - Parameter make: called once for each organisation.
    public init(
        _ organisations: OrganisationStore, make: @escaping @Sendable (OrganisationID) -> Worker
    ) {
        self.organisations = organisations
        self.make = make
    }

    /// Those of all organisations that there are now, the oldest organisation's first.
    public func current() async throws -> [Worker] {
        let all = try await organisations.all().map(\.id)
        return workers.withLock { workers in
            let known = workers
            workers = [:]
            return all.map { organisation in
                let worker = known[organisation] ?? make(organisation)
                workers[organisation] = worker
                return worker
            }
        }
    }
}
