import Gateway
import Identities

/// The guide for one provider, drawn.
struct SetupPage {
    /// What a look for ways around the gateway has found.
    struct Check {
        var domain: DomainName
        var findings: [BypassFinding]
    }

    let facts: SetupFacts
    let provider: MailboxProvider
    /// Whether the next hop belongs to this provider.
    let isSeen: Bool
    let check: Check?
    let mayAct: Bool

    func draw() -> Page {
        let guide = SetupGuide(provider, facts)
        return Page(
            "setup", title: "Setup: \(provider.name)", place: .setup,
            fields: [
                "provider": .text(provider.name),
                "lead": .list(lead(guide.steps.count)),
                "providers": .list(
                    MailboxProvider.allCases.map { other in
                        [
                            "providerName": .text(other.name),
                            "providerLink": Link("setup", other.rawValue).value,
                            "isChosen": .flag(other == provider),
                        ]
                    }),
                "guide": .list(guide.steps.enumerated().map(step)),
                "checked": check.map { .text($0.domain.text) },
                "findings": .list(check?.findings.map(finding) ?? []),
                "mayCheck": .flag(mayAct && !facts.domains.isEmpty),
                "checkAction": .text("/setup/\(provider.rawValue)/check"),
                "checkDomains": .list(
                    facts.domains.map { domain in
                        ["domainValue": .text(domain.text), "domainName": .text(domain.text)]
                    }),
            ])
    }

    private func lead(_ steps: Int) -> [Fields] {
        var pieces = [
            Words.piece("\(steps) steps", strong: true),
            Words.piece(" put this gateway ("),
            Words.piece(facts.hostName.text, strong: true),
            Words.piece(") in front of \(provider.name), and close every way around it."),
        ]
        if isSeen {
            pieces.append(
                Words.piece(" Mail goes on to \(provider.name) already; the rest is for you."))
        }
        return pieces
    }

    private func step(_ number: Int, _ step: SetupGuide.Step) -> Fields {
        [
            "order": .number(number + 1), "guideTitle": .text(step.title),
            "guidePlace": .text(step.place.rawValue), "guideWhy": .text(step.why),
            "guideLines": .text(step.lines.joined(separator: "\n")),
            "hasLines": .flag(!step.lines.isEmpty),
            "guideCaution": .optional(step.caution),
        ]
    }

    private func finding(_ finding: BypassFinding) -> Fields {
        let (sign, word, fate) =
            switch finding.state {
            case .closed: ("●", "closed", "proved")
            case .open: ("✕", "open", "forged")
            case .unknown: ("◐", "not known", "undecided")
            }
        return [
            "findingSign": .text(sign), "findingWord": .text(word), "findingFate": .text(fate),
            "findingSubject": ForeignText.value(finding.subject, limit: 200),
            "findingSentence": ForeignText.value(finding.sentence, limit: 600),
            "findingRemedy": finding.remedy.map { ForeignText.value($0, limit: 600) },
        ]
    }
}
