/// The words that stand for results, policies and modes in aggregate reports.
enum AggregateWord: String {
    case pass, fail, none, neutral, softfail, temperror, permerror, policy
    case quarantine, reject, mfrom, helo, hardfail, error, psl, treewalk
    case forwarded, other
    case sampledOut = "sampled_out"
    case trustedForwarder = "trusted_forwarder"
    case mailingList = "mailing_list"
    case localPolicy = "local_policy"
    case policyTestMode = "policy_test_mode"

    /// The word with exactly these bytes.
    @inline(__always)
    init?(_ bytes: XMLBytes) {
        guard bytes.count >= 3 else { return nil }
        let candidate: (AggregateWord, StaticString)
        switch (bytes.count, bytes[0]) {
        case (4, UInt8(ascii: "p")): candidate = (.pass, "pass")
        case (4, UInt8(ascii: "f")): candidate = (.fail, "fail")
        case (4, UInt8(ascii: "n")): candidate = (.none, "none")
        case (4, _): candidate = (.helo, "helo")
        case (5, UInt8(ascii: "m")): candidate = (.mfrom, "mfrom")
        case (5, UInt8(ascii: "e")): candidate = (.error, "error")
        case (5, _): candidate = (.other, "other")
        case (8, UInt8(ascii: "s")): candidate = (.softfail, "softfail")
        case (8, UInt8(ascii: "h")): candidate = (.hardfail, "hardfail")
        case (8, _): candidate = (.treewalk, "treewalk")
        case (7, _): candidate = (.neutral, "neutral")
        case (6, UInt8(ascii: "r")): candidate = (.reject, "reject")
        case (6, _): candidate = (.policy, "policy")
        case (9, UInt8(ascii: "t")): candidate = (.temperror, "temperror")
        case (9, UInt8(ascii: "p")): candidate = (.permerror, "permerror")
        case (9, _): candidate = (.forwarded, "forwarded")
        case (10, _): candidate = (.quarantine, "quarantine")
        case (3, _): candidate = (.psl, "psl")
        case (11, _): candidate = (.sampledOut, "sampled_out")
        case (12, UInt8(ascii: "m")): candidate = (.mailingList, "mailing_list")
        case (12, _): candidate = (.localPolicy, "local_policy")
        case (16, _): candidate = (.policyTestMode, "policy_test_mode")
        case (17, _): candidate = (.trustedForwarder, "trusted_forwarder")
        default: return nil
        }
        guard XMLText.isSame(bytes, candidate.1) else { return nil }
        self = candidate.0
    }

    /// What a DKIM or SPF verifier can say (RFC 8601 §2.7).
    var isResult: Bool {
        switch self {
        case .pass, .fail, .none, .neutral, .softfail, .temperror, .permerror, .policy: true
        default: false
        }
    }

    /// What a domain owner can ask for.
    var isPolicy: Bool { self == .none || self == .quarantine || self == .reject }

    var isReason: Bool {
        switch self {
        case .forwarded, .sampledOut, .trustedForwarder, .mailingList, .localPolicy, .other,
            .policyTestMode:
            true
        default: false
        }
    }
}
