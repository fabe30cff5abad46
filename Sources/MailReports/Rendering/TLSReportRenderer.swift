/// Writes TLS reports as JSON (RFC 8460 §4.4).
public struct TLSReportRenderer: Sendable {
    /// Makes a renderer.
    public init() {}

    /// The whole document, on one line. Repairs are not part of it.
    public func render(_ report: TLSReport) -> [UInt8] {
        let value = JSONValue.members([
            "organization-name": .string(report.reporter),
            "date-range": .members([
                "start-datetime": .string(ReportTime.render(report.begin)),
                "end-datetime": .string(ReportTime.render(report.end)),
            ]),
            "contact-info": .text(report.contact),
            "report-id": .string(report.reportID),
            "policies": .array(report.policies.map(policy)),
        ])
        var text = ""
        value.render(into: &text)
        return Array(text.utf8)
    }

    private func policy(_ result: TLSReport.PolicyResult) -> JSONValue {
        .members([
            "policy": .members([
                "policy-type": .string(result.type),
                "policy-string": list(result.strings),
                "policy-domain": .string(result.domain),
                "mx-host": list(result.mxHosts),
            ]),
            "summary": .members([
                "total-successful-session-count": .integer(result.successfulSessions),
                "total-failure-session-count": .integer(result.failedSessions),
            ]),
            "failure-details": result.failures.isEmpty
                ? nil : .array(result.failures.map(failure)),
        ])
    }

    private func failure(_ detail: TLSReport.FailureDetail) -> JSONValue {
        .members([
            "result-type": .string(detail.resultType),
            "sending-mta-ip": .text(detail.sendingMTA),
            "receiving-mx-hostname": .text(detail.receivingMXHost),
            "receiving-mx-helo": .text(detail.receivingMXHelo),
            "receiving-ip": .text(detail.receivingAddress),
            "failed-session-count": .integer(detail.failedSessions),
            "additional-information": .text(detail.additionalInformation),
            "failure-reason-code": .text(detail.reasonCode),
        ])
    }

    private func list(_ texts: [String]) -> JSONValue? {
        texts.isEmpty ? nil : .array(texts.map { .string($0) })
    }
}
