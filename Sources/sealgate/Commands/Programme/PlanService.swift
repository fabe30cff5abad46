import DNS
import Identities
import Logging
import ReportConsumer
import Storage

extension House {
    /// Makes the plans that the boards show, in the background; nil without DNS, where a plan
    /// would know nothing.
    func planService(logger: Logger) -> LoopService? {
        guard let lookup else { return nil }
        let (accounts, domains, suffixes) = (accounts, domains, suffixes)
        let refreshes = OrganisationRounds(accounts.organisations) { organisation in
            let own = organisation == .first ? domains : domains.beside(organisation)
            return PlanRefresh(
                programme: accounts.programme(of: organisation), lookup: lookup,
                now: { clock() }
            ) { DomainAdviser(domains: own, lookup: $0, suffixes: suffixes) }
        }
        return LoopService(
            pause: .seconds(60), complaint: "Plans for the programme could not be made",
            logger: logger
        ) {
            for refresh in try await refreshes.current() {
                for failure in try await refresh.step().failed {
                    let hours = PlanRefresh.Limits.pause / 3_600
                    logger.warning(
                        """
                        The plan of \(failure.domain) could not be made, and is tried again in \
                        \(hours) hours: \(plain(failure.reason, limit: 600))
                        """)
                }
            }
        }
    }
}
