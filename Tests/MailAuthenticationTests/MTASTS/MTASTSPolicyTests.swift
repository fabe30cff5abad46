import Identities
import MailAuthentication
import Testing

@Suite struct `MTA-STS policies` {
    private static let good =
        "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n"
        + "max_age: 604800\r\n"

    @Test func `are read whole`() throws {
        for text in [
            Self.good, Self.good.replacing("\r\n", with: "\n"), String(Self.good.dropLast(1)),
            Self.good.replacing(": ", with: ":\t "), Self.good.replacing("com\r", with: "com \t\r"),
        ] {
            let policy = try MTASTSPolicyParser.parse(text)
            #expect(policy.mode == .enforce)
            #expect(policy.maxAge == 604_800)
            #expect(policy.patterns.map(\.description) == ["mail.example.com", "*.example.net"])
            #expect(policy.defects.isEmpty || text.hasSuffix("\r"))
            #expect(policy.isWellFormed || text.hasSuffix("\r"))
            #expect(policy.render() == Self.good)
        }
    }

    @Test(arguments: [
        ("mail.example.com", true), ("MAIL.Example.COM.", true), ("x.example.net", true),
        ("example.net", false), ("x.y.example.net", false), ("example.com", false),
        ("x.mail.example.com", false), ("xexample.net", false),
    ])
    func `allow a host that is named, or has one label before the star's domain`(
        host: String, isAllowed: Bool
    ) throws {
        let policy = try MTASTSPolicyParser.parse(Self.good)
        #expect(policy.allows(try #require(DomainName(host))) == isAllowed)
    }

    @Test(arguments: [
        "", "*", "*.", ".example.com", "a.*.com", "*a.com", "a.com.", "**.a.com", "a b",
    ])
    func `have no other patterns`(text: String) throws {
        #expect(MXPattern(text) == nil)
        let policy = try MTASTSPolicyParser.parse(Self.good + "mx: \(text)\n")
        #expect(policy.patterns.count == 2)
        #expect(policy.defects.map(\.fault) == [.invalidPattern])
        #expect(!policy.isWellFormed)
    }

    @Test func `keep unknown fields, and of those that are there twice the first`() throws {
        let policy = try MTASTSPolicyParser.parse(
            Self.good + "future.field_1: größer: as ever\nmode: none\nmax_age: 5\nversion: x\n")
        #expect(policy.mode == .enforce)
        #expect(policy.maxAge == 604_800)
        #expect(policy.extensions.map(\.value) == ["größer: as ever"])
        #expect(policy.defects.map(\.fault) == [.repeatedField, .repeatedField, .repeatedField])
        #expect(policy.defects.map(\.line) == [7, 8, 9])
        #expect(policy.isWellFormed)
    }

    @Test(arguments: [
        ("\u{FEFF}version: STSv1\nmode: none\nmax_age: 1\n", [MTASTSPolicy.Fault.byteOrderMark]),
        ("version: STSv1\rmode: none\rmax_age: 1", [.lineEnd, .lineEnd]),
        ("version: STSv1\n\nmode: none\n \nmax_age: 1\n\n", [.emptyLine, .emptyLine, .emptyLine]),
        ("version: STSv1\nmode: none\nmax_age: 1\n# none\nx\n", [.malformedLine, .malformedLine]),
        (" version: STSv1\nmode : none\nmax_age: 1\n", [.blanks, .blanks]),
        (
            "Version: stsv1\nmode: None\nMAX_AGE: 1\n",
            [.letterCase, .letterCase, .letterCase, .letterCase]
        ),
        (
            "version: STSv1\nmode: none\nmax_age: 1\nx:\ny: \u{1}\n",
            [.extensionValue, .extensionValue]
        ),
        ("version: STSv1\nmode: none\nmax_age: 31557601\n", [.longMaxAge]),
        ("version: STSv1\nmode: none\nmax_age: 9999999999\n", [.longMaxAge]),
        ("version: STSv1\nmode: none\nmax_age: 31557600\n", []),
        ("version: STSv1\nmode: testing\nmax_age: 604799\nmx: a.example\n", [.shortMaxAge]),
        (
            "version: STSv1\nmode: testing\nmax_age: 0\nmx: é.example\n",
            [.shortMaxAge, .invalidPattern]
        ),
    ])
    func `are read tolerantly, with every defect named`(
        text: String, faults: [MTASTSPolicy.Fault]
    ) throws {
        let policy = try MTASTSPolicyParser.parse(text)
        #expect(policy.defects.map(\.fault) == faults)
        #expect(policy.isWellFormed == !faults.contains(where: \.breaksGrammar))
        #expect(policy.maxAge <= Limits.mtaSTSMaxAge)
        #expect(policy.defects.allSatisfy { $0.line > 0 && $0.reason.hasSuffix(".") })
        let again = try MTASTSPolicyParser.parse(policy.render())
        #expect(again.isWellFormed)
        #expect(again.mode == policy.mode && again.patterns == policy.patterns)
    }

