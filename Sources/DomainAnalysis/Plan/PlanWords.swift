import Identities
import MailAuthentication
import MailReports

/// The sentences of a plan that are about the whole.
enum PlanWords {
    static func headline(
        _ facts: PlanFacts, _ sums: PlanSums, _ stage: EnforcementPlan.Stage, blocking: Int
    ) -> String {
        let domain = facts.domain.text
        switch stage {
        case .parked:
            return blocking == 0
                ? "\(domain) sends no mail and is closed: receivers refuse what is forged in its "
                    + "name."
                : "\(domain) sends no mail, so it can be closed to forgers today."
        case .unprotected:
            return "\(domain) has no working DMARC record: anybody can write in its name, and "
                + "nobody tells you."
        case .rejecting:
            if sums.misconfigured == 0 {
                return "\(domain) is at p=reject, and all your mail in the reports passes."
            }
            let lost = PlanNumbers.share(sums.misconfigured, of: sums.legitimate)
            return "\(domain) is at p=reject, and \(PlanNumbers.messages(sums.misconfigured)) "
                + "that look like yours (\(PlanNumbers.percent(lost))) do not pass."
        case .monitoring, .quarantine:
            break
        }
        guard sums.all > 0 else {
            return "No reports about \(domain) have come in yet, so nothing can be said about its "
                + "mail."
        }
        let ready = readinessShare(facts, sums).map {
            "\(PlanNumbers.percent($0)) of your mail would arrive at p=reject"
        }
        let things = blocking == 1 ? "One thing stands" : "\(blocking) things stand"
        let way =
            blocking == 0
            ? "nothing stands in the way but time" : "\(things) in the way".lowercasedFirst
        let forged = PlanNumbers.share(sums.forged, of: sums.all)
        let attack =
            forged >= 0.5
            ? "\(PlanNumbers.percent(forged)) of all mail in the name of \(domain) is forged. " : ""
        guard let ready else { return attack + "None of your own mail is in the reports." }
        return attack + "\(ready), and \(way)."
    }

    static func readinessShare(_ facts: PlanFacts, _ sums: PlanSums) -> Double? {
        let (surviving, all) = surviving(facts, sums)
        return all > 0 ? PlanNumbers.share(surviving, of: all) : nil
    }

    private static func surviving(
        _ facts: PlanFacts, _ sums: PlanSums
    ) -> (surviving: Int64, all: Int64) {
        guard let replay = facts.atReject, replay.legitimate > 0 else {
            return (sums.compliant, sums.legitimate)
        }
        let lost = min(max(0, replay.legitimateRejected), replay.legitimate)
        return (replay.legitimate - lost, replay.legitimate)
    }

    static func readiness(_ facts: PlanFacts, _ sums: PlanSums) -> EnforcementPlan.Readiness {
        let (surviving, all) = surviving(facts, sums)
        let share = readinessShare(facts, sums)
        let sentence: String
        if let share {
            sentence =
                "Of \(PlanNumbers.messages(all)) of yours in "
                + "\(PlanNumbers.days(facts.daysObserved)), "
                + "\(PlanNumbers.count(surviving)) (\(PlanNumbers.percent(share))) would arrive "
                + "at p=reject. Not counted as yours: "
                + "\(PlanNumbers.count(sums.forwarded)) forwarded, "
                + "\(PlanNumbers.count(sums.undecided)) undecided, "
                + "\(PlanNumbers.count(sums.forged)) forged."
        } else {
            sentence =
                "The reports of \(PlanNumbers.days(facts.daysObserved)) hold no mail of yours: "
                + "\(PlanNumbers.count(sums.forwarded)) forwarded, "
                + "\(PlanNumbers.count(sums.undecided)) undecided, "
                + "\(PlanNumbers.count(sums.forged)) forged."
        }
        return EnforcementPlan.Readiness(
            legitimateMessages: all, survivingMessages: surviving, share: share,
            forwardedMessages: sums.forwarded, undecidedMessages: sums.undecided,
            forgedMessages: sums.forged, sentence: sentence)
    }

    // MARK: - The next milestone

