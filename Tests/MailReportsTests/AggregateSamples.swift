import MailReports

/// A report and its records, as the parser gave them.
struct ParsedAggregate: Equatable {
    var report: AggregateReport
    var records: [AggregateRecord] = []

    /// Codes of the repairs with their weights: `letterCase/note`.
    var repairs: [String] { report.repairs.map { "\($0.code.rawValue)/\($0.weight.rawValue)" } }
}

/// Parses a document that is fed in chunks of `chunk` bytes.
func parseAggregate(
    _ bytes: [UInt8], path: String = "test.xml", chunk: Int = 4_096,
    limits: ReportLimits = .init(), now: Int64? = nil
) throws -> ParsedAggregate {
    var parser = AggregateReportParser(path: path, limits: limits, now: now)
    var records: [AggregateRecord] = []
    var start = 0
    while start < bytes.count {
        let end = min(start + chunk, bytes.count)
        try bytes[start..<end].withUnsafeBytes { piece in
            try parser.feed(piece) { records.append($0) }
        }
        start = end
    }
    let report = try parser.finish { records.append($0) }
    return ParsedAggregate(report: report, records: records)
}

func parseAggregate(
    _ text: String, path: String = "test.xml", chunk: Int = 4_096,
    limits: ReportLimits = .init(), now: Int64? = nil
) throws -> ParsedAggregate {
    try parseAggregate(Array(text.utf8), path: path, chunk: chunk, limits: limits, now: now)
}

/// The refusal of a document; nil when it is read.
func aggregateRefusal(
    _ text: String, path: String = "test.xml", chunk: Int = 4_096,
    limits: ReportLimits = .init(), now: Int64? = nil
) -> ReportRefusal? {
    do {
        _ = try parseAggregate(text, path: path, chunk: chunk, limits: limits, now: now)
        return nil
    } catch {
        return error as? ReportRefusal
    }
}

/// A report of three records by RFC 7489, without departures.
enum AggregateSample {
    static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

    static func record(address: String, count: String, from: String = "acme.example") -> String {
        """
          <record>
            <row>
              <source_ip>\(address)</source_ip>
              <count>\(count)</count>
              <policy_evaluated>
                <disposition>none</disposition>
                <dkim>pass</dkim>
                <spf>fail</spf>
              </policy_evaluated>
            </row>
            <identifiers>
              <envelope_from>bounce.mailer.example</envelope_from>
              <header_from>\(from)</header_from>
            </identifiers>
            <auth_results>
              <dkim>
                <domain>acme.example</domain>
                <selector>s1</selector>
                <result>pass</result>
              </dkim>
              <spf>
                <domain>bounce.mailer.example</domain>
                <scope>mfrom</scope>
                <result>softfail</result>
              </spf>
            </auth_results>
          </record>

        """
    }

    static let head = """
        \(declaration)
        <feedback xmlns="http://dmarc.org/dmarc-xml/0.1">
          <version>1.0</version>
          <report_metadata>
            <org_name>Reporter Inc</org_name>
            <email>dmarc@reporter.example</email>
            <report_id>r-1</report_id>
            <date_range>
              <begin>1700006400</begin>
              <end>1700092799</end>
            </date_range>
          </report_metadata>
          <policy_published>
            <domain>acme.example</domain>
            <adkim>r</adkim>
            <aspf>s</aspf>
            <p>quarantine</p>
            <sp>none</sp>
            <pct>100</pct>
            <fo>1</fo>
          </policy_published>

        """

    static let records =
        record(address: "192.0.2.1", count: "7") + record(address: "2001:db8::1", count: "2")
        + record(address: "198.51.100.9", count: "1")

    static let report = head + records + "</feedback>\n"

    /// The report with one text in place of another, which must occur.
    static func with(_ old: String, _ new: String, everywhere: Bool = false) -> String {
        guard let range = report.firstRange(of: old) else { return "sample lacks \(old)" }
        return everywhere
            ? report.replacing(old, with: new)
            : report.replacingCharacters(range, with: new)
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, with new: String) -> String {
        self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
