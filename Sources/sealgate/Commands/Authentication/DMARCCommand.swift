import ArgumentParser
import Identities
import MailAuthentication

/// `sealgate dmarc DOMAIN`: which record applies, and how it was found.
struct DMARCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dmarc",
        abstract: "Finds the DMARC record for mail from a domain, by RFC 9989 and by RFC 7489.")

    @Argument(help: "The domain in the From field.") var domain: DomainName
    @OptionGroup var evaluation: EvaluationOptions
    @Option(help: "A public suffix list to use instead of the system's.") var suffixes: String?
    @Option(help: "text or json") var format = OutputFormat.text

    func run() async throws {
        let list = try suffixList(suffixes)
        let (walk, legacy) = try await evaluation.withAnswers { lookup in
            let walk = PolicyDiscovery(method: .treeWalk, lookup: lookup, suffixes: list)
            let legacy = PolicyDiscovery(method: .publicSuffixList, lookup: lookup, suffixes: list)
            return (await walk.discover(domain), await legacy.discover(domain))
        }
        if format == .json {
            return try printJSON(["treewalk": PolicyJSON(walk), "psl": PolicyJSON(legacy)])
        }
        tell(walk, "Tree walk (RFC 9989)")
        print("")
        tell(legacy, "Public suffix list (RFC 7489)")
        if walk.recordDomain != legacy.recordDomain
            || walk.organizationalDomain != legacy.organizationalDomain
        {
            print(
                "\nThe two methods differ: receivers that have not changed to RFC 9989 yet will "
                    + "treat this mail by the second.")
        }
    }

    private func tell(_ policy: DiscoveredPolicy, _ title: String) {
        print(title)
        for step in policy.steps {
            print("  \(plain(step.name, limit: 253))   \(plain(step.text, limit: 400))")
        }
        print("  Organizational Domain: \(policy.organizationalDomain)")
        if let failure = policy.policyFailure {
            print("  The record is not known: \(plain(failure, limit: 300))")
        } else if let record = policy.record, let place = policy.recordDomain {
            print("  Record of \(place): \(plain(record.render(), limit: 500))")
            if let applied = policy.appliedPolicy() {
                let testing = applied.isTesting ? ", one level down because of t=y" : ""
                print(
                    "  Policy for \(policy.author): \(applied.policy.rawValue) "
                        + "(from \(applied.tag.rawValue)=\(applied.requested.rawValue)\(testing))")
            } else {
                print("  The record asks for nothing: it has no usable policy.")
            }
            for warning in record.warnings { print("  Note: \(plain(warning, limit: 300))") }
        } else {
            print("  No DMARC record applies: receivers treat this mail as they like.")
        }
    }
}
