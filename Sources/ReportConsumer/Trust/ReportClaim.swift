import Identities
import MailReports

/// Whom a report says it is by.
struct ReportClaim: Hashable, Sendable {
    /// `org_name`, or what stands for it.
    var reporter: String
    /// The domain of its contact address.
    var contact: DomainName?
    /// Places that had to be changed to read it.
    var repairs: Int

    init(reporter: String, contact: String?, repairs: [Repair]) {
        self.reporter = reporter
        self.contact = contact.flatMap(Self.domain)
        self.repairs = repairs.count { $0.weight == .repair }
    }

    init(_ report: AggregateReport) {
        self.init(reporter: report.reporter, contact: report.email, repairs: report.repairs)
    }

    init(_ report: TLSReport) {
        self.init(reporter: report.reporter, contact: report.contact, repairs: report.repairs)
    }

    init(_ report: FailureReport) {
        let name = report.reportingMTA ?? report.userAgent ?? ""
        self.init(reporter: name, contact: nil, repairs: report.repairs)
    }

    /// Domains that the report would have come from, if it is by whom it says.
    var domains: [DomainName] {
        let known = KnownReporters.domains(of: reporter)
        guard known.isEmpty else { return known }
        return [contact, DomainName(reporter)].compactMap(\.self)
    }

    /// Well-known domains among those: their owners sign every report.
    var wellKnown: [DomainName] {
        let known = KnownReporters.domains(of: reporter)
        guard known.isEmpty else { return known }
        guard let contact else { return [] }
        return KnownReporters.wellKnown.filter { contact.isEqualOrBelow($0) }
    }

    /// The domain of an address, angle brackets and scheme or not.
    private static func domain(_ text: String) -> DomainName? {
        guard let at = text.lastIndex(of: "@") else { return nil }
        let rest = text[text.index(after: at)...].prefix {
            !$0.isWhitespace && !">,;)\"".contains($0)
        }
        return DomainName(rest)
    }
}
