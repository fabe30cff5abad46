import DomainAnalysis
import HostedDNS
import Identities
import MailReports
import Storage

/// What plans and parked domains need of the DNS, proposed as changes: for pages and programs
/// alike, and nothing is made by it.
struct ChangeRequests {
    let services: ConsoleServices
    let desk: ChangeDesk

    /// The days of reports that somebody looks at.
    struct Window {
        var days = WindowChoice.usual
        var until: UTCDay?
    }

    /// Why nothing was proposed.
    enum Refusal: Error, Hashable {
        /// There are no reports of the domain.
        case unknown(DomainName)
        /// The plan has no such step any more, or none that the DNS is changed for.
        case otherPlan
        /// The zone does not allow it; the sentence says why.
        case zone(String)
    }

    /// A step of the plan as it is now: of this kind still, since whoever asks saw an older one.
    func take(
        step order: Int?, kind: String?, of domain: DomainName, _ window: Window, by person: String,
        in rooms: OrganisationServices
    ) async throws -> StoredChange {
        guard
            let plan = try await rooms.adviser.plan(
                for: domain, days: window.days, until: window.until, now: services.now())
        else { throw Refusal.unknown(domain) }
        guard
            let step = plan.steps.first(where: { $0.order == order && $0.kind.rawValue == kind }),
            !step.changes.isEmpty
        else { throw Refusal.otherPlan }
        if step.kind == .lockDown {
            return try await lockDown(domain, window, by: person, in: rooms)
        }
        return try await keep {
            try await desk.propose(
                step.changes, for: domain, reason: step.title, by: person,
                mail: ChangeConsequences.Mail(of: plan))
        }
    }

    /// Closing a domain that sends and takes no mail.
    func lockDown(
        _ domain: DomainName, _ window: Window, by person: String, in rooms: OrganisationServices
    ) async throws -> StoredChange {
        let overview = try await rooms.domains.overview(
            of: domain, days: window.days, until: window.until, now: services.now())
        let counts = overview?.counts ?? ClassCounts()
        return try await keep {
            try await desk.proposeLockDown(
                of: domain, by: person, reportURI: nil,
                legitimate: ClassCounts.sum(counts[.compliant], counts[.misconfigured]),
                undecided: counts[.unknown], days: window.days)
        }
    }

    private func keep(_ propose: () async throws -> StoredChange) async throws -> StoredChange {
        do {
            return try await propose()
        } catch let fault as ZoneFault {
            throw Refusal.zone(ForeignText.clean(fault.description, limit: 900))
        } catch let fault as ZoneChangeError {
            throw Refusal.zone(ForeignText.clean(fault.description, limit: 900))
        }
    }
}
