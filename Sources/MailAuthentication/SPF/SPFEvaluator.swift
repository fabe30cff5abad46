public import DNS
internal import Identities

/// Checks whether a client may send for a domain: the function `check_host()` of RFC 7208 §4, with
/// the identities of §2.3 and §2.4.
public struct SPFEvaluator: Sendable {
    private let lookup: any DNSLookup
    private let policy: SPFPolicy
    private let records: SPFRecordSelection.Cache

    /// Records stay remembered in parsed form as long as the evaluator, or a copy of it, lives.
    public init(lookup: any DNSLookup, policy: SPFPolicy = SPFPolicy()) {
        self.init(lookup: lookup, policy: policy, records: SPFRecordSelection.makeCache())
    }

    /// For callers whose look-up changes while the records stay.
    init(
        lookup: any DNSLookup, policy: SPFPolicy = SPFPolicy(), records: SPFRecordSelection.Cache
    ) {
        self.lookup = lookup
        self.policy = policy
        self.records = records
    }

    /// Checks MAIL FROM. For the null reverse path `postmaster` at the HELO name stands in
    /// (RFC 7208 §2.4), and the result's identity is `helo`.
    public func evaluate(_ request: SPFRequest) async -> SPFEvaluation {
        guard !request.mailFrom.isEmpty else { return await evaluateHELO(request) }
        guard request.mailFrom.utf8.count <= Limits.spfIdentityOctets else {
            return SPFEvaluation(
                .none, domain: nil,
                reason: "The address of MAIL FROM is too long to have an SPF record.")
        }
        let (localPart, domain) = Self.parts(of: request.mailFrom)
        return await evaluate(
            request, .mailFrom, localPart: localPart.map(String.init) ?? "postmaster", domain)
    }

    /// Checks the name of HELO or EHLO (RFC 7208 §2.3).
    public func evaluateHELO(_ request: SPFRequest) async -> SPFEvaluation {
        guard request.helo.utf8.count <= Limits.spfIdentityOctets else {
            return SPFEvaluation(
                .none, identity: .helo, domain: nil,
                reason: "The name of HELO is too long to have an SPF record.")
        }
        return await evaluate(request, .helo, localPart: "postmaster", request.helo[...])
    }

    private func evaluate(
        _ request: SPFRequest, _ identity: SPFEvaluation.Identity, localPart: String,
        _ text: Substring
    ) async -> SPFEvaluation {
        let word = identity == .helo ? "HELO" : "MAIL FROM"
        // RFC 7208 §4.3: an address literal, an empty or too long label, or a single one.
        guard let domain = DomainName(text) else {
            return SPFEvaluation(
                .none, identity: identity, domain: nil,
                reason: "“\(SPFExcerpt(text))” in \(word) is no domain name.")
        }
        guard domain.labelCount > 1 else {
            return SPFEvaluation(
                .none, identity: identity, domain: domain,
                reason: "“\(domain)” in \(word) is a single label, which has no SPF record.")
        }
        let values = SPFMacroValues(
            localPart: localPart, senderDomain: domain.text, domain: domain.text,
            client: request.client, helo: Self.clipped(request.helo),
            receiver: Self.clipped(request.receiver), now: request.now)
        var check = SPFCheck(
            lookup: lookup, records: records, policy: policy, values: values)
        let finding = await check.run(.domain(domain))
        // What the explanation leads to counts for no limit (RFC 7208 §4.6.4).
        let (lookups, voidLookups) = (check.terms, check.voidTerms)
        let explanation = await check.explanation(of: finding)
        return SPFEvaluation(
            finding.result, identity: identity, domain: domain, statement: finding.reason,
            explanation: explanation, lookups: lookups, voidLookups: voidLookups,
            trace: policy.keepsTrace ? finding.trace : nil)
    }

    /// The local part, nil when there is none (RFC 7208 §4.3), and the domain. The last `@` parts
    /// them, for a quoted local part may hold one (RFC 5321 §4.1.2).
    private static func parts(of address: String) -> (Substring?, Substring) {
        guard let at = address.utf8.lastIndex(of: 0x40) else { return (nil, address[...]) }
        var localPart = address[..<at]
        let domain = address[address.utf8.index(after: at)...]
        // RFC 5321 Appendix C: a source route before the mailbox does not count.
        if localPart.utf8.first == 0x40, let colon = localPart.utf8.firstIndex(of: Octet.colon) {
            localPart = localPart[localPart.utf8.index(after: colon)...]
        }
        return (localPart.isEmpty ? nil : localPart, domain)
    }

    private static func clipped(_ text: String) -> String {
        guard text.utf8.count > Limits.spfIdentityOctets else { return text }
        return String(decoding: text.utf8.prefix(Limits.spfIdentityOctets), as: UTF8.self)
    }
}
