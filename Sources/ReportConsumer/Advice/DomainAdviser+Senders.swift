public import DomainAnalysis
public import Identities
public import MailReports

import DNS
import Storage

extension DomainAdviser {
    /// What has to change in the DNS so that a sender's mail passes; nil for a sender that no
    /// report tells of.
    public func authorisation(
        of sender: String, for domain: DomainName, days: Int, until: UTCDay?, now: Int64
    ) async throws -> SenderAuthorisation? {
        guard
            let detail = try await domains.sender(
                sender, of: domain, days: days, until: until, now: now)
        else { return nil }
        let volume = detail.volume
        let answer = await lookup.lookUp(domain, .txt)
        var isSPFKnown = true
        if case .failure = answer.outcome { isSPFKnown = false }
        var published: Set<String> = []
        for name in ServiceAdvice.keyNames(serviceID: volume.serviceID, domain: domain) {
            let found = await lookup.lookUp(name, .txt)
            if found.outcome == .records || !found.aliases.isEmpty { published.insert(name.text) }
        }
        return SenderAuthorisation(
            of: Self.planSender(volume, SenderSamples()), domain: domain,
            spf: Self.spf(in: answer.texts), isSPFKnown: isSPFKnown, publishedKeys: published)
    }

    static func spf(in texts: [String]) -> String? {
        texts.first {
            let text = $0.lowercased()
            return text == "v=spf1" || text.hasPrefix("v=spf1 ")
        }
    }
}
