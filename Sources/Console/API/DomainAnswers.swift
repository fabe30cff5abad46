import DomainAnalysis
import Identities
import MailReports
import Storage

/// The answers about domains, as the document describes them.
enum DomainAnswers {
    struct Window: Encodable {
        var first, last: String

        init(_ window: DayRange) {
            first = window.first.description
            last = window.last.description
        }
    }

    struct Counts: Encodable {
        var total, compliant, misconfigured, forwarded, blocklisted, spoofing, unknown: Int64

        init(_ counts: ClassCounts) {
            total = counts.total
            compliant = counts.compliant
            misconfigured = counts.misconfigured
            forwarded = counts.forwarded
            blocklisted = counts.blocklisted
            spoofing = counts.spoofing
            unknown = counts.unknown
        }
    }

    struct Day: Encodable {
        var day: String
        var messages: Counts
        var estimated: Int64

        init(_ volume: DayVolume) {
            day = volume.day.description
            messages = Counts(volume.counts)
            estimated = volume.estimated
        }
    }

    struct Policy: Encodable {
        var policy, subdomainPolicy, nonexistentSubdomainPolicy: String?
        var testing: Bool?
        var foundAt, reporter, seen: String

        init(_ observed: ObservedPolicy) {
            policy = observed.policy.policy
            subdomainPolicy = observed.policy.subdomainPolicy
            nonexistentSubdomainPolicy = observed.policy.nonexistentSubdomainPolicy
            testing = observed.policy.testing
            foundAt = observed.policy.domain
            reporter = observed.reporter
            seen = observed.seen.description
        }
    }

    struct Domain: Encodable {
        var domain: String
        var messages: Counts
        var published: Policy?
        var firstDay, lastDay: String?
        var undecidedSenders: Int

        init(_ summary: DomainSummary) {
            domain = summary.domain.text
            messages = Counts(summary.counts)
            published = summary.published.map(Policy.init)
            firstDay = summary.firstDay?.description
            lastDay = summary.lastDay?.description
            undecidedSenders = summary.undecidedSenders
        }
    }

    struct Domains: Encodable {
        var window: Window
        var endsWithNewestData: Bool
        var domains: [Domain]
        var next: Int?

        init(_ portfolio: Portfolio, offset: Int, limit: Int) {
            window = Window(portfolio.window)
            endsWithNewestData = portfolio.endsWithNewestData
            let rest = portfolio.domains.dropFirst(offset)
            domains = rest.prefix(limit).map(Domain.init)
            next = rest.count > limit ? offset + limit : nil
        }
    }

    struct Sender: Encodable {
        var key, name: String
        var service: String?
        var confidence: String
        var messages: Counts
        var dkimAligned, spfAligned, quarantined, rejected, addresses: Int64
        var firstDay, lastDay, reason: String

        init(_ volume: SenderVolume) {
            key = volume.key
            name = volume.name
            service = volume.serviceID
            confidence =
                switch volume.confidence {
                case .none: "none"
                case .weak: "weak"
                case .moderate: "moderate"
                case .strong: "strong"
                case .certain: "certain"
                }
            messages = Counts(volume.counts)
            dkimAligned = volume.dkimAligned
            spfAligned = volume.spfAligned
            quarantined = volume.quarantined
            rejected = volume.rejected
            addresses = volume.sourceCount
            firstDay = volume.firstDay.description
            lastDay = volume.lastDay.description
            reason = volume.reason
        }
    }

    struct Reporter: Encodable {
        var reporter: String
        var reports, messages: Int64
    }

    struct Detail: Encodable {
        var domain: String
        var window: Window
        var endsWithNewestData: Bool
        var messages: Counts
        var days: [Day]
        var senders: [Sender]
        var otherSenders, undecidedSenders: Int
        var undecidedMessages: Int64
        var reporters: [Reporter]
        var published: Policy?

        init(_ overview: DomainOverview) {
            domain = overview.domain.text
            window = Window(overview.window)
            endsWithNewestData = overview.endsWithNewestData
            messages = Counts(overview.counts)
            days = overview.days.map(Day.init)
            senders = overview.senders.map(Sender.init)
            otherSenders = overview.otherSenders
            undecidedSenders = overview.undecidedSenders
            undecidedMessages = overview.undecidedMessages
            reporters = overview.reporters.map {
                Reporter(reporter: $0.reporter, reports: $0.reports, messages: $0.messages)
            }
            published = overview.published.map(Policy.init)
        }
    }
}
