public import Identities
public import MailAuthentication
public import MailReports

/// What one received message tells the owner of its author's domain (RFC 9990 §3.1).
public struct DMARCObservation: Hashable, Sendable {
    /// The DMARC Policy Domain: where the record lies.
    public var domain: DomainName
    /// The Organizational Domain of the author.
    public var organization: DomainName
    /// The record's text, and how it was found (`treewalk`, `psl`).
    public var record: String
    public var method: String
    /// The message as a row of a report with a count of 1.
    public var row: AggregateRecord
    /// Whether the message carries a report itself. Such messages are told of, but are no reason
    /// for a report: two receivers would otherwise send each other reports about reports for ever.
    public var isAboutReport: Bool

    /// What is to be told of a message; nil when nobody asked for it, or when the message was put
    /// off and will come again.
    ///
    /// - Parameters:
    ///   - recipients: the domains of its recipients.
    ///   - isAboutReport: whether the message came to an address for reports.
    public init?(
        _ found: MessageAuthentication, _ decision: Decision, recipients: [DomainName] = [],
        isAboutReport: Bool = false
    ) {
        guard decision.disposition != .defer, let dmarc = found.dmarc, let author = dmarc.author,
            let client = found.client, let policy = dmarc.discovery?.policy,
            let record = policy.record, !record.aggregateReportURIs.isEmpty,
            let domain = policy.recordDomain,
            let step = policy.steps.first(where: {
                $0.domain == domain && ($0.outcome == .record || $0.outcome == .stop)
            })
        else { return nil }
        self.domain = domain
        organization = policy.organizationalDomain
        self.record = step.text
        method = policy.method.rawValue
        self.isAboutReport = isAboutReport
        var row = AggregateRecord()
        row.source = client
        row.sourceText = client.description
        row.count = 1
        row.headerFrom = author.text
        row.envelopeFrom = Self.senderDomain(found.mailFrom)
        if let first = recipients.first, recipients.allSatisfy({ $0 == first }) {
            row.envelopeTo = first.text
        }
        row.dkimEvaluated = dmarc.alignment.dkim?.isAligned == true ? "pass" : "fail"
        row.spfEvaluated = dmarc.alignment.spf?.isAligned == true ? "pass" : "fail"
        row.dkim = Self.signatures(found.dkim, dmarc, author: author)
        if let spf = found.spf, let checked = spf.domain {
            row.spf = [
                .init(
                    domain: checked.text, scope: "mfrom", result: spf.result.rawValue,
                    humanResult: spf.result == .permerror ? Self.comment(spf.reason) : nil)
            ]
        }
        (row.disposition, row.reasons) = Self.outcome(dmarc, decision)
        self.row = row
    }

    /// Empty for the null reverse-path (RFC 9990 §3.1.1.10); nil when there is no domain to read.
    private static func senderDomain(_ mailFrom: String) -> String? {
        if mailFrom.isEmpty { return "" }
        guard let at = mailFrom.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        return DomainName(mailFrom[mailFrom.index(after: at)...])?.text
    }

    /// RFC 9990 §3.1.3: signatures that count for DMARC first, then others that are good.
    private static func signatures(
        _ found: [DKIMVerification], _ dmarc: DMARCEvaluation, author: DomainName
    ) -> [AggregateRecord.DKIMAuthenticationResult] {
        var ranked: [(rank: Int, result: AggregateRecord.DKIMAuthenticationResult)] = []
        for (index, signature) in found.enumerated() {
            guard let domain = signature.domain, !signature.selector.isEmpty,
                signature.result != .none
            else { continue }
            let rank: Int
            switch signature.result {
            case .pass where domain == author: rank = 0
            case .pass where dmarc.alignment.dkim?.signature == index: rank = 1
            case .pass: rank = 2
            default: rank = 3
            }
            let isPuzzling = signature.result != .pass && signature.result != .temperror
            let result = AggregateRecord.DKIMAuthenticationResult(
                domain: domain.text, selector: signature.selector,
                result: signature.result.rawValue,
                humanResult: isPuzzling ? comment(signature.reason) : nil)
            if !ranked.contains(where: { $0.result == result }) { ranked.append((rank, result)) }
        }
        if ranked.count > 1 {
            // Of equal rank in the order of the message.
            ranked = (0...3).flatMap { rank in ranked.filter { $0.rank == rank } }
        }
        return ranked.prefix(Limits.reportedSignatures).map(\.result)
    }

    /// The disposition as far as DMARC is its reason: what else we think of a message is not the
    /// domain owner's business (RFC 9990 §8.3).
    private static func outcome(
        _ dmarc: DMARCEvaluation, _ decision: Decision
    ) -> (String, [AggregateRecord.OverrideReason]) {
        let isEnforcing = (dmarc.policy?.policy ?? .none) != .none
        if dmarc.result == .pass { return (isEnforcing ? "pass" : "none", []) }
        guard dmarc.result == .fail else { return ("none", []) }
        var reasons: [AggregateRecord.OverrideReason] = []
        if let policy = dmarc.policy, policy.isTesting, policy.requested != policy.policy {
            reasons.append(.init(type: "policy_test_mode"))
        }
        let asked = dmarc.disposition
        let done = decision.applied
        let isByPolicy = decision.reasons.contains { $0.code.isAboutDMARC }
        if done == asked || done > asked && !isByPolicy { return (asked.rawValue, reasons) }
        let isForwarded = decision.reasons.contains { $0.code == .trustedForwarder }
        let first = decision.reasons.first?.code.rawValue
        reasons.append(
            isForwarded
                ? .init(type: "trusted_forwarder", comment: "arc=pass")
                : .init(type: "local_policy", comment: first))
        return (done.rawValue, reasons)
    }

    private static func comment(_ text: String) -> String {
        guard text.utf8.count > Limits.reportCommentOctets else { return text }
        // Cut between whole characters.
        var cut = text.utf8.index(text.startIndex, offsetBy: Limits.reportCommentOctets)
        while cut.samePosition(in: text.unicodeScalars) == nil, cut > text.startIndex {
            cut = text.utf8.index(before: cut)
        }
        return String(text[..<cut])
    }
}

extension Decision {
    /// The decision in DMARC's words.
    fileprivate var applied: DMARCPolicy {
        switch disposition {
        case .deliver, .defer: .none
        case .hold: .quarantine
        case .reject: .reject
        }
    }
}

extension ReasonCode {
    /// Whether the reason is what DMARC found.
    fileprivate var isAboutDMARC: Bool {
        switch self {
        case .policyReject, .policyQuarantine, .ownDomainForged, .trustedForwarder: true
        default: false
        }
    }
}
