import Identities
import MailAuthentication

/// What was found about a message, for a person.
struct AuthenticationText {
    private let found: MessageAuthentication
    private let wanted: Set<MessageAuthenticatorOptions.Check>

    init(_ found: MessageAuthentication, wanted: Set<MessageAuthenticatorOptions.Check>) {
        self.found = found
        self.wanted = wanted
    }

    func print() {
        for defect in found.defects { line("Header", "damaged", words(of: defect)) }
        if let spf = found.spf { tell(spf, "SPF") }
        if let helo = found.helo, !found.mailFrom.isEmpty { tell(helo, "SPF HELO") }
        if found.spf == nil, wanted.contains(.spf) {
            line("SPF", "not checked", "Name the client with --client-ip, --helo and --mail-from.")
        }
        if !found.dkim.isEmpty { for signature in found.dkim { tell(signature) } }
        if let dkim2 = found.dkim2 {
            line("DKIM2", dkim2.result.rawValue, dkim2.reason)
            for hop in dkim2.hops {
                detail("hop \(hop.sequence), \(hop.domain): \(hop.result.rawValue). \(hop.reason)")
            }
        }
        if let arc = found.arc {
            line("ARC", arc.result.rawValue, arc.reason)
            if !arc.sealers.isEmpty {
                detail("sealed by \(arc.sealers.map(\.text).joined(separator: ", then "))")
            }
        }
        if let dmarc = found.dmarc { tell(dmarc) }
        if let bimi = found.bimi { line("BIMI", bimi.result.rawValue, bimi.reason) }
    }

    private func tell(_ spf: SPFEvaluation, _ name: String) {
        line(name, spf.result.rawValue, spf.reason)
        if let explanation = spf.explanation { detail("the domain says: \(explanation)") }
        if spf.lookups > 8 { detail("\(spf.lookups) of the 10 terms with look-ups are used") }
        if spf.trace?.isAuthenticated == true { detail("the record is signed by DNSSEC") }
    }

    private func tell(_ signature: DKIMVerification) {
        line("DKIM", signature.result.rawValue, signature.reason)
        guard signature.result != .none else { return }
        var facts: [String] = []
        if let domain = signature.domain { facts.append("of \(domain)") }
        if !signature.selector.isEmpty { facts.append("selector \(signature.selector)") }
        if !signature.algorithm.isEmpty { facts.append(signature.algorithm) }
        if let bits = signature.keyBits { facts.append("key of \(bits) bits") }
        if signature.isKeyAuthenticated { facts.append("key signed by DNSSEC") }
        if !facts.isEmpty { detail(facts.joined(separator: ", ")) }
        for risk in signature.risks { detail("beware: \(words(of: risk))") }
    }

    private func tell(_ dmarc: DMARCEvaluation) {
        line("DMARC", dmarc.result.rawValue, dmarc.reason)
        if let record = dmarc.record, let place = dmarc.recordDomain {
            detail("record of \(place): \(record.render())")
        }
        if dmarc.result == .fail {
            switch dmarc.disposition {
            case .none: detail("the domain asks for nothing to be done about it")
            case .quarantine: detail("the domain asks that it be held in quarantine")
            case .reject: detail("the domain asks that it be refused")
            }
        }
        if let divergence = dmarc.discovery?.divergence { detail(divergence) }
        for warning in dmarc.warnings { detail("the record: \(warning)") }
    }

    private func line(_ name: String, _ result: String, _ reason: String) {
        let name = name + String(repeating: " ", count: max(1, 10 - name.count))
        let result = result + String(repeating: " ", count: max(1, 11 - result.count))
        Swift.print(name + result + plain(reason, limit: 500))
    }

    private func detail(_ text: String) {
        Swift.print(String(repeating: " ", count: 21) + plain(text, limit: 500))
    }

    private func words(of defect: RawMessage.Defect) -> String {
        switch defect {
        case .headerTooLarge: "The header is larger than is read; fields at its end do not count."
        case .malformedLine: "Lines between the fields are no fields; they were passed over."
        case .missingSeparator: "No empty line parts the header from the body."
        }
    }

    private func words(of risk: DKIMVerification.Risk) -> String {
        switch risk {
        case .bodyLengthLimit: "the signature covers only the beginning of the body (l=)"
        case .unsignedBodyText: "there is text behind what the signature covers"
        case .shortKey: "the key is shorter than 2048 bits"
        case .oldAlgorithm: "SHA-1 is no longer accepted"
        case .testing: "the domain says that it is only testing DKIM (t=y)"
        case .unsignedSubject: "a field that readers see is not signed"
        case .unsignedDuplicate: "a field stands more often than it is signed"
        case .expired: "the signature has expired"
        case .signedInFuture: "the signature is dated in the future"
        }
    }
}
