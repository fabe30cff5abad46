import Identities

/// Steps about single senders.
extension PlanDraft {
    /// Senders of the owner whose mail does not pass.
    mutating func fixSenders() {
        let senders = ranked(.misconfigured)
        for sender in senders.prefix(PlanLimits.senderSteps) { fix(sender) }
    }

    /// Senders with mail of a class, most of it first.
    func ranked(_ sourceClass: SourceClass) -> [PlanSender] {
        facts.senders.filter { $0.count(sourceClass) > 0 }.sorted {
            ($1.count(sourceClass), $0.key) < ($0.count(sourceClass), $1.key)
        }
    }

    func service(of sender: PlanSender) -> SendingService? {
        sender.serviceID.flatMap(catalogue.service)
    }

    private mutating func fix(_ sender: PlanSender) {
        let failing = sender.count(.misconfigured)
        let share = PlanNumbers.share(failing, of: sums.legitimate)
        let service = service(of: sender)
        var instructions = [PlanWords.advice(service, domain: domain)]
        var changes: [DNSChange] = []
        if let service {
            changes = spfChange(for: service, sender)
            if !facts.isSPFKnown, !service.spfIncludes.isEmpty, service.alignsSPF != .no {
                instructions.append(Self.spfIsUnknown)
            }
            if service.alignsSPF == .no,
                let idle = service.spfIncludes.first(where: {
                    spf.flatMap(SPFText.init)?.includes($0) == true
                })
            {
                instructions.append(
                    "include:\(idle) in the SPF record does nothing for DMARC, because \(service.name) "
                        + "uses a return path of its own: it may be removed.")
            }
            if sender.verdict == nil {
                instructions.append(
                    "If nobody of yours uses \(service.name), leave it: this mail is then "
                        + "somebody else's, and p=reject is what stops it.")
            }
        }
        steps.append(
            PlanStep(
                .fixSender, title: PlanWords.fixTitle(sender, service, domain: domain),
                why: "\(PlanNumbers.messages(failing)) from it (\(PlanNumbers.percent(share)) of "
                    + "your mail) did not pass as \(domain), and such mail \(fateOfFailures).",
                changes: changes, instructions: instructions, senderKey: sender.key,
                messages: failing, share: PlanNumbers.share(failing, of: sums.genuine),
                risk: .init(
                    .low,
                    changes.isEmpty
                        ? "New keys and aliases change nothing for mail that passes today."
                        : "New keys and an added include change nothing for mail that passes "
                            + "today; check that SPF stays within "
                            + "\(PlanLimits.spfLookups) look-ups."),
                evidence: evidence(sender),
                blocksReject: share >= PlanLimits.senderShareThatBlocks))
    }

    /// The include, where the service sends with the domain itself as MAIL FROM, so that it
    /// counts, and where the record has room for another look-up.
    private mutating func spfChange(
        for service: SendingService, _ sender: PlanSender
    ) -> [DNSChange] {
        service.recordWithInclude(spf, spfAligned: sender.spfAligned).map { changeSPF(to: $0) }
            ?? []
    }

    /// Senders that a person rejected, and that something in the DNS still vouches for.
    mutating func revokeSenders() {
        let senders = ranked(.compliant).filter { $0.verdict == .rejected }
        for sender in senders.prefix(PlanLimits.senderSteps) {
            let passing = sender.count(.compliant)
            let changes =
                service(of: sender)?.recordWithoutIncludes(spf).map { changeSPF(to: $0) } ?? []
            var instructions = ["Take the keys of \(sender.name) out of your DNS."]
            if !sender.sampleSelectors.isEmpty {
                instructions.append(
                    "Seen on its mail: \(PlanWords.and(Array(sender.sampleSelectors.prefix(3)))).")
            }
            if !facts.isSPFKnown { instructions.append(Self.spfIsUnknown) }
            steps.append(
                PlanStep(
                    .revokeSender, title: "Take back what lets \(sender.name) send as \(domain)",
                    why: "You rejected it, and \(PlanNumbers.messages(passing)) of it still pass, "
                        + "which no policy stops: only your own DNS can.",
                    changes: changes, instructions: instructions, senderKey: sender.key,
                    messages: passing, share: PlanNumbers.share(passing, of: sums.genuine),
                    risk: .init(
                        .medium, "If somebody of yours uses it after all, that mail will fail."),
                    evidence: evidence(sender)))
        }
    }

