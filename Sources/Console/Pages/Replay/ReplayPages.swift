import DomainAnalysis
import Hummingbird
import Identities
import MailAuthentication
import MailReports
import Storage

/// `/domains/NAME/replay`: what would another policy have done to the mail of these days?
struct ReplayPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain/replay") { request, context in
            let domain = try context.domain()
            let query = Query(request)
            let choice = WindowChoice(query)
            let now = services.now()
            guard
                let overview = try await services.rooms(context.visit).domains.overview(
                    of: domain, days: choice.days, until: choice.until, now: now)
            else { throw DomainPages.unknown(domain) }
            let proposal = ReplayProposal(query, published: overview.published)
            var fields = Self.fields(overview, proposal: proposal, choice: choice)
            do {
                let result = try await services.rooms(context.visit).adviser.replay(
                    domain: domain, record: proposal.text, days: choice.days, until: choice.until,
                    now: now)
                fields = fields.adding(
                    Self.fields(result, overview, proposal: proposal, choice: choice))
            } catch let error as ReplayError {
                fields["problem"] = ForeignText.value(error.description, limit: 400)
            }
            return templates.response(
                Page(
                    "replay", title: "Replay · \(DomainText.plain(domain))", place: .domains,
                    fields: fields),
                for: context.visit)
        }
    }

    /// The question: which record, over which days.
    private static func fields(
        _ overview: DomainOverview, proposal: ReplayProposal, choice: WindowChoice
    ) -> Fields {
        let link = Link("domains", overview.domain.text, "replay")
        var fields = DomainHeading.fields(overview.domain, choice: choice, tab: .replay)
        fields["window"] = choice.fields(
            overview.window, endsWithNewestData: overview.endsWithNewestData,
            link: link.with("policy", proposal.policy?.rawValue).with("record", proposal.own))
        fields["policies"] = .list(
            [DMARCPolicy.none, .quarantine, .reject].map { policy in
                [
                    "policyChoice": .text("p=\(policy.rawValue)"),
                    "policyHint": .text(hint(policy)),
                    "policyLink": link.with("policy", policy.rawValue).with(choice).value,
                    "isChosen": .flag(proposal.policy == policy),
                ]
            })
        fields["published"] = .fields(PolicyText.fields(overview.published))
        fields["record"] = ForeignText.value(proposal.text, limit: 400)
        fields["recordInput"] = .text(ForeignText.clean(proposal.text, limit: 500))
        fields["isOwn"] = .flag(proposal.own != nil)
        fields["days"] = .text(String(choice.days))
        fields["until"] = .optional(choice.until?.description)
        return fields
    }

    private static func hint(_ policy: DMARCPolicy) -> String {
        switch policy {
        case .none: "deliver"
        case .quarantine: "put aside"
        case .reject: "refuse"
        }
    }

    // MARK: The answer

    private static func fields(
        _ result: ReplayResult, _ overview: DomainOverview, proposal: ReplayProposal,
        choice: WindowChoice
    ) -> Fields {
        let summary = result.methods.treewalk
        // A person's decision says more than what the mail shows.
        let decided = Dictionary(
            overview.senders.filter { $0.decision?.verdict == .authorised }
                .map { ($0.key, $0.group) }
        ) { first, _ in first }
        let flow = ReplayFlow(result)
        let risky = summary.senders.filter { $0.fate != .forged && $0.affected > 0 }
        var fields: Fields = [
            "hasAnswer": .flag(summary.totals.messages > 0),
            "hasNoMail": .flag(summary.totals.messages == 0),
            "lead": .list(ReplayWords.lead(summary, risky: risky.count)),
            "flow": .picture(flow.chart.svg),
            "flowRows": .list(flow.rows(domain: result.domain, choice: choice)),
            "risky": .list(
                risky.map { sender in
                    (decided[sender.key]?.fields ?? sender.fate.fields).adding([
                        "senderName": ForeignText.value(sender.name, limit: 40),
                        "senderLink": Link("domains", result.domain.text, "senders", sender.key)
                            .with(choice).value,
                        "total": .number(sender.messages),
                        "wouldBeQuarantined": .number(sender.wouldBeQuarantined),
                        "wouldBeRejected": .number(sender.wouldBeRejected),
                    ])
                }),
            "hasRisk": .flag(!risky.isEmpty),
            "hasOpenRisk": .flag(risky.contains { decided[$0.key] == nil }),
            "warnings": .list(
                result.warnings.prefix(20).map { ["warning": ForeignText.value($0, limit: 300)] }),
            "unresolved": .list(
                result.unresolved.prefix(20).map {
                    [
                        "unresolvedName": ForeignText.value($0.name),
                        "unresolvedReason": ForeignText.value($0.reason, limit: 200),
                    ]
                }),
            "hasUnresolved": .flag(!result.unresolved.isEmpty),
        ]
        let different = result.divergences.filter(\.changesOutcome)
            .sorted { $0.messages > $1.messages }
        fields["differentMessages"] = .text(
            Numbers.counted(
                different.reduce(0) { ClassCounts.sum($0, $1.messages) }, "message", "messages")
        )
        fields["hasDifferences"] = .flag(!different.isEmpty)
        fields["differences"] = .list(
            different.prefix(50).map { row in
                let outcome =
                    result.rows.indices.contains(row.row - 1) ? result.rows[row.row - 1] : nil
                return [
                    "differentFrom": ForeignText.value(row.headerFrom.unicode),
                    "differentCount": .number(row.messages),
                    "byTreeWalk": .text(outcome.map { ReplayWords.outcome($0.treewalk) } ?? ""),
                    "byList": .text(outcome.map { ReplayWords.outcome($0.psl) } ?? ""),
                    "differentReason": ForeignText.value(row.reason, limit: 400),
                ]
            })
        return fields
    }
}

