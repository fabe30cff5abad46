import DNS
import DomainWatch
import Logging
import ReportConsumer
import Storage

extension House {
    /// Looks again and again whether the SPF records of all domains lead to an error.
    ///
    /// - Parameter rhythm: of the alerts, which are judged soon after a fault appeared or ended.
    func recordWatchService(rhythm: AlertRhythm, logger: Logger) -> LoopService {
        let (database, domains, lookup) = (database, domains, lookup ?? NoLookup())
        let watches = OrganisationRounds(accounts.organisations) { organisation in
            RecordWatch(
                domains: organisation == .first ? domains : domains.beside(organisation),
                faults: RecordFaultStore(database: database, organisation: organisation),
                lookup: lookup, now: { clock() }
            ) { news in
                if let reason = news.reason {
                    logger.warning(
                        "The SPF record of \(news.domain) leads to an error: \(plain(reason))")
                } else {
                    logger.notice("The SPF record of \(news.domain) is in order again")
                }
                await rhythm.hear()
            }
        }
        return LoopService(
            pause: .seconds(60), complaint: "The records of domains could not be looked at",
            logger: logger
        ) {
            // One step of each in turn: nobody waits for an organisation with many domains.
            var isMoreDue = true
            while isMoreDue {
                isMoreDue = false
                for watch in try await watches.current() {
                    try Task.checkCancellation()
                    if try await watch.step() { isMoreDue = true }
                }
            }
        }
    }
}