    @Test(arguments: [
        ("", MTASTSPolicyError.Fault.missingVersion, 0),
        ("<!doctype html>\n<html>\n", .webPage, 0), ("mode: none\nmax_age: 1", .missingVersion, 0),
        ("version: STSv2\n", .unsupportedVersion, 1), ("version:\n", .unsupportedVersion, 1),
        ("version: STSv1\nmax_age: 1\n", .missingMode, 0),
        ("version: STSv1\nmode: report\n", .unknownMode, 2),
        ("version: STSv1\nmode: none\n", .missingMaxAge, 0),
        ("version: STSv1\nmode: none\nmax_age: 1w\n", .invalidMaxAge, 3),
        ("version: STSv1\nmode: none\nmax_age: -1\n", .invalidMaxAge, 3),
        ("version: STSv1\nmode: none\nmax_age: 12345678901\n", .invalidMaxAge, 3),
        ("version: STSv1\nmode: none\nmax_age:\n", .invalidMaxAge, 3),
        ("version: STSv1\nmode: testing\nmax_age: 1\n", .missingMX, 0),
        ("version: STSv1\nmode: enforce\nmax_age: 1\nmx: *\n", .missingMX, 0),
    ])
    func `that lack what they need are refused with the line and a sentence`(
        text: String, fault: MTASTSPolicyError.Fault, line: Int
    ) {
        do {
            _ = try MTASTSPolicyParser.parse(text)
            Issue.record("was read")
        } catch {
            #expect(error.fault == fault)
            #expect(error.line == line)
            #expect(error.reason.hasSuffix("."))
            #expect(error.description.hasPrefix(line > 0 ? "Line \(line): " : error.reason))
        }
    }

    @Test func `are read within bounds`() throws {
        let exact =
            Self.good
            + String(
                repeating: "#", count: Limits.mtaSTSPolicyOctets - Self.good.utf8.count)
        #expect(try MTASTSPolicyParser.parse(exact).defects.count == 1)
        #expect(throws: MTASTSPolicyError.self) { try MTASTSPolicyParser.parse(exact + "#") }
        let lines = try MTASTSPolicyParser.parse(Self.good + String(repeating: "\n", count: 20_000))
        #expect(lines.defects.count == Limits.transportDefects)
        let hosts = (0..<2_000).map { "mx: h\($0).example\n" }.joined()
        #expect(
            try MTASTSPolicyParser.parse(Self.good + hosts).patterns.count == Limits.mtaSTSPatterns)
        let fields = (0..<2_000).map { "f\($0): x\n" }.joined()
        let many = try MTASTSPolicyParser.parse(Self.good + fields)
        #expect(many.extensions.count == Limits.transportExtensions)
        #expect(many.defects.contains { $0.fault == .tooMany })
        #expect(MTASTSPolicy(mode: .none, maxAge: .max, patterns: []).maxAge == Limits.mtaSTSMaxAge)
    }
}