/// What a replay's figures mean, in words.
enum ReplayWords {
    static func lead(_ summary: ReplaySummary, risky: Int) -> [Fields] {
        let totals = summary.totals
        let stopped = ClassCounts.sum(totals.quarantine, totals.reject)
        let act = totals.quarantine > 0 && totals.reject == 0 ? "put aside" : "stopped"
        guard totals.messages > 0 else {
            return [Words.piece("No mail was reported in these days, so there is nothing to try.")]
        }
        guard stopped > 0 else {
            return [
                Words.piece("This record would have stopped nothing", strong: true),
                Words.piece(
                    " of the \(Numbers.spoken(totals.messages)) messages of these days"
                        + (totals.none > 0
                            ? ": \(Numbers.spoken(totals.none)) without proof would have arrived."
                            : ".")),
            ]
        }
        var pieces = [Words.piece("This record would have \(act) ")]
        pieces.append(Words.piece(Numbers.spoken(summary.atRisk.forged), strong: true))
        pieces.append(Words.piece(" forged messages and "))
        let legitimate = summary.atRisk.legitimate
        if legitimate > 0 {
            pieces.append(
                Words.piece(
                    "\(Numbers.spoken(legitimate)) that may be legitimate", to: "#risk"))
            pieces.append(
                Words.piece(
                    " (\(Numbers.counted(risky, "sender", "senders"))), out of "
                        + "\(Numbers.spoken(totals.messages)) in these days."))
        } else {
            pieces.append(Words.piece("no legitimate one", strong: true))
            pieces.append(
                Words.piece(", out of \(Numbers.spoken(totals.messages)) in these days."))
        }
        return pieces
    }

    static func outcome(_ outcome: ReplayOutcome) -> String {
        switch outcome.disposition {
        case .none: outcome.pass == true ? "delivered, proved" : "delivered"
        case .quarantine: "put aside"
        case .reject: "refused"
        case .notCovered: "this record does not apply"
        case .undetermined: "not known"
        }
    }
}
