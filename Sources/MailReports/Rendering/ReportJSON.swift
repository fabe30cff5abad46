/// Reports as JSON values; the names are those of the Swift types, times are UTC (RFC 3339).
struct ReportJSON {
    let rendering: ReportRendering

    func record(_ record: AggregateRecord) -> JSONValue {
        .members([
            "source": .string(record.sourceText),
            "count": .integer(record.count),
            "isAuthenticated": .bool(record.isAuthenticated),
            "disposition": .string(record.disposition),
            "dkimEvaluated": .string(record.dkimEvaluated),
            "spfEvaluated": .string(record.spfEvaluated),
            "reasons": record.reasons.isEmpty
                ? nil
                : .array(
                    record.reasons.map {
                        .members(["type": .string($0.type), "comment": .text($0.comment)])
                    }),
            "headerFrom": .string(hidden(record.headerFrom)),
            "envelopeFrom": .text(record.envelopeFrom.map(hidden)),
            "envelopeTo": .text(record.envelopeTo.map(hidden)),
            "dkim": .array(
                record.dkim.map {
                    .members([
                        "domain": .string($0.domain), "selector": .text($0.selector),
                        "result": .string($0.result), "humanResult": .text($0.humanResult),
                    ])
                }),
            "spf": .array(
                record.spf.map {
                    .members([
                        "domain": .string(hidden($0.domain)), "scope": .text($0.scope),
                        "result": .string($0.result), "humanResult": .text($0.humanResult),
                    ])
                }),
        ])
    }

    func report(_ report: AggregateReport) -> JSONValue {
        let policy = report.policy
        return .members([
            "kind": .string("aggregate"),
            "specification": .string(report.specification.rawValue),
            "version": .text(report.version),
            "reporter": .string(report.reporter),
            "email": .string(report.email),
            "extraContact": .text(report.extraContact),
            "reportID": .string(report.reportID),
            "begin": time(report.begin),
            "end": time(report.end),
            "generator": .text(report.generator),
            "errors": report.errors.isEmpty ? nil : .array(report.errors.map { .string($0) }),
            "policy": .members([
                "domain": .string(policy.domain),
                "policy": .text(policy.policy),
                "subdomainPolicy": .text(policy.subdomainPolicy),
                "nonexistentSubdomainPolicy": .text(policy.nonexistentSubdomainPolicy),
                "dkimAlignment": .text(policy.dkimAlignment),
                "spfAlignment": .text(policy.spfAlignment),
                "percentage": policy.percentage.map { .integer(Int64($0)) },
                "failureOptions": .text(policy.failureOptions),
                "testing": policy.testing.map { .bool($0) },
                "discoveryMethod": .text(policy.discoveryMethod),
            ]),
            "recordCount": .integer(Int64(report.recordCount)),
            "messageCount": .integer(report.messageCount),
            "repairs": repairs(report.repairs),
        ])
    }

    func report(_ report: TLSReport) -> JSONValue {
        .members([
            "kind": .string("tls"),
            "reporter": .string(report.reporter),
            "contact": .text(report.contact),
            "reportID": .string(report.reportID),
            "begin": time(report.begin),
            "end": time(report.end),
            "policies": .array(report.policies.map(policy)),
            "repairs": repairs(report.repairs),
        ])
    }

    private func policy(_ policy: TLSReport.PolicyResult) -> JSONValue {
        .members([
            "type": .string(policy.type),
            "domain": .string(policy.domain),
            "strings": .array(policy.strings.map { .string($0) }),
            "mxHosts": .array(policy.mxHosts.map { .string($0) }),
            "successfulSessions": .integer(policy.successfulSessions),
            "failedSessions": .integer(policy.failedSessions),
            "failures": .array(
                policy.failures.map {
                    .members([
                        "resultType": .string($0.resultType),
                        "sendingMTA": .text($0.sendingMTA),
                        "receivingMXHost": .text($0.receivingMXHost),
                        "receivingMXHelo": .text($0.receivingMXHelo),
                        "receivingAddress": .text($0.receivingAddress),
                        "failedSessions": .integer($0.failedSessions),
                        "additionalInformation": .text($0.additionalInformation),
                        "reasonCode": .text($0.reasonCode),
                    ])
                }),
        ])
    }

    func report(_ report: FailureReport) -> JSONValue {
        let isOpen = rendering.showsPersonalData
        return .members([
            "kind": .string("failure"),
            "feedbackType": .string(report.feedbackType),
            "userAgent": .text(report.userAgent),
            "version": .text(report.version),
            "reportedDomain": .text(report.reportedDomain),
            "source": .text(report.sourceText),
            "arrival": report.arrival.flatMap { time($0) },
            "originalMailFrom": .text(report.originalMailFrom.map(hidden)),
            "originalRecipient": .text(report.originalRecipient.map(hidden)),
            "originalEnvelopeID": .text(report.originalEnvelopeID),
            "reportingMTA": .text(report.reportingMTA),
            "incidents": .integer(report.incidents),
            "authenticationFailure": .text(report.authenticationFailure),
            "authenticationResults": .array(
                report.authenticationResults.map { .string(hidden($0)) }),
            "identityAlignment": .text(report.identityAlignment),
            "deliveryResult": .text(report.deliveryResult),
            "dkimDomain": .text(report.dkimDomain),
            "dkimIdentity": .text(report.dkimIdentity.map(hidden)),
            "dkimSelector": .text(report.dkimSelector),
            "spfRecord": .text(report.spfRecord),
            "subject": isOpen ? .text(report.subject) : nil,
            "headerFrom": .text(report.headerFrom.map(hidden)),
            "messageID": .text(report.messageID.map(hidden)),
            // Other fields may carry whole messages (RFC 6591 §3.2).
            "otherFields": isOpen
                ? .array(
                    report.otherFields.map {
                        .members(["name": .string($0.name), "value": .string($0.value)])
                    }) : nil,
            "repairs": repairs(report.repairs),
        ])
    }

    func refusal(_ refusal: ReportRefusal) -> JSONValue {
        .members([
            "kind": .string("refused"),
            "code": .string(refusal.code.rawValue),
            "offset": refusal.offset.map { .integer(Int64($0)) },
            "explanation": .string(refusal.explanation),
        ])
    }

    private func repairs(_ repairs: [Repair]) -> JSONValue {
        .array(
            repairs.map {
                .members([
                    "code": .string($0.code.rawValue), "weight": .string($0.weight.rawValue),
                    "location": .string($0.location), "detail": .string(hidden($0.detail)),
                    "occurrences": .integer(Int64($0.occurrences)),
                ])
            })
    }

    private func time(_ seconds: Int64) -> JSONValue? { .string(ReportTime.render(seconds)) }

    private func hidden(_ text: String) -> String {
        rendering.showsPersonalData ? text : Redaction.hideLocalParts(text)
    }
}
