public import Identities

/// What the DNS says about a domain's policy, without any report: enough to propose a record for a
/// domain never seen before.
public struct DomainSurvey: Hashable, Sendable, Codable {
    public var domain: DomainName
    /// The domain's own DMARC record; nil where it has none.
    public var record: String?
    /// Where the record lies that applies, if it is another domain's.
    public var inheritedFrom: DomainName?
    /// The Organizational Domain, where it is known: names below another one heed its record.
    public var organizationalDomain: DomainName?
    public var spf: String?
    public var takesMail: MailExchange
    /// Why something is not known.
    public var failures: [String]

    public enum MailExchange: String, Hashable, Sendable, Codable {
        case yes, no, unknown
    }

    public init(
        domain: DomainName, record: String? = nil, inheritedFrom: DomainName? = nil,
        spf: String? = nil, takesMail: MailExchange = .unknown, failures: [String] = []
    ) {
        self.domain = domain
        self.record = record
        self.inheritedFrom = inheritedFrom
        self.spf = spf
        self.takesMail = takesMail
        self.failures = failures
    }

    public var step: WayStep { WayStep(record: record) }

    /// What the record asks for names below the domain. Receivers look for it at the Organizational
    /// Domain alone (RFC 9989 §4.10.1), so that other records ask nothing of them.
    public var below: SubdomainPolicies {
        let isHeeded = organizationalDomain.map { $0 == domain } ?? true
        return SubdomainPolicies(record: isHeeded ? record : nil)
    }

    /// The steps that may come next, the first to be offered first: what is weaker below the domain
    /// comes up to the domain's own policy before that goes on.
    ///
    /// - Parameter testing: whether each policy of the domain is tested (`t=y`) first.
    public func moves(testing: Bool) -> [WayMove] {
        below.moves.map(WayMove.below) + (step.next(testing: testing).map { [.domain($0)] } ?? [])
    }

    /// Where the domain stands by these rules.
    public func position(by rules: WayRules) -> WayPosition {
        WayPosition(step, open: rules.subdomains ? below.open : [])
    }

    /// What may go wrong when this domain refuses from one day to the next, the gravest first.
    ///
    /// - Parameter risk: what the reports say; nil or empty for a domain without any.
    public func dangers(of record: String, risk: PolicyRisk?) -> [String] {
        var dangers = failures.map { "Not everything could be looked up: \($0)" }
        if let risk, risk.messages > 0 {
            if risk.atRisk > 0 { dangers.append(risk.sentence) }
            if risk.coverage.level < .fair { dangers += risk.coverage.sentences.prefix(1) }
        } else {
            dangers.append(
                "No report about \(domain) has come in, so nobody knows which servers send for it. "
                    + "Every service that does, newsletters, invoices, shops, loses its mail if it "
                    + "is not proved by SPF or DKIM for \(domain).")
        }
        if spf == nil {
            dangers.append(
                "There is no SPF record: only mail with an aligned DKIM signature would arrive.")
        }
        if takesMail == .yes {
            dangers.append(
                "The domain takes mail, so people answer from it. What they send to mailing lists "
                    + "and through forwarders may be refused, even where it is proved at first.")
        }
        let text = RecordText(record)
        if text.value("rua") == nil {
            dangers.append(
                "The record asks for no reports (rua): whatever is lost, nobody would tell you.")
        }
        if let published = self.record.map(RecordText.init), let below = published.value("sp"),
            below.lowercased() != "reject"
        {
            dangers.append("Subdomains keep sp=\(below): forgers can go on below \(domain).")
        }
        if let below = self.record.flatMap({ RecordText($0).value("np") }),
            below.lowercased() != "reject"
        {
            dangers.append(
                "Names that do not exist keep np=\(below): forgers can make names up below "
                    + "\(domain).")
        }
        return Array(dangers.prefix(WayLimits.remarks))
    }
}