    static func milestone(
        _ facts: PlanFacts, _ sums: PlanSums, _ stage: EnforcementPlan.Stage, blocking: Int
    ) -> EnforcementPlan.Milestone {
        switch stage {
        case .parked:
            return .init(
                next: blocking == 0 ? "keep" : "p=reject", daysRemaining: 0,
                earliestDay: facts.today?.description, blockingSteps: blocking,
                sentence: blocking == 0
                    ? "Nothing is left to do." : "A domain without mail need not wait: today.")
        case .rejecting:
            return .init(
                next: "keep", daysRemaining: 0, earliestDay: nil, blockingSteps: blocking,
                sentence: sums.misconfigured > 0
                    ? "The policy is where it should be; now see to your own mail that does not "
                        + "pass, for receivers refuse it."
                    : "The goal is reached; keep it and watch.")
        case .unprotected:
            return .init(
                next: "p=none", daysRemaining: 0, earliestDay: facts.today?.description,
                blockingSteps: blocking,
                sentence: "The record that watches can be published today; after that, at least "
                    + "\(PlanLimits.daysPerStage) days of reports come before p=quarantine "
                    + "(RFC 9989 §7.4).")
        case .monitoring, .quarantine:
            break
        }
        let next = stage == .monitoring ? "p=quarantine" : "p=reject"
        let spent = daysAtStage(facts)
        let remaining = max(0, PlanLimits.daysPerStage - spent)
        let earliest = facts.today.map { $0.advanced(by: remaining) }
        var sentence: String
        if remaining == 0 {
            sentence =
                "\(PlanNumbers.days(spent)) at this policy are enough (RFC 9989 §7.4 asks for a "
                + "month): \(next) can follow"
        } else {
            sentence =
                "RFC 9989 §7.4 asks for a month at each stage before the next: \(next) can follow "
                + "in \(PlanNumbers.days(remaining))"
            if let earliest { sentence += ", on \(earliest)" }
        }
        sentence +=
            blocking == 0
            ? "."
            : ", once \(blocking == 1 ? "the step" : "the \(blocking) steps") before it "
                + "\(blocking == 1 ? "is" : "are") done."
        if remaining > 0, PlanNumbers.share(sums.forged, of: sums.all) >= 0.5 {
            sentence +=
                " That month is meant for domains whose people write to mailing lists; under an "
                + "attack like this one it is reasonable to go sooner, once every sender above "
                + "is proved."
        }
        return .init(
            next: next, daysRemaining: remaining, earliestDay: earliest?.description,
            blockingSteps: blocking, sentence: sentence)
    }

    private static func daysAtStage(_ facts: PlanFacts) -> Int {
        guard let today = facts.today, let since = facts.policySince else {
            return max(0, facts.daysObserved)
        }
        return max(0, today.number - since.number)
    }

    // MARK: - Parts of steps

    static func fixTitle(
        _ sender: PlanSender, _ service: SendingService?, domain: String
    ) -> String {
        if service != nil { return "Make \(sender.name) sign as \(domain)" }
        return sender.key.hasPrefix("own:")
            ? "Make the mail of your own servers pass" : "Make the mail of \(sender.name) pass"
    }

    /// What to do at a service, or at a server of the owner's where there is none.
    static func advice(_ service: SendingService?, domain: String) -> String {
        guard let service else {
            return "Switch DKIM signing for \(domain) on at the mail server, publish its public "
                + "key under _domainkey.\(domain), and list its address in the SPF record."
        }
        if !service.advice.isEmpty { return service.advice }
        if service.alignsDKIM == .no {
            return "\(service.name) cannot sign for your domain. Use an address at its own domain "
                + "as sender there, or let it send through a service that can sign."
        }
        let selectors = service.dkimSelectors.prefix(3)
        let hint =
            selectors.isEmpty
            ? "" : " They are usually named \(and(Array(selectors))) under _domainkey."
        return "In the settings of \(service.name) look for “sender domain”, “domain "
            + "authentication” or “DKIM”, add \(domain), and publish the records it shows." + hint
    }

    static func whyUnusable(_ text: String) -> String {
        let quoted = String(text.prefix(PlanLimits.quotedLength))
        switch DMARCRecordParser.parse(text) {
        case .invalid(let reason, _): return "“\(quoted)” is not valid. \(reason)"
        case .notDMARC: return "“\(quoted)” does not begin with v=DMARC1, so receivers ignore it."
        case .record:
            return "“\(quoted)” has no usable policy and no address for reports, so receivers "
                + "apply nothing."
        }
    }

    static func recognition(_ confidence: SenderIdentification.Confidence) -> String {
        switch confidence {
        case .none: "not recognised"
        case .weak: "recognised on weak evidence"
        case .moderate: "recognised on fair evidence"
        case .strong: "recognised on strong evidence"
        case .certain: "recognised with certainty"
        }
    }

    /// `a`, `a and b`, `a, b and c`.
    static func and(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