    /// Compliant messages without an aligned DKIM pass.
    private func unsigned(_ sender: PlanSender) -> Int64 {
        let compliant = sender.count(.compliant)
        return compliant - min(compliant, max(0, sender.dkimAligned))
    }

    /// Mail that lacks aligned DKIM although it passes: it does so by SPF alone.
    mutating func addDKIM() {
        let leaning = facts.senders.filter { sender in
            guard sender.verdict != .rejected else { return false }
            let unsigned = PlanNumbers.share(unsigned(sender), of: sender.count(.compliant))
            return unsigned > PlanLimits.unsignedShareThatCounts
        }.sorted { ($1.count(.compliant), $0.key) < ($0.count(.compliant), $1.key) }
        for sender in leaning.prefix(PlanLimits.senderSteps) {
            let unsigned = unsigned(sender)
            let share = PlanNumbers.share(unsigned, of: sums.legitimate)
            let service = service(of: sender)
            steps.append(
                PlanStep(
                    .addDKIM, title: "Let \(sender.name) sign with DKIM",
                    why: "\(PlanNumbers.messages(unsigned)) (\(PlanNumbers.percent(share)) of "
                        + "your mail) pass by SPF alone, which breaks as soon as somebody "
                        + "forwards them. RFC 9989 §8 forbids p=reject that rests on SPF only.",
                    instructions: [PlanWords.advice(service, domain: domain)],
                    senderKey: sender.key, messages: unsigned,
                    share: PlanNumbers.share(unsigned, of: sums.genuine),
                    risk: .init(
                        .low, "A signature more changes nothing for mail that passes today."),
                    evidence: evidence(sender),
                    blocksReject: share >= PlanLimits.senderShareThatBlocks))
        }
    }

    /// Senders that only a person can put into a class.
    mutating func decideSenders() {
        let senders = ranked(.unknown)
        let own = senders.prefix(PlanLimits.undecidedSteps).filter { sender in
            senders.count == 1
                || PlanNumbers.share(sender.count(.unknown), of: max(sums.legitimate, 1))
                    >= PlanLimits.senderShareThatBlocks
        }
        for sender in own { decide(sender) }
        decideTogether(Array(senders.dropFirst(own.count)))
    }

    private func blocks(undecided messages: Int64) -> Bool {
        PlanNumbers.share(messages, of: max(sums.legitimate, 1))
            >= PlanLimits.undecidedShareThatBlocks
    }

    private mutating func decide(_ sender: PlanSender) {
        let messages = sender.count(.unknown)
        let share = PlanNumbers.share(messages, of: sums.genuine)
        let isNamed = sender.key != "unknown"
        steps.append(
            PlanStep(
                .decideSender,
                title: isNamed
                    ? "Decide whether \(sender.name) sends for you"
                    : "Look at the sources that could not be named",
                why: "\(PlanNumbers.messages(messages)) (\(PlanNumbers.percent(share)) of the "
                    + "mail that is not plainly forged) did not pass, and the evidence does "
                    + "not say whose they are. Such mail \(fateOfFailures).",
                instructions: [
                    "Ask the people who run your web sites, shop, invoices and newsletters.",
                    "If it is yours, set up DKIM there for \(domain). If it is not, do nothing.",
                ],
                senderKey: sender.key, messages: messages, share: share,
                risk: .init(.low, "Looking changes nothing."), evidence: evidence(sender),
                blocksReject: blocks(undecided: messages)))
    }

    private mutating func decideTogether(_ senders: [PlanSender]) {
        guard !senders.isEmpty else { return }
        let messages = PlanNumbers.sum(senders.map { $0.count(.unknown) })
        let share = PlanNumbers.share(messages, of: sums.genuine)
        let names = senders.count == 1 ? "one small sender" : "\(senders.count) small senders"
        steps.append(
            PlanStep(
                .decideSender, title: "Look through \(names) that could not be classed",
                why: "Together they sent \(PlanNumbers.messages(messages)) "
                    + "(\(PlanNumbers.percent(share)) of the mail that is not plainly forged) "
                    + "that did not pass.",
                instructions: ["Look for names that you know; the rest needs nothing."],
                messages: messages, share: share, risk: .init(.low, "Looking changes nothing."),
                evidence: senders.prefix(PlanLimits.evidenceLines).map {
                    "\($0.name): \(PlanNumbers.messages($0.count(.unknown)))"
                }, blocksReject: blocks(undecided: messages)))
    }

    // MARK: - SPF

