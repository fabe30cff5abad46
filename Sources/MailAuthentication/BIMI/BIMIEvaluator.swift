public import DNS
import Identities

/// Decides whether a message may be shown with its sender's logo
/// (draft-brand-indicators-for-message-identification §7).
///
/// Nothing is fetched here: who calls has the files at the addresses of the record, or calls once
/// without to learn the addresses and once with them.
public struct BIMIEvaluator: Sendable {
    private let lookup: any DNSLookup
    private let roots: MarkRoots
    private let policy: BIMIPolicy

    /// `roots`: the authorities whose mark certificates count.
    public init(
        lookup: any DNSLookup, roots: MarkRoots = MarkRoots(), policy: BIMIPolicy = BIMIPolicy()
    ) {
        self.lookup = lookup
        self.roots = roots
        self.policy = policy
    }

    /// `now`: seconds since 1970, for the validity of certificates.
    public func evaluate(
        _ request: BIMIRequest, assets: BIMIAssets = BIMIAssets(), now: Int64
    ) async -> BIMIEvaluation {
        guard let author = request.author.domain else {
            return BIMIEvaluation(
                .skipped, reason: request.author.problem ?? "The message has no author.")
        }
        let organization = request.organizationalDomain ?? author
        if let refusal = await conditions(request, author, organization) { return refusal }
        let selector = request.selector ?? .default
        let finding = await BIMIDiscovery(lookup: lookup).find(
            author: author, organizationalDomain: organization, selector: selector,
            localPart: request.author.localPart)
        var evaluation = BIMIEvaluation(
            .none, reason: finding.reason, domain: finding.domain,
            selector: finding.selector.name)
        evaluation.asked = finding.asked
        switch finding.outcome {
        case .none: evaluation.result = .none
        case .invalid: evaluation.result = .fail
        case .temporary: evaluation.result = .temperror
        case .record(let record):
            evaluation.record = record
            await judge(record, request: (author, organization), assets, now, &evaluation)
        }
        return evaluation
    }

    // MARK: Conditions

    /// §7.1: what must hold before a record is looked for; nil when all of it does.
    private func conditions(
        _ request: BIMIRequest, _ author: DomainName, _ organization: DomainName
    ) async -> BIMIEvaluation? {
        guard request.dmarcResult == .pass else {
            return BIMIEvaluation(
                .skipped,
                reason: "The message did not pass DMARC (\(request.dmarcResult.rawValue)).")
        }
        guard let record = request.dmarcRecord else {
            return BIMIEvaluation(.skipped, reason: "\(author) has no DMARC record.")
        }
        let owner = request.dmarcRecordDomain ?? author
        if let weakness = Self.weakness(of: record, at: owner) {
            return BIMIEvaluation(.skipped, reason: weakness)
        }
        // The Organizational Domain must be protected as well, or mail in its name could be forged.
        guard owner != organization, let name = DomainName("_dmarc." + organization.text) else {
            return nil
        }
        let answer = await lookup.lookUp(name, .txt)
        if case .failure(let cause) = answer.outcome {
            return BIMIEvaluation(
                .temperror,
                reason: "The DNS gave no answer for \(name): \(cause.reasonExcerpt)")
        }
        for text in answer.texts {
            guard case .record(let record) = DMARCRecordParser.parse(text) else { continue }
            if let weakness = Self.weakness(of: record, at: organization) {
                return BIMIEvaluation(.skipped, reason: weakness)
            }
        }
        return nil
    }

    /// Why a DMARC record is not strict enough; nil when it is.
    static func weakness(of record: DMARCRecord, at domain: DomainName) -> String? {
        let policy = record.policy ?? .none
        guard record.invalidPolicyTags.isEmpty, policy != .none else {
            return
                "The DMARC record of \(domain) asks for nothing (p=none); BIMI needs quarantine or"
                + " reject."
        }
        if record.subdomainPolicy == DMARCPolicy.none {
            return "The DMARC record of \(domain) leaves its subdomains open (sp=none)."
        }
        guard policy == .quarantine else { return nil }
        if let percentage = record.percentage, percentage < 100 {
            return "The DMARC record of \(domain) covers only \(percentage) % of the mail"
                + " (pct=\(percentage))."
        }
        // RFC 9989 §4.7: in test mode quarantine is treated as none.
        if record.isTesting {
            return
                "The DMARC record of \(domain) is only a test (t=y), so that it asks for nothing."
        }
        return nil
    }

    // MARK: The logo

    private func judge(
        _ record: BIMIRecord, request: (author: DomainName, organization: DomainName),
        _ assets: BIMIAssets, _ now: Int64, _ evaluation: inout BIMIEvaluation
    ) async {
        func settle(_ result: BIMIResult, _ reason: String) {
            evaluation.result = result
            evaluation.reason = reason
        }
        if record.isDeclination {
            return settle(
                .declined, "\(evaluation.domain ?? request.author) takes no part in BIMI.")
        }
        guard record.location != nil else {
            return settle(.fail, "The BIMI record names no logo (l= is empty).")
        }
        if record.evidence == nil, policy.requiresEvidence {
            return settle(
                .skipped, "The BIMI record names no mark certificate, which is demanded here.")
        }
        if let logo = assets.logo {
            let validation = SVGTinyPSValidator().validate(logo)
            evaluation.logoValidation = validation
            if let problem = validation.problem {
                return settle(.fail, "The logo is not valid: \(problem)")
            }
        }
        guard record.evidence != nil else {
            guard let logo = assets.logo, case .success(let plain) = SVGFile.decompressed(logo)
            else { return settle(.skipped, "The logo was not fetched, so it was not checked.") }
            evaluation.logo = plain
            return settle(.pass, "The logo is valid; no certificate vouches for it.")
        }
        guard let evidence = assets.evidence else {
            return settle(
                .skipped, "The mark certificate was not fetched, so it was not checked.")
        }
        let certificate = await MarkCertificateValidator(roots: roots).validate(
            evidence,
            for: MarkCertificateRequest(
                author: request.author, organizationalDomain: request.organization,
                selector: evaluation.selector ?? BIMISelector.default.name,
                publishedLogo: assets.logo), now: now)
        evaluation.certificate = certificate
        evaluation.authority = certificate.isValid ? .pass : .fail
        if let problem = certificate.problem { return settle(.fail, problem) }
        guard let kind = certificate.kind, policy.acceptedKinds.contains(kind) else {
            return settle(
                .skipped, "Mark certificates of this kind are not accepted here.")
        }
        evaluation.logo = certificate.logo
        settle(
            .pass,
            "The logo is valid, and \(certificate.issuer ?? "an authority") vouches for it.")
    }
}
