import MailAuthentication

/// What came of each method over many messages.
struct AuthenticationTally: Sendable, Encodable {
    private(set) var messages = 0
    private(set) var results: [String: [String: Int]] = [:]
    var unreadable: [String] = []

    private enum CodingKeys: String, CodingKey {
        case messages, results, unreadable
    }

    mutating func add(_ found: MessageAuthentication) {
        messages += 1
        count("spf", found.spf?.result.rawValue)
        // One good signature is what a receiver needs.
        let signature = found.dkim.first { $0.result == .pass } ?? found.dkim.first
        count("dkim", signature?.result.rawValue)
        count("dkim2", found.dkim2?.result.rawValue)
        count("arc", found.arc?.result.rawValue)
        count("dmarc", found.dmarc?.result.rawValue)
        count("bimi", found.bimi?.result.rawValue)
    }

    mutating func add(_ other: AuthenticationTally) {
        messages += other.messages
        unreadable += other.unreadable
        for (method, counts) in other.results {
            results[method, default: [:]].merge(counts) { $0 + $1 }
        }
    }

    /// Results of one method (of DMARC without one), most frequent first.
    func words(of check: MessageAuthenticatorOptions.Check?) -> [(word: String, count: Int)] {
        (results[(check ?? .dmarc).rawValue] ?? [:])
            .map { (word: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.word) < ($0.count, $1.word) }
    }

    var text: String {
        var lines = [counted(messages, "message")]
        for method in ["spf", "dkim", "dkim2", "arc", "dmarc", "bimi"] {
            guard let counts = results[method] else { continue }
            let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) \(grouped($0.value))" }
            let name = method.uppercased()
            lines.append(
                name + String(repeating: " ", count: 10 - name.count)
                    + parts.joined(separator: ", "))
        }
        for path in unreadable.prefix(20) { lines.append("Not read: \(plain(path))") }
        return lines.joined(separator: "\n")
    }

    private mutating func count(_ method: String, _ word: String?) {
        guard let word else { return }
        results[method, default: [:]][word, default: 0] += 1
    }
}