    /// Includes that lead nowhere: they make the whole record an error (RFC 7208 §5.2).
    mutating func repairSPF() {
        guard let spf, var text = SPFText(spf) else { return explainSPFFault() }
        let dead = text.includes.filter { catalogue.serviceOfDeadInclude($0) != nil }
        guard !dead.isEmpty else { return explainSPFFault() }
        var instructions: [String] = []
        var evidence = ["SPF record: \(spf.prefix(PlanLimits.quotedLength))"]
        for include in dead {
            text.remove(include: include)
            guard let service = catalogue.serviceOfDeadInclude(include) else { continue }
            evidence.append("\(include) had no SPF record when last checked, \(service.verified)")
            if let real = service.spfIncludes.first {
                instructions.append(
                    "If \(service.name) sends for you, its own documents name include:\(real).")
            }
        }
        steps.append(
            PlanStep(
                .repairSPF, title: "Take \(PlanWords.and(dead)) out of the SPF record",
                why: "No SPF record is published there. The include does nothing for you, and a "
                    + "receiver that comes to it treats your whole SPF record as an error.",
                changes: changeSPF(to: text.render()), instructions: instructions,
                risk: .init(.low, "An include without a record authorises nobody."),
                evidence: Array(evidence.prefix(PlanLimits.evidenceLines))))
    }

    /// A fault that only a person can mend: it lies in somebody else's record, or in the words of
    /// the own one.
    private mutating func explainSPFFault() {
        guard let fault = facts.spfFault else { return }
        steps.append(
            PlanStep(
                .repairSPF, title: "Mend what the SPF record leads to",
                why: "Receivers stop at your SPF record with an error, and mail that rests on SPF "
                    + "alone fails. \(fault)",
                instructions: [
                    "If you still use the service that the faulty record belongs to, ask it to mend "
                        + "it, and let it sign with DKIM, which does not depend on SPF.",
                    "If you do not, take what leads there out of your SPF record.",
                ],
                risk: .init(.low, "Looking changes nothing."),
                evidence: spf.map { ["SPF record: \($0.prefix(PlanLimits.quotedLength))"] } ?? []))
    }

    // MARK: - What needs no work

    mutating func explainForwarding() {
        guard sums.forwarded > 0 else { return }
        let share = PlanNumbers.share(sums.forwarded, of: sums.genuine)
        let isMuch = share >= PlanLimits.forwardedShareThatWarns
        steps.append(
            PlanStep(
                .explainForwarding, title: "Know what is forwarded; there is nothing to repair",
                why: "\(PlanNumbers.messages(sums.forwarded)) (\(PlanNumbers.percent(share)) of "
                    + "the mail that is not forged) came by way of mailing lists or forwarders, "
                    + "which broke the proof. Such mail \(fateOfFailures), unless the list "
                    + "rewrites the From line or the receiver trusts the forwarder.",
                instructions: isMuch
                    ? [
                        "Sign everything with DKIM: plain forwarding then does no harm.",
                        "Ask the owners of the lists to rewrite the From line (most list software "
                            + "can), or give people who write to lists an address in another "
                            + "domain.",
                    ] : [],
                messages: sums.forwarded, share: share,
                risk: .init(
                    isMuch ? .medium : .low,
                    isMuch
                        ? "People who write to lists may find some of their posts refused."
                        : "Little mail is concerned."),
                evidence: ranked(.forwarded).prefix(PlanLimits.evidenceLines).map {
                    "\($0.name): \(PlanNumbers.messages($0.count(.forwarded)))"
                }))
    }

    mutating func explainForgery() {
        guard sums.forged > 0 else { return }
        let share = PlanNumbers.share(sums.forged, of: sums.all)
        let sources = PlanNumbers.sum(
            facts.senders.filter { $0.count(.spoofing) > 0 || $0.count(.blocklisted) > 0 }
                .map { Int64($0.sources) })
        var evidence = ["\(PlanNumbers.count(sums.forged)) of \(PlanNumbers.messages(sums.all))"]
        if sources > 0 {
            evidence.append("from \(PlanNumbers.count(sources)) addresses")
        }
        let fate =
            stage == .rejecting
            ? "p=reject lets receivers refuse it." : "p=reject is what stops it."
        steps.append(
            PlanStep(
                .explainForgery, title: "Forged mail needs no work: the policy stops it",
                why: "\(PlanNumbers.messages(sums.forged)) (\(PlanNumbers.percent(share)) of all "
                    + "mail in the reports) carried no proof and came from nowhere near you. "
                    + fate,
                messages: sums.forged, share: share,
                risk: .init(.low, "Nothing is changed."), evidence: evidence))
    }
}
