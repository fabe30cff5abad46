import Identities
import MailAuthentication
import MailReports
import Storage

/// Judges how far a report is to be believed.
///
/// A pure function of what is handed in: who brought it, what it says of itself, what came before in
/// the same name, and what the domains that it claims ask for in the DNS.
struct TrustJudge: Sendable {
    let suffixes: PublicSuffixList

    /// Reports, and seconds since the first of them, after which a reporter is known.
    static let knownReports: Int64 = 3
    static let knownSeconds: Int64 = 7 * 86_400

    struct Case: Sendable {
        var claim: ReportClaim
        var origin: ReportOrigin
        /// What claimed domains ask for mail that fails; those without a record are missing.
        var policies: [DomainName: DMARCPolicy] = [:]
        var history: [ReporterHistory] = []
        /// Domains of our own, whose people may pass reports on.
        var ownDomains: [DomainName] = []
        /// Seconds since 1970.
        var now: Int64
    }

    func judge(_ item: Case) -> ReportTrust {
        var trust =
            switch item.origin.way {
            case .person:
                ReportTrust(
                    .plausible,
                    ["A person handed it in\(by(item)). Nothing proves who wrote it."])
            case .token:
                ReportTrust(
                    .plausible,
                    ["A program with a token handed it in\(by(item)). Nothing proves who wrote it."]
                )
            case .folder:
                ReportTrust(
                    .plausible,
                    ["It lay in a folder of this machine. Nothing proves who wrote it."])
            case .mail: mail(item, item.origin.proof ?? MailProof(author: nil, passes: []))
            }
        if item.claim.repairs > 0 {
            trust.reasons.append(
                "It departs from the standard: \(item.claim.repairs) "
                    + "\(item.claim.repairs == 1 ? "place" : "places") had to be repaired to read "
                    + "it.")
            if trust.level == .plausible, item.origin.way == .mail { trust.level = .unproved }
        }
        return trust
    }

    /// The domain through which a report counts for its reporter; empty where nothing is proved.
    func provedDomain(_ item: Case) -> String {
        guard let proof = item.origin.proof else { return "" }
        let pass = matching(proof, item.claim.domains) ?? proof.passes.first
        return pass.map { organization($0.domain).text } ?? ""
    }

    // MARK: Mail

    private func mail(_ item: Case, _ proof: MailProof) -> ReportTrust {
        let name = Self.shown(item.claim.reporter)
        if let pass = matching(proof, item.claim.domains) {
            return ReportTrust(
                .proved,
                [
                    "The mail is proved to come from \(pass.domain), by \(pass.method), and the "
                        + "report says it is by \(name)."
                ] + known(item, through: pass.domain))
        }
        if let forged = forgery(item, proof) { return forged }
        if let pass = proof.passes.first(where: { isKnown($0.domain, item) }) {
            return ReportTrust(
                .plausible,
                [
                    "The mail is proved to come from \(pass.domain), by \(pass.method). The "
                        + "report says it is by \(name)."
                ] + known(item, through: pass.domain))
        }
        if let pass = proof.passes.first(where: { pass in
            item.ownDomains.contains { organization($0) == organization(pass.domain) }
        }) {
            return ReportTrust(
                .plausible,
                [
                    "One of your own domains, \(pass.domain), passed the mail on, which "
                        + "\(pass.method) proves. Nothing proves that \(name) wrote it."
                ])
        }
        if let pass = proof.passes.first {
            return ReportTrust(
                .unproved,
                [
                    "The mail is proved to come from \(pass.domain), by \(pass.method), but the "
                        + "report says it is by \(name). The two are not known to belong together."
                ])
        }
        return ReportTrust(.unproved, [nothing(proof, name)])
    }

    private func nothing(_ proof: MailProof, _ name: String) -> String {
        guard !proof.isIncomplete else {
            return "Whether the mail comes from \(name) is not known: the DNS did not answer when "
                + "it came in."
        }
        let author = proof.author.map { " It says it is from \($0)." } ?? ""
        return "Nothing proves where the mail comes from: no signature holds, and no server that "
            + "you trust vouched for it.\(author)"
    }

    /// A domain is forged when its owner asks to reject what is not proved, and always proves what
    /// is its own: because everybody knows, or because we saw it.
    private func forgery(_ item: Case, _ proof: MailProof) -> ReportTrust? {
        guard !proof.isIncomplete else { return nil }
        let name = Self.shown(item.claim.reporter)
        var policies = item.policies
        if let author = proof.author, let policy = proof.policy { policies[author] = policy }
        let claimed = item.claim.wellKnown + proved(before: item)
        guard
            let domain = claimed.first(where: { domain in
                policies.contains {
                    $0.value == .reject && organization($0.key) == organization(domain)
                }
            })
        else { return nil }
        let instead =
            proof.passes.first.map { "It is proved to come from \($0.domain) instead." }
            ?? "Nothing proves where it comes from."
        return ReportTrust(
            .forged,
            [
                "The report says it is by \(name), whose mails prove that they come from "
                    + "\(domain). This one does not. \(instead)",
                "\(domain) asks everybody to reject mail in its name that is not proved "
                    + "(p=reject).",
            ])
    }

    /// Claimed domains whose reports were proved so far.
    private func proved(before item: Case) -> [DomainName] {
        let known = item.history.filter { $0.reports >= Self.knownReports }
            .compactMap { DomainName($0.domain) }
        return known.filter { domain in
            item.claim.domains.contains { organization($0) == domain }
        }
    }

    // MARK: History

    private func isKnown(_ domain: DomainName, _ item: Case) -> Bool {
        let through = organization(domain).text
        return item.history.contains {
            $0.domain == through && $0.reports >= Self.knownReports
                && item.now - $0.first >= Self.knownSeconds
        }
    }

    private func known(_ item: Case, through domain: DomainName) -> [String] {
        let through = organization(domain).text
        guard let past = item.history.first(where: { $0.domain == through }) else {
            return ["It is the first report that came in this way."]
        }
        return [
            "\(past.reports) \(past.reports == 1 ? "report" : "reports") came in this way before, "
                + "the first on \(UTCDay(secondsSinceEpoch: past.first))."
        ]
    }

    // MARK: Alignment

    private func matching(_ proof: MailProof, _ domains: [DomainName]) -> MailProof.Pass? {
        let wanted = Set(domains.map(organization))
        return proof.passes.first { wanted.contains(organization($0.domain)) }
    }

    private func organization(_ domain: DomainName) -> DomainName {
        suffixes.organizationalDomain(of: domain) ?? domain
    }

    private func by(_ item: Case) -> String {
        item.origin.name.isEmpty ? "" : " (\(Self.shown(item.origin.name)))"
    }

    /// A foreign name in a sentence of ours.
    private static func shown(_ name: String) -> String {
        let clean = String(
            name.unicodeScalars.map { scalar -> Character in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                default: Character(scalar)
                }
            })
        return clean.isEmpty ? "nobody" : String(clean.prefix(60))
    }
}
