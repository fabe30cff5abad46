import Testing

/// A parser of foreign bytes without a fuzz target is refused.
@Suite struct FuzzTests {
    /// The rooms that read foreign bytes, and their targets in Fuzz/.
    static let targets: [String: [String]] = [
        "DNS": ["DNSMessageFuzz", "ZoneFileFuzz"],
        "InternetMessage": ["MessageParserFuzz"],
        "MailAuthentication": [
            "DMARCRecordFuzz", "SPFRecordFuzz", "SPFMacroFuzz", "DKIMSignatureFuzz", "DKIMKeyFuzz",
            "DKIM2Fuzz", "ARCSetFuzz", "AuthenticationResultsFuzz", "MTASTSPolicyFuzz",
            "BIMIRecordFuzz", "SVGTinyPSFuzz", "MarkCertificateFuzz", "DMARCEvaluationFuzz",
        ],
        "MailReports": ["AggregateReportFuzz", "ReportReaderFuzz"],
        "SMTP": ["SMTPCommandStreamFuzz", "ProxyHeaderFuzz", "SMTPReplyFuzz"],
        "Spool": ["SpoolRecoveryFuzz"],
        "Storage": ["AuditVerifierFuzz"],
        "ReportConsumer": ["IMAPResponseFuzz"],
        "OpenIDConnect": ["JSONWebTokenFuzz"],
    ]

    @Test func `every parsing room has its fuzz targets, and each has an entry`() {
        for target in Self.targets.values.joined() {
            let file = Repository.read("Fuzz/Sources/\(target)/\(target).swift")
            #expect(
                file?.text.contains("LLVMFuzzerTestOneInput") == true,
                "Fuzz/Sources/\(target)/\(target).swift has no entry")
        }
    }

    @Test func `every folder in Fuzz is a target of the table`() {
        #expect(
            Set(Repository.contents(of: "Fuzz/Sources")) == Set(Self.targets.values.joined()))
    }

    @Test func `every room of formats and judgements with a public parser is in the table`() {
        let rooms = Set(ImportTable.rooms.filter { (2...4).contains($0.floor) }.map(\.name))
        for file in Repository.sources where rooms.contains(file.room) {
            for line in file.lines
            where line.hasPrefix("public struct ") || line.hasPrefix("public enum ") {
                guard let name = line.split(separator: " ").dropFirst(2).first,
                    name.hasPrefix("Parser") || name.contains("Parser")
                else { continue }
                #expect(
                    Self.targets[file.room] != nil,
                    "\(file.room) has the parser \(name), and no fuzz target in FuzzTests.swift")
            }
        }
    }
}
