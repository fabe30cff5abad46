import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

/// The ARC test suite of ValiMail and the two chains of mail-auth.
@Suite struct ARCConformanceTests {
    /// Cases that are not met on purpose; the reasons stand in docs/conformance.md.
    static let meant: Set<String> = []

    /// The suite leaves the result empty where a seal says `cv=fail` itself: its reference answers
    /// neither pass nor fail there. RFC 8617 §5.2, steps 2 and 3, say fail. Four names stand twice,
    /// so that a reader who keeps one of each counts 171.
    @Test func `arc-valimail validation gives the results of the suite`() async throws {
        var tally = Tally("arc-valimail validation")
        for test in try ARCSuite("arc-draft-validation-tests.yml").cases {
            let expected = test.values["cv"]?.lowercased() ?? ""
            let found = await ARCValidator(lookup: test.keys)
                .validate(RawMessage(Array(test.message.utf8)), now: 1_500_000_000)
            #expect(!found.reason.isEmpty && found.reason.hasSuffix("."))
            tally.add(
                test.scenario + "/" + test.name,
                isMet: found.result.rawValue == (expected.isEmpty ? "fail" : expected),
                "\(found.result) instead of \(expected): \(found.reason)")
        }
        tally.finish(cases: 175)
    }

    @Test func `arc-valimail signing gives the very fields of the suite`() async throws {
        var tally = Tally("arc-valimail signing")
        for test in try ARCSuite("arc-draft-sign-tests.yml").cases {
            let message = RawMessage(Array(test.message.utf8))
            let names = try #require(test.values["sig-headers"]).split(separator: ":")
            let sealer = ARCSealer(
                domain: try #require(test.settings["domain"].flatMap { DomainName($0) }),
                selector: try #require(test.settings["sel"]),
                key: try SigningKey(pem: try #require(test.settings["privatekey"])),
                signedFields: names.map(String.init), layout: .standard)
            let authservID = try #require(test.values["srv-id"])
            let time = try #require(test.values["t"].flatMap { Int64($0) })
            let outcome = try sealer.seal(
                message,
                results: ARCResultsPayload.combined(of: message, authservID: authservID),
                validation: await ARCValidator(lookup: test.keys).validate(message, now: time),
                now: time)
            var found = ["", "", ""]
            var remark = ""
            switch outcome {
            case .refused(let reason): remark = reason
            case .sealed(let set):
                found = set.fields.map(\.unfolded)
                remark = set.text
            }
            let expected = ["AS", "AMS", "AAR"].map { test.values[$0] ?? "" }
            tally.add(
                test.scenario + "/" + test.name,
                isMet: zip(found, expected).allSatisfy { Self.parts($0) == Self.parts($1) }, remark)
        }
        tally.finish(cases: 17)
    }

    /// What stands between the semicolons, in any order: the suite compares so.
    private static func parts(_ text: String) -> Set<String> {
        Set(text.filter { !$0.isWhitespace }.split(separator: ";").map(String.init))
    }

    @Test func `arc-mail-auth's chains pass`() async throws {
        var tally = Tally("arc-mail-auth")
        for (file, instances) in [("001.txt", 1), ("002.txt", 2)] {
            let path = try SharedData.path("conformance/arc-mail-auth/" + file)
            let text = String(decoding: try SharedData.bytes(path), as: UTF8.self)
            // Key records, one a line, an empty line, and the message.
            let cut = try #require(text.firstRange(of: "\n\n"))
            var records: [String: String] = [:]
            for line in text[..<cut.lowerBound].split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 1)
                records[String(words[0])] = String(words[1])
            }
            let found = await ARCValidator(lookup: ARCKeyTable(records))
                .validate(RawMessage(Array(text[cut.upperBound...].utf8)), now: 1_700_000_000)
            tally.add(
                file, isMet: found.result == .pass && found.instances == instances, found.reason)
        }
        tally.finish(cases: 2)
    }

    /// Counts the cases of one suite and names those that are not met.
    private struct Tally {
        private let suite: String
        private var cases = 0
        private var notMet: [String] = []

        init(_ suite: String) { self.suite = suite }

        mutating func add(_ name: String, isMet: Bool, _ remark: String) {
            cases += 1
            guard !isMet else {
                #expect(
                    !ARCConformanceTests.meant.contains("\(suite): \(name)"),
                    "\(suite): \(name) is met and must leave the list")
                return
            }
            notMet.append(name)
            print("NOT MET \(suite): \(name): \(remark)")
            #expect(
                ARCConformanceTests.meant.contains("\(suite): \(name)"),
                "\(suite): \(name): \(remark)")
        }

        func finish(cases expected: Int) {
            print(
                "CONFORMANCE \(suite): cases \(cases), met \(cases - notMet.count), "
                    + "not met \(notMet.count)")
            #expect(cases == expected)
        }
    }
}
