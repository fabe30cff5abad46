import DomainAnalysis
import Identities
import Storage

/// What is said about a sender: what to do, how sure we are, what was seen.
enum SenderWords {
    static func advice(_ sender: SenderVolume, domain: DomainName) -> String {
        let counts = sender.counts
        let share = Numbers.share(counts[.undecided], of: counts.total)
        if let decided = decidedAdvice(sender, domain: domain, share: share) { return decided }
        switch sender.state {
        case .proved:
            return counts[.proved] == counts.total
                ? "Nothing: all of it is proved."
                : "Nothing: \(Numbers.share(counts[.proved], of: counts.total)) is proved."
        case .undecided where counts[.proved] > counts[.undecided]:
            return "Most of it is proved, \(share) is not. Look at what that part carried: "
                + "something of it may not be set up."
        case .undecided where counts.misconfigured >= counts.unknown:
            return "Looks like yours, and \(share) carries no matching proof. Let it sign with "
                + "DKIM as \(DomainText.plain(domain))."
        case .undecided where sender.key == "unknown":
            return "Look at its addresses. If you know one, set that server up; if none is yours, "
                + "leave it to the policy."
        case .undecided:
            return "Ask who here uses it. If somebody does, let it sign with DKIM; if nobody does, "
                + "leave it to the policy."
        case .forwarded:
            return "Nothing to set up: somebody passes your mail on. DKIM signatures survive most "
                + "forwarding, SPF never does."
        case .forged where counts.blocklisted > counts.spoofing:
            return "Authorise nothing: it is on a blocklist. A policy of reject stops it."
        case .forged:
            return "Authorise nothing. A policy of reject stops it."
        }
    }

    /// What to do once somebody has decided; nil before.
    private static func decidedAdvice(
        _ sender: SenderVolume, domain: DomainName, share: String
    ) -> String? {
        let counts = sender.counts
        switch sender.decision?.verdict {
        case nil: return nil
        case .authorised? where counts[.undecided] == 0:
            return "Nothing: it is yours, and all of it is proved or forwarded."
        case .authorised?:
            return "It is yours, and \(share) carries no matching proof: set it up before the "
                + "policy is raised. "
                + ServiceAdvice.text(serviceID: sender.serviceID, domain: domain)
        case .rejected? where counts[.proved] > 0:
            let passing = Numbers.counted(counts[.proved], "message", "messages")
            return "You rejected it, and \(passing) of it still pass, which no policy stops: take "
                + "its keys and its SPF include out of your DNS."
        case .rejected?: return "Nothing: you rejected it. A policy of reject stops it."
        }
    }

    static func confidence(_ sender: SenderVolume) -> String {
        switch sender.confidence {
        case .certain: "Recognised with certainty"
        case .strong: "Recognised by strong evidence"
        case .moderate: "Probably recognised"
        case .weak: "A guess from weak evidence"
        case .none: "Not recognised"
        }
    }

    /// Fields of one piece of evidence.
    static func evidence(_ evidence: SenderIdentification.Evidence) -> Fields {
        [
            "kind": .text(kind(evidence.kind)),
            "observation": ForeignText.value(evidence.observation, limit: 200),
            "match": evidence.match.isEmpty ? nil : ForeignText.value(evidence.match, limit: 200),
        ]
    }

    private static func kind(_ kind: SenderIdentification.EvidenceKind) -> String {
        switch kind {
        case .dkimAlias: "DKIM key points there"
        case .dkimDomain: "DKIM signature"
        case .mailFrom: "Return address (MAIL FROM)"
        case .reverseName: "Name of the server"
        case .network: "Network"
        case .selector: "Name of the DKIM key"
        }
    }

    static func sourceClass(_ sourceClass: SourceClass) -> String {
        switch sourceClass {
        case .compliant: "proved yours"
        case .misconfigured: "yours by the evidence, not proved"
        case .forwarded: "forwarded"
        case .blocklisted: "from a blocklisted address"
        case .spoofing: "forged"
        case .unknown: "unknown"
        }
    }
}
