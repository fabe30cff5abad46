public import DNS
import Identities

/// Authenticates a message by every method at once: the one call that the rest of the product
/// makes.
///
/// Make it once and use it for all messages: it remembers parsed keys. Each message gets a view of
/// the DNS of its own, in which every question is asked once.
public final class MessageAuthenticator: Sendable {
    private let options: MessageAuthenticatorOptions
    private let plan: Plan
    private let lookup: any DNSLookup
    private let spf: SPFEvaluator
    private let dkim: DKIMVerifier
    private let dkim2: DKIM2Verifier
    private let arc: ARCValidator
    private let dmarc: DMARCEvaluator
    private let bimi: BIMIEvaluator

    public init(
        lookup: any DNSLookup, suffixes: PublicSuffixList,
        options: MessageAuthenticatorOptions = MessageAuthenticatorOptions()
    ) {
        self.options = options
        plan = Plan(options.checks)
        self.lookup = lookup
        let current = CurrentMessageLookup(standing: lookup)
        spf = SPFEvaluator(lookup: current)
        dkim = DKIMVerifier(lookup: current)
        dkim2 = DKIM2Verifier(lookup: current)
        arc = ARCValidator(lookup: current)
        bimi = BIMIEvaluator(lookup: current)
        dmarc = DMARCEvaluator(
            lookup: current, suffixes: suffixes, comparesLegacy: options.comparesLegacyDiscovery)
    }

    /// Checks one message. Never throws: what cannot be decided is a result that says so.
    ///
    /// It leaves the caller's actor once and for all, so that no check has to.
    @concurrent
    public func authenticate(_ request: MessageAuthenticatorRequest) async -> MessageAuthentication
    {
        let memo = MessageAuthenticatorLookup(lookup, limit: options.questions)
        return await CurrentMessageLookup.$memo.withValue(memo) {
            let authors = plan.dmarc ? AuthorDomains(request.message) : nil
            let parts = await check(request, authors)
            var dmarc: DMARCEvaluation?
            if let authors {
                dmarc = await self.dmarc.evaluate(
                    authors, spf: parts.spf, dkim: parts.dkim, answers: parts.answers)
            }
            var bimi: BIMIEvaluation?
            if let dmarc, plan.bimi {
                bimi = await self.bimi.evaluate(
                    BIMIRequest(request.message, dmarc: dmarc, dkim: parts.dkim),
                    now: request.now)
            }
            // RFC 7208 §2.4: for the null reverse path the HELO name is what was checked.
            let isBounce = request.mailFrom.isEmpty && plan.helo
            return MessageAuthentication(
                spf: parts.spf, helo: parts.helo ?? (isBounce ? parts.spf : nil),
                dkim: parts.dkim, dkim2: parts.dkim2, arc: parts.arc, dmarc: dmarc, bimi: bimi,
                client: request.client, mailFrom: request.mailFrom, heloName: request.helo,
                questions: memo.questions, defects: request.message.defects)
        }
    }

    /// The checks to make, those included on which others stand.
    private struct Plan: Sendable {
        let spf, helo, dkim, dkim2, arc, dmarc, bimi: Bool
        let isDKIMAlone: Bool

        init(_ checks: Set<MessageAuthenticatorOptions.Check>) {
            bimi = checks.contains(.bimi)
            dmarc = checks.contains(.dmarc) || bimi
            spf = checks.contains(.spf) || dmarc
            dkim = checks.contains(.dkim) || dmarc
            helo = checks.contains(.helo)
            dkim2 = checks.contains(.dkim2)
            arc = checks.contains(.arc)
            isDKIMAlone = dkim && !(spf || helo || dkim2 || arc || dmarc)
        }
    }

    /// What one of the concurrent checks brings.
    private enum Part: Sendable {
        case spf(SPFEvaluation)
        case helo(SPFEvaluation)
        case dkim([DKIMVerification])
        case dkim2(DKIM2Verification)
        case records(RecordAnswers)
    }

