/// One example of a Python documentation test: what is typed, and what must be shown.
struct AuthenticationResultsDoctest {
    /// Of the first line of what is typed, counted from 1.
    let line: Int
    /// What is typed, on one line, without `try:` and its `except`.
    let source: String
    let expected: [String]
    /// Whether it stands in a `try:` that shows the error.
    let isTrial: Bool

    /// All examples of a file.
    static func read(_ text: String) -> [AuthenticationResultsDoctest] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var examples: [AuthenticationResultsDoctest] = []
        var index = 0
        while index < lines.count {
            guard lines[index].hasPrefix(">>> ") else {
                index += 1
                continue
            }
            let start = index
            var typed = [String(lines[index].dropFirst(4))]
            index += 1
            while index < lines.count, lines[index].hasPrefix("... ") {
                typed.append(String(lines[index].dropFirst(4)))
                index += 1
            }
            var expected: [String] = []
            while index < lines.count, !lines[index].isEmpty, !lines[index].hasPrefix(">>>") {
                expected.append(lines[index])
                index += 1
            }
            examples.append(example(typed, expected, line: start + 1))
        }
        return examples
    }

    private static func example(
        _ typed: [String], _ expected: [String], line: Int
    ) -> AuthenticationResultsDoctest {
        let isTrial = typed[0].hasPrefix("try:")
        var kept = typed
        if isTrial {
            kept[0] = String(kept[0].dropFirst(4))
            if let end = kept.firstIndex(where: { $0.hasPrefix("except ") }) {
                kept.removeSubrange(end...)
            }
        }
        let source = kept.joined(separator: " ").drop { $0 == " " }
        return AuthenticationResultsDoctest(
            line: line, source: String(source), expected: expected, isTrial: isTrial)
    }
}
