import MailAuthentication
import MailReports
import Storage

/// The record that a replay tries: one of three policies on top of what is published, or a
/// person's own text.
struct ReplayProposal {
    let text: String
    /// The policy chosen by the three-way switch; nil for a text of one's own.
    let policy: DMARCPolicy?
    let own: String?

    init(_ query: Query, published: ObservedPolicy?) {
        if let own = query["record"] {
            self.own = String(own.prefix(Self.longest))
            text = self.own ?? own
            policy = nil
        } else {
            own = nil
            let policy = query["policy"].flatMap { DMARCPolicy(rawValue: $0) } ?? .reject
            self.policy = policy
            // What is asked of alignment stays as it is published; subdomains follow the policy.
            let record = DMARCRecord(
                policy: policy,
                dkimAlignment: published?.policy.dkimAlignment == "s" ? .strict : .relaxed,
                spfAlignment: published?.policy.spfAlignment == "s" ? .strict : .relaxed)
            text = record.render()
        }
    }

    /// A record fits into a few strings of TXT; more than this is no record.
    private static let longest = 2_000
}
