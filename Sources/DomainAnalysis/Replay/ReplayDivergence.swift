public import Identities
import MailAuthentication

/// A row that receivers with the DNS Tree Walk and receivers with a public suffix list treat
/// differently.
///
/// JSON keys: `row` (as in `ReplayRowResult`), `headerFrom`, `messages`, `changesOutcome` (whether
/// pass or disposition differ, or only the way there), `reason` (a sentence or two).
public struct ReplayDivergence: Hashable, Sendable, Codable {
    public var row: Int
    public var headerFrom: DomainName
    public var messages: Int64
    public var changesOutcome: Bool
    public var reason: String
}

extension ReplayDivergence {
    /// Nil when both methods come to the same, or when one of them is not known.
    init?(_ row: ReplayRowResult, treeWalk: DiscoveredPolicy, list: DiscoveredPolicy) {
        let (walked, listed) = (row.treewalk, row.psl)
        guard walked.disposition != .undetermined, listed.disposition != .undetermined else {
            return nil
        }
        let changes = walked.disposition != listed.disposition || walked.pass != listed.pass
        let differsOnTheWay =
            (walked.covered || listed.covered)
            && (walked.recordDomain != listed.recordDomain || walked.tag != listed.tag
                || walked.organizationalDomain != listed.organizationalDomain)
        guard changes || differsOnTheWay else { return nil }
        self.row = row.row
        headerFrom = row.headerFrom
        messages = row.messages
        changesOutcome = changes
        reason =
            Self.cause(treeWalk: treeWalk, list: list) + " "
            + Self.consequence(row, changesOutcome: changes)
    }

    private static func cause(treeWalk: DiscoveredPolicy, list: DiscoveredPolicy) -> String {
        let author = treeWalk.author
        guard treeWalk.organizationalDomain == list.organizationalDomain else {
            return "The Organizational Domain of \(author) is \(treeWalk.organizationalDomain) by "
                + "the tree walk (\(basis(treeWalk))) and \(list.organizationalDomain) by the "
                + "public suffix list."
        }
        if list.steps.contains(where: { $0.outcome == .severalRecords }) {
            return "\(author) has several DMARC records: the tree walk passes over them, while "
                + "RFC 7489 ends the search there."
        }
        return "The two methods look for the record of \(author) in different places."
    }

    private static func basis(_ policy: DiscoveredPolicy) -> String {
        switch policy.organizationalBasis {
        case .notPublicSuffix: "its record says psd=n"
        case .belowPublicSuffix: "the record above it says psd=y"
        case .highestRecord: "it has the highest record"
        case .itself, .listed, .undetermined: "there is no record above it"
        }
    }

    private static func consequence(_ row: ReplayRowResult, changesOutcome: Bool) -> String {
        let (walked, listed) = (row.treewalk, row.psl)
        switch (walked.covered, listed.covered) {
        case (true, false):
            return "So this record counts only by the tree walk; by the list, \(other(listed))."
        case (false, true):
            return "So this record counts only by the list; by the tree walk, \(other(walked))."
        default: break
        }
        if walked.pass != listed.pass {
            let method = walked.pass == true ? "tree walk" : "list"
            return "So an identifier is aligned only by the \(method)."
        }
        return changesOutcome
            ? "So the tag \(walked.tag?.rawValue ?? "") decides by the tree walk and "
                + "\(listed.tag?.rawValue ?? "") by the list."
            : "Here both come to the same outcome."
    }

    private static func other(_ outcome: ReplayOutcome) -> String {
        outcome.recordDomain.map { "the record of \($0) does" } ?? "none does"
    }
}
