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
    private let suffixes: PublicSuffixList
    // What outlives a message: all that was read in the DNS.
    private let keys = DKIMKeyLookup.makeCache()
    private let spfRecords = SPFRecordSelection.makeCache()
    private let dmarcRecords = RecordQuery.makeCache()

    public init(
        lookup: any DNSLookup, suffixes: PublicSuffixList,
        options: MessageAuthenticatorOptions = MessageAuthenticatorOptions()
    ) {
        self.options = options
        plan = Plan(options.checks)
        self.lookup = lookup
        self.suffixes = suffixes
    }

    /// Checks one message. Never throws: what cannot be decided is a result that says so.
    ///
    /// It leaves the caller's actor once and for all, so that no check has to.
    @concurrent
    public func authenticate(_ request: MessageAuthenticatorRequest) async -> MessageAuthentication
    {
        let memo = MessageAuthenticatorLookup(lookup, limit: options.questions)
        let authors = plan.dmarc ? AuthorDomains(request.message) : nil
        let evaluator = DMARCEvaluator(
            asking: RecordQuery(lookup: memo, proposals: [:], cache: dmarcRecords),
            suffixes: suffixes, comparesLegacy: options.comparesLegacyDiscovery)
        var found = MessageAuthentication(
            client: request.client, mailFrom: request.mailFrom, heloName: request.helo,
            defects: request.message.defects)
        var answers = await check(request, authors, memo, evaluator, &found)
        if let authors {
            found.dmarc = await evaluator.evaluate(
                authors, spf: found.spf, dkim: found.dkim, answers: &answers)
        }
        if plan.bimi, let dmarc = found.dmarc {
            found.bimi = await BIMIEvaluator(lookup: memo).evaluate(
                BIMIRequest(request.message, dmarc: dmarc, dkim: found.dkim), now: request.now)
        }
        // RFC 7208 §2.4: for the null reverse path the HELO name is what was checked.
        if request.mailFrom.isEmpty, plan.helo, found.helo == nil { found.helo = found.spf }
        found.questions = memo.questions
        return found
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
        case arc(ARCValidation)
        case records(RecordAnswers)
    }

    /// Where answers are at hand, one check after the other; else all of them at once, so that they
    /// wait for the DNS together. Gives the DMARC records that were fetched meanwhile.
    private func check(
        _ request: MessageAuthenticatorRequest, _ authors: AuthorDomains?,
        _ memo: MessageAuthenticatorLookup, _ dmarc: DMARCEvaluator,
        _ found: inout MessageAuthentication
    ) async -> RecordAnswers {
        let keys = DKIMKeyLookup(lookup: memo, cache: keys)
        let spf = SPFEvaluator(lookup: memo, records: spfRecords)
        let reading = MessageReading(request.message)
        if plan.isDKIMAlone || lookup.answersAtOnce {
            if plan.dkim {
                found.dkim = await DKIMVerifier(keys: keys).verify(reading, now: request.now)
            }
            if plan.arc {
                found.arc = await ARCValidator(keys: keys).validate(reading, now: request.now)
            }
            if plan.dkim2 { found.dkim2 = await dkim2(request, keys) }
            guard let envelope = request.spf else { return RecordAnswers() }
            if plan.spf { found.spf = await spf.evaluate(envelope) }
            if isHELOChecked(request) { found.helo = await spf.evaluateHELO(envelope) }
            return RecordAnswers()
        }
        return await withTaskGroup(of: Part.self) { group in
            // Each starts here and now: it runs on until it has to wait, and the next one starts.
            if let authors {
                group.addImmediateTask { .records(await dmarc.records(for: authors)) }
            }
            if let envelope = request.spf {
                if plan.spf { group.addImmediateTask { .spf(await spf.evaluate(envelope)) } }
                if isHELOChecked(request) {
                    group.addImmediateTask { .helo(await spf.evaluateHELO(envelope)) }
                }
            }
            if plan.dkim {
                group.addImmediateTask {
                    .dkim(await DKIMVerifier(keys: keys).verify(reading, now: request.now))
                }
            }
            if plan.dkim2 {
                group.addImmediateTask { .dkim2(await self.dkim2(request, keys)) }
            }
            if plan.arc {
                group.addImmediateTask {
                    .arc(await ARCValidator(keys: keys).validate(reading, now: request.now))
                }
            }
            var answers = RecordAnswers()
            for await part in group {
                switch part {
                case .spf(let evaluation): found.spf = evaluation
                case .helo(let evaluation): found.helo = evaluation
                case .dkim(let verifications): found.dkim = verifications
                case .dkim2(let verification): found.dkim2 = verification
                case .arc(let validation): found.arc = validation
                case .records(let records): answers = records
                }
            }
            return answers
        }
    }

    private func isHELOChecked(_ request: MessageAuthenticatorRequest) -> Bool {
        plan.helo && (!plan.spf || !request.mailFrom.isEmpty)
    }

    private func dkim2(
        _ request: MessageAuthenticatorRequest, _ keys: DKIMKeyLookup
    ) async -> DKIM2Verification {
        await DKIM2Verifier(keys: keys).verify(
            request.message, envelope: request.dkim2, now: request.now)
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
