public import ArgumentParser
import Console
public import DomainAnalysis
import HostedDNS
import Identities
import Storage

/// `sealgate way`: a domain's policy, changed with care.
struct WayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "way",
        abstract: "Leads a domain to p=reject: proposes policies, approves and makes them.",
        discussion: """
            A policy is proposed with what it would have done with the mail reported so far, \
            approved (by a second person where the organisation wants two), made as a change of \
            the DNS, and watched. At the command line people go by the names of their accounts on \
            this machine.
            """,
        subcommands: [
            Show.self, Propose.self, Approve.self, Reject.self, WayRulesCommand.self, Run.self,
            WayEmergencyCommand.self, TwoPeople.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Shows where a domain stands, and what the next policy would do.")
        @OptionGroup var place: WayPlace
        @Argument(help: "The domain.") var domain: DomainName
        @Option(help: "Days of reports to look at.") var days = 30
        @Option(help: "text or json") var format = OutputFormat.text

        func validate() throws { try Propose.check(days) }

        func run() async throws {
            try await place.with { desk in
                let survey = try await desk.survey(domain)
                let rules = try await desk.store.rules(of: domain)
                let risk = try await desk.ahead(
                    of: survey, testing: rules?.rules.isTesting ?? false, days: days)
                let proposals = try await desk.store.proposals(of: domain)
                if format == .json {
                    return try printJSON(
                        Answer(
                            survey: survey, ahead: risk,
                            rules: rules.map { WayAnswers.Rules($0) },
                            proposals: proposals.map { WayAnswers.Proposal($0) }))
                }
                print("\(domain) is at \(survey.step.tags), \(survey.step.words).")
                if let record = survey.record { print("  \(plain(record, limit: 900))") }
                if let below = survey.below.sentence(domain) { print(below) }
                for failure in survey.failures { print("  \(plain(failure, limit: 400))") }
                if let risk {
                    print("\nUnder  \(plain(risk.record, limit: 900))")
                    WayText.print(risk)
                }
                if let rules {
                    print("")
                    WayText.print(rules)
                }
                for proposal in proposals.prefix(5) {
                    print("")
                    WayText.print(proposal)
                }
            }
        }

        private struct Answer: Encodable {
            var survey: DomainSurvey
            var ahead: PolicyRisk?
            var rules: WayAnswers.Rules?
            var proposals: [WayAnswers.Proposal]
        }
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Proposes a policy with what it would have done; nothing is changed yet.")
        @OptionGroup var place: WayPlace
        @Argument(help: "The domain.") var domain: DomainName
        @Option(
            help: """
                none, quarantine-test, quarantine, reject-test or reject; for names below the \
                domain np-quarantine, np-reject, sp-quarantine or sp-reject; without it, the next \
                one
                """)
        var step: WayMove?
        @Option(help: "A whole record instead, for example 'v=DMARC1; p=reject'.")
        var record: String?
        @Option(help: "Why; it is kept with the proposal.") var reason = ""
        @Option(help: "Days of reports to try it on.") var days = 30
        @Option(help: "text or json") var format = OutputFormat.text

        static func check(_ days: Int) throws {
            guard WayLimits.window.contains(days) else {
                throw ValidationError("--days wants a number from 1 to 400.")
            }
        }

        func validate() throws {
            try Self.check(days)
            guard step == nil || record == nil else {
                throw ValidationError("Say --step or --record, not both.")
            }
        }

        func run() async throws {
            try await place.with { desk in
                let proposal = try await desk.propose(
                    domain, record: record, step: step, reason: reason, days: days,
                    by: commandLineActor())
                if format == .json { return try printJSON(WayAnswers.Proposal(proposal)) }
                WayText.print(proposal)
                print("")
                WayText.print(proposal.draft.known)
                let who =
                    try await desk.store.wantsTwoPeople() ? "Somebody else approves" : "Approve"
                print(
                    "\nNothing is changed yet. \(who) it: sealgate way approve \(proposal.id) "
                        + "--confirm \(domain)")
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Approves a proposed policy, and changes the DNS.")
        @OptionGroup var place: WayPlace
        @Argument(help: "The proposal's number.") var number: Int64
        @Option(help: "The domain's name, typed to confirm it.") var confirm: String?

        func run() async throws {
            try await place.with { desk in
                try WayText.tell(
                    try await desk.approve(number, by: commandLineActor(), typed: confirm))
            }
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: "Declines a proposed policy; nothing is changed.")
        @OptionGroup var place: WayPlace
        @Argument(help: "The proposal's number.") var number: Int64
        @Option(help: "Why, for who proposed it.") var reason = ""

        func run() async throws {
            try await place.with { desk in
                try WayText.tell(
                    try await desk.decline(number, by: commandLineActor(), because: reason))
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Looks at all domains with rules now; the server does it by itself.")
        @OptionGroup var place: WayPlace
        @Flag(help: "Once, now.") var now = false
        @Option(help: "text or json") var format = OutputFormat.text

        func validate() throws {
            guard now else {
                throw ValidationError(
                    "Say --now. The server looks every quarter of an hour: sealgate serve")
            }
        }

        func run() async throws {
            try await place.with(as: .rule) { desk in
                let looks = try await WayRunner(desk: desk).step()
                if format == .json { return try printJSON(looks) }
                if looks.isEmpty { print("No domain has rules. See: sealgate way rules --help") }
                for look in looks {
                    print(
                        "\(look.isAct ? "*" : " ") \(look.domain): "
                            + plain(look.sentence, limit: 2_000))
                }
            }
        }
    }

    struct TwoPeople: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "two-people",
            abstract: "Whether a policy needs the approval of somebody else than who proposed it.")
        @OptionGroup var place: WayPlace
        @Argument(help: "yes or no; without it, it is shown.") var wanted: YesOrNo?

        func run() async throws {
            try await place.with { desk in
                if let wanted {
                    try await desk.store.wantTwoPeople(
                        wanted == .yes, by: commandLineActor(), now: clock())
                }
                print(
                    try await desk.store.wantsTwoPeople()
                        ? "Two people: whoever proposes a policy cannot approve it."
                        : "One person: whoever proposes a policy may approve it.")
            }
        }
    }
}

/// An answer typed at the command line.
enum YesOrNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
}

extension WayMove: ExpressibleByArgument {}