    /// What all of them bring.
    private struct Parts: Sendable {
        var spf: SPFEvaluation?
        var helo: SPFEvaluation?
        var dkim: [DKIMVerification] = []
        var dkim2: DKIM2Verification?
        var arc: ARCValidation?
        var answers = RecordAnswers()

        mutating func take(_ part: Part) {
            switch part {
            case .spf(let evaluation): spf = evaluation
            case .helo(let evaluation): helo = evaluation
            case .dkim(let verifications): dkim = verifications
            case .dkim2(let verification): dkim2 = verification
            case .records(let records): answers = records
            }
        }
    }

    /// Starts each check here and now: it runs on until it has to wait for the DNS, and the next
    /// one starts. Where answers are at hand nothing waits, and no thread is woken.
    private func check(
        _ request: MessageAuthenticatorRequest, _ authors: AuthorDomains?
    ) async -> Parts {
        if plan.isDKIMAlone {
            // Nothing to run beside it.
            var parts = Parts()
            parts.dkim = await dkim.verify(request.message, now: request.now)
            return parts
        }
        return await withTaskGroup(of: Part.self) { group in
            start(request, authors, in: &group)
            var parts = Parts()
            // The last one needs no task of its own.
            if plan.arc {
                parts.arc = await arc.validate(request.message, now: request.now)
            }
            for await part in group { parts.take(part) }
            return parts
        }
    }

    private func start(
        _ request: MessageAuthenticatorRequest, _ authors: AuthorDomains?,
        in group: inout TaskGroup<Part>
    ) {
        let message = request.message
        let now = request.now
        if let authors {
            group.addImmediateTask { .records(await self.dmarc.records(for: authors)) }
        }
        if plan.spf || plan.helo, let envelope = request.spf {
            if plan.spf {
                group.addImmediateTask { .spf(await self.spf.evaluate(envelope)) }
            }
            if plan.helo, !plan.spf || !request.mailFrom.isEmpty {
                group.addImmediateTask { .helo(await self.spf.evaluateHELO(envelope)) }
            }
        }
        if plan.dkim {
            group.addImmediateTask { .dkim(await self.dkim.verify(message, now: now)) }
        }
        if plan.dkim2 {
            let envelope = request.dkim2
            group.addImmediateTask {
                .dkim2(await self.dkim2.verify(message, envelope: envelope, now: now))
            }
        }
    }
}

extension MessageAuthenticatorRequest {
    fileprivate var spf: SPFRequest? {
        client.map {
            SPFRequest(
                client: $0, helo: helo, mailFrom: mailFrom, receiver: receiver, now: now)
        }
    }

    fileprivate var dkim2: DKIM2Envelope? {
        guard client != nil, !recipients.isEmpty else { return nil }
        return DKIM2Envelope(mailFrom: mailFrom, recipients: recipients)
    }
}

extension BIMIRequest {
    /// BIMI stands on DMARC, and on a signature that covers the sender's choice of a selector.
    fileprivate init(
        _ message: RawMessage, dmarc: DMARCEvaluation, dkim: [DKIMVerification]
    ) {
        var selector: BIMISelector?
        let organization = dmarc.organizationalDomain
        if let organization, let field = message.fields(named: "BIMI-Selector").first,
            BIMISelector.isSigned(in: message, by: dkim, organizationalDomain: organization)
        {
            selector = BIMISelector(parsing: field.valueOctets)
        }
        self.init(
            author: BIMIAuthor(message), organizationalDomain: organization,
            dmarcResult: dmarc.result, dmarcRecord: dmarc.record,
            dmarcRecordDomain: dmarc.recordDomain, selector: selector)
    }
}

/// The view of the DNS that belongs to the message under way. The evaluators outlive the message,
/// because they remember parsed keys, and so cannot be handed its view when they are made.
private struct CurrentMessageLookup: DNSLookup {
    @TaskLocal static var memo: MessageAuthenticatorLookup?
    let standing: any DNSLookup

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        guard let memo = Self.memo else { return await standing.lookUp(name, type) }
        return await memo.lookUp(name, type)
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        guard let memo = Self.memo else { return await standing.lookUp(name, type) }
        return await memo.lookUp(name, type)
    }
}
