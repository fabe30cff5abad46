import MailAuthentication
import TestSupport
import Testing

/// The examples of Python's `authres`: every one that shows something is a case.
@Suite struct AuthenticationResultsConformanceTests {
    /// Differences that are meant, by line and what is typed; the reasons stand in
    /// docs/conformance.md.
    static let meant: Set<String> = [
        "578: policy.iprev=2001:748:100:40::2:2 without quotation marks",
        "724: str(arobj.results[0].smtp_tlsversion)",
        "753: the name of who wrote it in the middle",
    ]

    @Test func `authres-doctest shows what its examples show`() throws {
        let path = try SharedData.path("conformance/authres-doctest/authres-doctest.txt")
        let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
        var python = AuthenticationResultsPython()
        var cases = 0
        var notMet: [String] = []
        for example in AuthenticationResultsDoctest.read(text) {
            let shown: [String]
            do {
                shown = try python.run(example.source)
            } catch {
                Issue.record("line \(example.line): \(error): \(example.source)")
                continue
            }
            guard example.isTrial || !example.expected.isEmpty else { continue }
            cases += 1
            if let name = Self.difference(example, shown, python) { notMet.append(name) }
        }
        print(
            "CONFORMANCE authres-doctest: cases \(cases), met \(cases - notMet.count), "
                + "not met \(notMet.count)")
        for name in notMet { print("  not met: \(name)") }
        #expect(Set(notMet).subtracting(Self.meant).isEmpty, "differences nobody has explained")
        #expect(Self.meant.subtracting(notMet).isEmpty, "listed differences that are gone")
        #expect(cases == 249)
    }

    /// The name of a case that is not met.
    private static func difference(
        _ example: AuthenticationResultsDoctest, _ shown: [String],
        _ python: AuthenticationResultsPython
    ) -> String? {
        let expected = example.expected.joined(separator: "\n")
        if expected.hasPrefix("Syntax error") {
            // authres reads nothing then. We read what is there, and say what is wrong.
            let defects = python.header("arobj")?.defects ?? []
            #expect(!defects.isEmpty, "line \(example.line)")
            let name =
                defects.contains(.malformedResult)
                ? "the name of who wrote it in the middle"
                : "policy.iprev=2001:748:100:40::2:2 without quotation marks"
            return "\(example.line): \(name)"
        }
        if expected.contains("object has no attribute") {
            // No such property: None here.
            return shown == ["'None'"] ? nil : "\(example.line): \(example.source)"
        }
        return shown == example.expected ? nil : "\(example.line): \(example.source)"
    }
}
