import MailAuthentication

/// What came of each method over many messages.
struct AuthenticationTally: Sendable, Encodable {
    private(set) var messages = 0
    var unreadable: [String] = []
    // A handful of words for each: a search from the front is quicker than a table.
    private var counts = methods.map { _ in [(word: String, count: Int)]() }

    private static let methods = ["spf", "dkim", "dkim2", "arc", "dmarc", "bimi"]

    private enum CodingKeys: String, CodingKey {
        case messages, results, unreadable
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messages, forKey: .messages)
        try container.encode(results, forKey: .results)
        try container.encode(unreadable, forKey: .unreadable)
    }

    /// By method and word, those methods left out that were not asked for.
    private var results: [String: [String: Int]] {
        var results: [String: [String: Int]] = [:]
        for (method, words) in zip(Self.methods, counts) where !words.isEmpty {
            results[method] = Dictionary(uniqueKeysWithValues: words.map { ($0.word, $0.count) })
        }
        return results
    }

    mutating func add(_ found: MessageAuthentication) {
        messages += 1
        count(0, found.spf?.result.rawValue)
        // One good signature is what a receiver needs.
        let isSigned = found.dkim.indices.contains { found.dkim[$0].result == .pass }
        count(1, isSigned ? DKIMResult.pass.rawValue : found.dkim.first?.result.rawValue)
        count(2, found.dkim2?.result.rawValue)
        count(3, found.arc?.result.rawValue)
        count(4, found.dmarc?.result.rawValue)
        count(5, found.bimi?.result.rawValue)
    }

    mutating func add(_ other: AuthenticationTally) {
        messages += other.messages
        unreadable += other.unreadable
        for method in counts.indices {
            for (word, number) in other.counts[method] { count(method, word, number) }
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
        for (method, words) in zip(Self.methods, counts) where !words.isEmpty {
            let parts = words.sorted { ($1.count, $0.word) < ($0.count, $1.word) }
                .map { "\($0.word) \(grouped($0.count))" }
            let name = method.uppercased()
            lines.append(
                name + String(repeating: " ", count: 10 - name.count)
                    + parts.joined(separator: ", "))
        }
        for path in unreadable.prefix(20) { lines.append("Not read: \(plain(path))") }
        return lines.joined(separator: "\n")
    }

    private mutating func count(_ method: Int, _ word: String?, _ number: Int = 1) {
        guard let word else { return }
        if let place = counts[method].firstIndex(where: { $0.word == word }) {
            counts[method][place].count += number
        } else {
            counts[method].append((word, number))
        }
    }
}
