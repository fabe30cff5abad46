import MailAuthentication
import TestSupport
import Testing

/// Policies as they are found in the world, each read by hand against RFC 8461 §3.2 first.
@Suite struct MTASTSConformanceTests {
    private struct Expected {
        let folder: String
        let mode: MTASTSPolicy.Mode
        let maxAge: Int64
        let patterns: [String]
        let faults: [MTASTSPolicy.Fault]

        init(
            _ folder: String, _ mode: MTASTSPolicy.Mode, _ maxAge: Int64, _ patterns: [String],
            _ faults: [MTASTSPolicy.Fault] = []
        ) {
            self.folder = folder
            self.mode = mode
            self.maxAge = maxAge
            self.patterns = patterns
            self.faults = faults
        }
    }

    private static let google = (1...4).map { "alt\($0).aspmx.l.google.com" }

    /// All keep to the grammar. 600 seconds would be short for a policy that protects; with `none`
    /// it is right.
    private static let expected = [
        Expected(
            "301guru+mta-sts", .none, 600,
            ["c365-biz.p-v1.mx.microsoft", "c365-biz.mail.protection.outlook.com"]),
        Expected(
            "AS213151+mta-sts.as213151.net", .enforce, 604_800,
            ["smtp.google.com", "aspmx.l.google.com"] + google),
        Expected(
            "ATCADS+mta-sts.sbcountyatc.gov", .enforce, 604_800,
            ["sbcountyatc-gov.mail.protection.outlook.com"]),
        // In capitals: names of hosts are compared without regard to case (§4.1).
        Expected(
            "Ajax910+MTS-STS-Policy", .enforce, 31_557_600, ["smtp.google.com"] + google),
        Expected("AlexVernon+mta-sts", .testing, 604_800, ["mail.tutanota.de"]),
        Expected(
            "AngelSolutionsLtd+mta-sts-policy", .enforce, 1_209_700,
            ["cloud7.spamtitan.com", "cloud8.spamtitan.com", "mx.sendgrid.net"]),
        Expected(
            "Argia-Github+mta-sts.argia.be", .testing, 604_800,
            ["mx.mailprotect.be", "mx.backup.mailprotect.be"]),
        Expected("BarrettRV+mta-sts", .testing, 604_800, ["smtp.google.com"]),
        Expected(
            "BenOnSocial+mta-sts-policy", .enforce, 2_419_200,
            [
                "alt1.aspmx.l.google.com", "alt4.aspmx.l.google.com", "alt3.aspmx.l.google.com",
                "aspmx.l.google.com", "alt2.aspmx.l.google.com",
            ]),
        Expected(
            "BhamSTS+deanery.bham.sch.uk", .enforce, 1_209_600,
            ["deanery-bham-sch-uk.mail.protection.outlook.com"]),
        Expected(
            "RegalRadio+mta-sts/public", .enforce, 604_800,
            ["aspmx.l.google.com", "*.aspmx.l.google.com"]),
        Expected(
            "mudge+mta-sts.mucur.name/public", .testing, 604_800,
            ["aspmx.l.google.com", "alt1.aspmx.l.google.com", "alt2.aspmx.l.google.com"]
                + (2...5).map { "aspmx\($0).googlemail.com" }),
    ]

    @Test func `mta-sts-realworld gives the values that were read by hand`() throws {
        var notMet: [String] = []
        print("policy | mode | max_age | mx | well formed | defects")
        for expected in Self.expected {
            let path = try SharedData.path(
                "conformance/mta-sts-realworld/\(expected.folder)/.well-known/mta-sts.txt")
            do {
                let policy = try MTASTSPolicyParser.parse(try SharedData.bytes(path))
                let faults = policy.defects.map(\.fault)
                print(
                    "\(expected.folder) | \(policy.mode) | \(policy.maxAge) | "
                        + "\(policy.patterns.count) | \(policy.isWellFormed) | "
                        + faults.map(\.rawValue).joined(separator: ", "))
                let isMet =
                    policy.mode == expected.mode && policy.maxAge == expected.maxAge
                    && policy.patterns.map(\.description) == expected.patterns
                    && faults == expected.faults && policy.extensions.isEmpty
                    && policy.isWellFormed
                if !isMet { notMet.append(expected.folder) }
                let again = try MTASTSPolicyParser.parse(policy.render())
                #expect(again == policy, "\(expected.folder)")
            } catch {
                notMet.append("\(expected.folder): \(error)")
            }
        }
        let cases = Self.expected.count
        print(
            "CONFORMANCE mta-sts-realworld: cases \(cases), met \(cases - notMet.count), "
                + "not met \(notMet.count)")
        #expect(notMet.isEmpty)
    }

    @Test func `every file of mta-sts-realworld is a case or a licence`() throws {
        var policies = 0
        for path in try SharedData.files(below: "conformance/mta-sts-realworld") {
            if path.hasSuffix("/.well-known/mta-sts.txt") {
                policies += 1
            } else {
                #expect(path.contains("/_LICENSE"), "\(path)")
            }
        }
        #expect(policies == Self.expected.count)
    }
}
