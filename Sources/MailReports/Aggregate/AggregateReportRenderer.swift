/// Writes aggregate reports as XML by RFC 9990 (Appendix A) or RFC 7489 (Appendix C).
///
/// Every text is escaped. Words are written as the values hold them; only what a specification has
/// no element for is left out.
public struct AggregateReportRenderer: Sendable {
    public var specification: AggregateReport.Specification
    /// Whether the namespace is declared; many reporters leave it out.
    public var declaresNamespace: Bool
    /// Whether elements stand on lines of their own.
    public var isIndented: Bool

    /// Makes a renderer; `.draft` writes what RFC 7489 says, without version and namespace.
    public init(
        specification: AggregateReport.Specification = .rfc9990, declaresNamespace: Bool = true,
        isIndented: Bool = true
    ) {
        self.specification = specification
        self.declaresNamespace = declaresNamespace && specification != .draft
        self.isIndented = isIndented
    }

    /// The whole document. The counts and repairs of `report` are not part of it.
    public func render(
        _ report: AggregateReport, records: some Sequence<AggregateRecord>
    ) -> [UInt8] {
        var output: [UInt8] = []
        begin(report, into: &output)
        for record in records { append(record, into: &output) }
        end(into: &output)
        return output
    }

    /// Writes all that stands before the records.
    public func begin(_ report: AggregateReport, into output: inout [UInt8]) {
        var writer = XMLWriter(isIndented: isIndented)
        writer.declaration()
        let namespace =
            specification == .rfc9990
            ? "urn:ietf:params:xml:ns:dmarc-2.0" : "http://dmarc.org/dmarc-xml/0.1"
        writer.open("feedback", namespace: declaresNamespace ? namespace : nil)
        if specification != .draft { writer.leaf("version", report.version ?? "1.0") }
        metadata(report, &writer)
        policy(report.policy, &writer)
        output += writer.output
    }

    /// Writes one record.
    public func append(_ record: AggregateRecord, into output: inout [UInt8]) {
        var writer = XMLWriter(isIndented: isIndented, depth: 1)
        writer.element("record") { writer in
            row(record, &writer)
            writer.element("identifiers") { writer in
                writer.leaf("envelope_to", record.envelopeTo)
                writer.leaf("envelope_from", record.envelopeFrom)
                writer.leaf("header_from", record.headerFrom)
            }
            writer.element("auth_results") { writer in
                for result in record.dkim { dkim(result, &writer) }
                for result in record.spf { spf(result, &writer) }
            }
        }
        output += writer.output
    }

    /// Writes the end of the document.
    public func end(into output: inout [UInt8]) {
        output += Array("</feedback>\n".utf8)
    }

    private func metadata(_ report: AggregateReport, _ writer: inout XMLWriter) {
        writer.element("report_metadata") { writer in
            writer.leaf("org_name", report.reporter)
            writer.leaf("email", report.email)
            writer.leaf("extra_contact_info", report.extraContact)
            writer.leaf("report_id", report.reportID)
            writer.element("date_range") { writer in
                writer.leaf("begin", String(report.begin))
                writer.leaf("end", String(report.end))
            }
            for error in report.errors { writer.leaf("error", error) }
            if specification == .rfc9990 { writer.leaf("generator", report.generator) }
        }
    }

    private func policy(_ policy: AggregateReport.PublishedPolicy, _ writer: inout XMLWriter) {
        let is9990 = specification == .rfc9990
        writer.element("policy_published") { writer in
            writer.leaf("domain", policy.domain)
            if is9990 { writer.leaf("discovery_method", policy.discoveryMethod) }
            if !is9990 {
                writer.leaf("adkim", policy.dkimAlignment)
                writer.leaf("aspf", policy.spfAlignment)
            }
            writer.leaf("p", policy.policy)
            writer.leaf("sp", policy.subdomainPolicy)
            // Not in RFC 7489, and sent by its reporters all the same.
            writer.leaf("np", policy.nonexistentSubdomainPolicy)
            if !is9990 { writer.leaf("pct", policy.percentage.map(String.init)) }
            writer.leaf("fo", policy.failureOptions)
            if is9990 {
                writer.leaf("adkim", policy.dkimAlignment)
                writer.leaf("aspf", policy.spfAlignment)
                writer.leaf("testing", policy.testing.map { $0 ? "y" : "n" })
            }
        }
    }

    private func row(_ record: AggregateRecord, _ writer: inout XMLWriter) {
        writer.element("row") { writer in
            writer.leaf("source_ip", record.sourceText)
            writer.leaf("count", String(record.count))
            writer.element("policy_evaluated") { writer in
                // RFC 7489 has no word for “passed”.
                let isPass = record.disposition == "pass" && specification != .rfc9990
                writer.leaf("disposition", isPass ? "none" : record.disposition)
                writer.leaf("dkim", record.dkimEvaluated)
                writer.leaf("spf", record.spfEvaluated)
                for reason in record.reasons {
                    writer.element("reason") { writer in
                        writer.leaf("type", reason.type)
                        writer.leaf("comment", reason.comment)
                    }
                }
            }
        }
    }

    private func dkim(
        _ result: AggregateRecord.DKIMAuthenticationResult, _ writer: inout XMLWriter
    ) {
        writer.element("dkim") { writer in
            writer.leaf("domain", result.domain)
            writer.leaf("selector", result.selector)
            writer.leaf("result", result.result)
            writer.leaf("human_result", result.humanResult)
        }
    }

    private func spf(
        _ result: AggregateRecord.SPFAuthenticationResult, _ writer: inout XMLWriter
    ) {
        writer.element("spf") { writer in
            writer.leaf("domain", result.domain)
            writer.leaf("scope", result.scope)
            writer.leaf("result", result.result)
            writer.leaf("human_result", result.humanResult)
        }
    }
}
