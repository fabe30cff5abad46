public import DNS
public import Identities

/// Whether the resolver answers, how fast, and whether it proves what it says (DNSSEC).
public struct ResolverCheck: Sendable {
    private let lookup: any DNSLookup
    private let place: String
    private let domains: [DomainName]

    /// - Parameters:
    ///   - place: the resolver, for people.
    ///   - domains: whose mail hosts are asked for, beside the root's own records.
    public init(_ lookup: any DNSLookup, at place: String, domains: [DomainName]) {
        self.lookup = lookup
        self.place = place
        self.domains = domains
    }

    public func look() async -> [Finding] {
        let start = ContinuousClock.now
        // The root is signed, and every resolver that validates says so of it.
        var answers = [await lookup.lookUp(.root, .soa)]
        let time = ContinuousClock.now - start
        for domain in domains.prefix(Limits.doctorDomains) {
            answers.append(await lookup.lookUp(domain, .mx))
        }
        let failures = answers.compactMap { answer -> String? in
            if case .failure(let reason) = answer.outcome { reason } else { nil }
        }
        guard failures.count < answers.count else {
            return [
                finding(
                    .wrong,
                    "It answers nothing: \(TerminalText.clean(failures.first ?? "", limit: 200))",
                    advice: "Name a resolver that answers with --resolver HOST:PORT. Without DNS "
                        + "no mail can be checked or sent.")
            ]
        }
        var findings = [finding(.ok, "It answers (the first time after \(Self.words(time))).")]
        findings.append(
            answers.contains(where: \.isAuthenticated)
                ? finding(.ok, "It validates DNSSEC, and its word on that is taken.")
                : finding(
                    .look,
                    "It does not validate DNSSEC, or its word on that is not taken: DANE is off.",
                    advice: "Run a validating resolver on this machine (unbound) and name it with "
                        + "--resolver 127.0.0.1:53."))
        for (domain, answer) in zip(domains, answers.dropFirst()) {
            findings += problem(domain, answer)
        }
        return findings
    }

    private func problem(_ domain: DomainName, _ answer: DNSAnswer) -> [Finding] {
        switch answer.outcome {
        case .failure(let reason):
            return [
                finding(
                    .wrong,
                    "The mail hosts of \(domain) cannot be looked up: "
                        + TerminalText.clean(reason, limit: 200),
                    advice: "Ask by hand: dig \(domain) MX. A broken DNSSEC signature looks alike.")
            ]
        case .nameError, .noData:
            return [
                finding(
                    .look, "\(domain), whose mail you take, has no MX record.",
                    advice: "Publish one that names this gateway, or nobody finds it.")
            ]
        case .records: return []
        }
    }

    private static func words(_ time: Duration) -> String {
        "\(time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000)"
            + " ms"
    }

    private func finding(
        _ state: Finding.State, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("resolver", state, at: place, sentence, advice: advice)
    }
}
