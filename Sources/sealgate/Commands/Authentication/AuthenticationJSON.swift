import Identities
import MailAuthentication

/// What `verify --format json` prints: one object for each method, its result in the RFC's words.
struct AuthenticationJSON: Encodable {
    var spf: SPFJSON?
    var helo: SPFJSON?
    var dkim: [Signature]
    var dkim2: Custody?
    var arc: Chain?
    var dmarc: DMARC?
    var bimi: BIMI?
    /// As a receiving host would write it into the message (RFC 8601).
    var authenticationResults: String
    var defects: [String]
    var questions: Int

    struct Signature: Encodable {
        var result, reason, selector, algorithm: String
        var domain: DomainName?
        var identity: String?
        var keyBits: Int?
        var risks: [String]
        var isKeyAuthenticated: Bool
    }

    struct Custody: Encodable {
        struct Hop: Encodable {
            var sequence: Int
            var domain: DomainName
            var result, reason: String
        }
        var result, reason: String
        var domain: DomainName?
        var originDomain: DomainName?
        var hops: [Hop]
        var remarks: [String]
    }

    struct Chain: Encodable {
        var result, reason: String
        var domain: DomainName?
        var instances: Int
        var sealers: [DomainName]
        var oldestPass: Int?
    }

    struct DMARC: Encodable {
        struct Discovery: Encodable {
            var method: String
            var steps: [WalkStep]
            var recordDomain: DomainName?
            var record: String?
            var divergence: String?
        }
        var result, reason, disposition: String
        var domain: DomainName?
        var policy: String?
        var organizationalDomain: DomainName?
        var alignment: DMARCAlignment
        var discovery: Discovery?
        var warnings: [String]
    }

    struct BIMI: Encodable {
        var result, reason: String
        var domain: DomainName?
        var selector: String?
        var location: String?
        var evidence: String?
    }

    init(_ found: MessageAuthentication, authservID: String) {
        spf = found.spf.map { SPFJSON($0, hasTrace: true) }
        helo = found.helo.map { SPFJSON($0, hasTrace: false) }
        dkim = found.dkim.map(Self.signature)
        dkim2 = found.dkim2.map(Self.custody)
        arc = found.arc.map {
            Chain(
                result: $0.result.rawValue, reason: $0.reason, domain: $0.sealers.last,
                instances: $0.instances, sealers: $0.sealers, oldestPass: $0.oldestPass)
        }
        dmarc = found.dmarc.map(Self.dmarc)
        bimi = found.bimi.map {
            BIMI(
                result: $0.result.rawValue, reason: $0.reason, domain: $0.domain,
                selector: $0.selector, location: $0.record?.location?.text,
                evidence: $0.record?.evidence?.text)
        }
        authenticationResults = found.authenticationResults(authservID: authservID).render()
        defects = found.defects.map(\.rawValue).sorted()
        questions = found.questions
    }

    private static func signature(_ each: DKIMVerification) -> Signature {
        Signature(
            result: each.result.rawValue, reason: each.reason, selector: each.selector,
            algorithm: each.algorithm, domain: each.domain, identity: each.identity,
            keyBits: each.keyBits, risks: each.risks.map(\.rawValue),
            isKeyAuthenticated: each.isKeyAuthenticated)
    }

    private static func custody(_ found: DKIM2Verification) -> Custody {
        Custody(
            result: found.result.rawValue, reason: found.reason, domain: found.domain,
            originDomain: found.originDomain,
            hops: found.hops.map {
                Custody.Hop(
                    sequence: $0.sequence, domain: $0.domain, result: $0.result.rawValue,
                    reason: $0.reason)
            }, remarks: found.remarks.map(\.rawValue))
    }

    private static func dmarc(_ found: DMARCEvaluation) -> DMARC {
        DMARC(
            result: found.result.rawValue, reason: found.reason,
            disposition: found.disposition.rawValue, domain: found.author,
            policy: found.policy?.policy.rawValue,
            organizationalDomain: found.organizationalDomain, alignment: found.alignment,
            discovery: found.discovery.map {
                DMARC.Discovery(
                    method: $0.policy.method.rawValue, steps: $0.policy.steps,
                    recordDomain: $0.policy.recordDomain, record: $0.policy.record?.render(),
                    divergence: $0.divergence)
            }, warnings: found.warnings)
    }
}

/// An SPF evaluation for programs.
struct SPFJSON: Encodable {
    struct Record: Encodable {
        struct Term: Encodable {
            var text, outcome, note: String
            var target: String?
            var lookups: Int
            var inner: [Record]?
        }
        var domain, result: String
        var record: String?
        var terms: [Term]
        var isAuthenticated: Bool

        init(_ trace: SPFTrace) {
            domain = trace.domain
            result = trace.result.rawValue
            record = trace.record
            isAuthenticated = trace.isAuthenticated
            terms = trace.terms.map { term in
                Term(
                    text: term.text, outcome: term.outcome.rawValue, note: term.note,
                    target: term.target, lookups: term.lookups,
                    inner: term.inner.map { [Record($0)] })
            }
        }
    }

    var result, reason, identity: String
    var domain: DomainName?
    var explanation: String?
    var lookups, voidLookups: Int
    var trace: Record?

    init(_ found: SPFEvaluation, hasTrace: Bool) {
        result = found.result.rawValue
        reason = found.reason
        identity = found.identity.rawValue
        domain = found.domain
        explanation = found.explanation
        lookups = found.lookups
        voidLookups = found.voidLookups
        trace = hasTrace ? found.trace.map { Record($0) } : nil
    }
}

/// One way of finding a policy, for programs.
struct PolicyJSON: Encodable {
    var method: String
    var domain, organizationalDomain: DomainName
    var recordDomain: DomainName?
    var record: String?
    var policy: String?
    var tag: String?
    var steps: [WalkStep]
    var failure: String?
    var warnings: [String]

    init(_ policy: DiscoveredPolicy) {
        method = policy.method.rawValue
        domain = policy.author
        organizationalDomain = policy.organizationalDomain
        recordDomain = policy.recordDomain
        record = policy.record?.render()
        let applied = policy.appliedPolicy()
        self.policy = applied?.policy.rawValue
        tag = applied?.tag.rawValue
        steps = policy.steps
        failure = policy.failure
        warnings = policy.record?.warnings ?? []
    }
}
