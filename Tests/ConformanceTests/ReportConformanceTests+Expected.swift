import MailReports

/// An aggregate report as mail-auth writes it.
struct ExpectedFeedback: Decodable {
    struct Metadata: Decodable {
        struct Range: Decodable { var begin, end: Int64 }
        var org_name, email: String
        var extra_contact_info: String?
        var report_id: String
        var date_range: Range
        var error: [String]
        var generator: String?
    }
    struct Policy: Decodable {
        var domain, adkim, aspf, p, sp: String
        var np, discovery_method, fo: String?
        var testing: Bool
    }
    struct Record: Decodable {
        struct Row: Decodable {
            struct Evaluated: Decodable {
                struct Reason: Decodable {
                    var type_: String
                    var comment: String?
                }
                var disposition, dkim, spf: String
                var reason: [Reason]
            }
            var source_ip: String
            var count: Int64
            var policy_evaluated: Evaluated
        }
        struct Identifiers: Decodable {
            var envelope_to: String?
            var envelope_from, header_from: String
        }
        struct Results: Decodable {
            struct DKIM: Decodable {
                var domain, selector, result: String
                var human_result: String?
            }
            struct SPF: Decodable {
                var domain, scope, result: String
                var human_result: String?
            }
            var dkim: [DKIM]
            var spf: [SPF]
        }
        var row: Row
        var identifiers: Identifiers
        var auth_results: Results
    }
    var version: Double
    var report_metadata: Metadata
    var policy_published: Policy
    var record: [Record]
}

extension ReportConformanceTests {
    /// `MailFrom` as `mail_from`; nil for `Unspecified`.
    static func word(_ name: String?) -> String? {
        guard let name, name != "Unspecified" else { return nil }
        var word = ""
        for character in name {
            if character.isUppercase, !word.isEmpty { word += "_" }
            word += character.lowercased()
        }
        return word
    }

    private static let letters = ["relaxed": "r", "strict": "s"]
    private static let scopes = ["mail_from": "mfrom", "helo": "helo"]
    private static let results = [
        "temp_error": "temperror", "perm_error": "permerror", "soft_fail": "softfail",
    ]

    static func lines(_ expected: ExpectedFeedback) -> [String] {
        var values = ReportValues()
        let head = expected.report_metadata
        values.add("org_name", head.org_name)
        values.add("email", head.email)
        values.add("extra_contact_info", head.extra_contact_info)
        values.add("report_id", head.report_id)
        values.add("begin", head.date_range.begin)
        values.add("end", head.date_range.end)
        values.add("errors", head.error.joined(separator: "; "))
        values.add("generator", head.generator)
        values.add("version", expected.version == 0 ? nil : String(expected.version))
        let policy = expected.policy_published
        values.add("domain", policy.domain)
        values.add("p", word(policy.p))
        values.add("sp", word(policy.sp))
        values.add("np", word(policy.np))
        values.add("adkim", word(policy.adkim).flatMap { letters[$0] })
        values.add("aspf", word(policy.aspf).flatMap { letters[$0] })
        values.add("fo", policy.fo)
        values.add("testing", policy.testing ? "y" : nil)
        values.add("discovery_method", word(policy.discovery_method))
        values.add("records", Int64(expected.record.count))
        for (index, record) in expected.record.enumerated() {
            let at = "record[\(index + 1)]"
            values.add("\(at) source_ip", record.row.source_ip)
            values.add("\(at) count", record.row.count)
            let evaluated = record.row.policy_evaluated
            values.add("\(at) disposition", word(evaluated.disposition))
            values.add("\(at) dkim", word(evaluated.dkim))
            values.add("\(at) spf", word(evaluated.spf))
            values.add(
                "\(at) reasons",
                evaluated.reason.map { "\(word($0.type_) ?? "") \($0.comment ?? "")" }
                    .joined(separator: "; "))
            values.add("\(at) header_from", record.identifiers.header_from)
            values.add("\(at) envelope_from", record.identifiers.envelope_from)
            values.add("\(at) envelope_to", record.identifiers.envelope_to)
            for (place, result) in record.auth_results.dkim.enumerated() {
                let kind = word(result.result) ?? ""
                values.add(
                    "\(at) DKIM[\(place + 1)]",
                    "\(result.domain) \(result.selector) \(results[kind] ?? kind) "
                        + (result.human_result ?? ""))
            }
            for (place, result) in record.auth_results.spf.enumerated() {
                let kind = word(result.result) ?? ""
                let scope = word(result.scope).flatMap { scopes[$0] } ?? ""
                values.add(
                    "\(at) SPF[\(place + 1)]",
                    "\(result.domain) \(scope) \(results[kind] ?? kind) "
                        + (result.human_result ?? ""))
            }
        }
        return values.lines
    }

    static func lines(
        _ found: (report: AggregateReport, records: [AggregateRecord])?
    ) -> [String] {
        guard let (report, records) = found else { return [] }
        var values = ReportValues()
        values.add("org_name", report.reporter)
        values.add("email", report.email)
        values.add("extra_contact_info", report.extraContact)
        values.add("report_id", report.reportID)
        values.add("begin", report.begin)
        values.add("end", report.end)
        values.add("errors", report.errors.joined(separator: "; "))
        values.add("generator", report.generator)
        values.add("version", report.version.flatMap { Double($0) }.map { String($0) })
        let policy = report.policy
        values.add("domain", policy.domain)
        values.add("p", policy.policy)
        values.add("sp", policy.subdomainPolicy)
        values.add("np", policy.nonexistentSubdomainPolicy)
        values.add("adkim", policy.dkimAlignment)
        values.add("aspf", policy.spfAlignment)
        values.add("fo", policy.failureOptions)
        values.add("testing", policy.testing == true ? "y" : nil)
        values.add("discovery_method", policy.discoveryMethod)
        values.add("records", Int64(records.count))
        for (index, record) in records.enumerated() {
            let at = "record[\(index + 1)]"
            values.add("\(at) source_ip", record.sourceText)
            values.add("\(at) count", record.count)
            values.add("\(at) disposition", record.disposition)
            values.add("\(at) dkim", record.dkimEvaluated)
            values.add("\(at) spf", record.spfEvaluated)
            values.add(
                "\(at) reasons",
                record.reasons.map { "\($0.type) \($0.comment ?? "")" }.joined(separator: "; "))
            values.add("\(at) header_from", record.headerFrom)
            values.add("\(at) envelope_from", record.envelopeFrom)
            values.add("\(at) envelope_to", record.envelopeTo)
            for (place, result) in record.dkim.enumerated() {
                values.add(
                    "\(at) DKIM[\(place + 1)]",
                    "\(result.domain) \(result.selector ?? "") \(result.result) "
                        + (result.humanResult ?? ""))
            }
            for (place, result) in record.spf.enumerated() {
                values.add(
                    "\(at) SPF[\(place + 1)]",
                    "\(result.domain) \(result.scope ?? "") \(result.result) "
                        + (result.humanResult ?? ""))
            }
        }
        return values.lines
    }
}

/// A failure report as mail-auth writes it.
struct ExpectedFailure: Decodable {
    var feedback_type: String
    var arrival_date: Int64?
    var authentication_results: [String]
    var incidents: Int64
    var original_envelope_id, original_mail_from, original_rcpt_to: String?
    var reported_domain, reported_uri: [String]
    var reporting_mta, source_ip, user_agent: String?
    var version: Int64
    var auth_failure, delivery_result: String
    var dkim_canonicalized_body, dkim_domain, dkim_identity, dkim_selector, spf_dns: String?
    var identity_alignment: String
    var headers: String?
}

extension ReportConformanceTests {
    static func lines(_ expected: ExpectedFailure) -> [String] {
        var values = ReportValues()
        values.add(
            "feedback_type", word(expected.feedback_type).map { $0.replacing("_", with: "-") })
        values.add("arrival_date", expected.arrival_date)
        for result in expected.authentication_results {
            values.add("authentication_results", collapse(result))
        }
        values.add("incidents", expected.incidents)
        values.add("original_envelope_id", expected.original_envelope_id)
        values.add("original_mail_from", expected.original_mail_from)
        values.add("original_rcpt_to", expected.original_rcpt_to)
        values.add("reported_domain", expected.reported_domain.first)
        for address in expected.reported_uri { values.add("reported_uri", address) }
        values.add("reporting_mta", expected.reporting_mta)
        values.add("source_ip", expected.source_ip)
        values.add("user_agent", expected.user_agent)
        values.add("version", expected.version)
        values.add("auth_failure", word(expected.auth_failure)?.replacing("_", with: ""))
        values.add("delivery_result", word(expected.delivery_result))
        values.add(
            "dkim_canonicalized_body", expected.dkim_canonicalized_body.map(collapse))
        values.add("dkim_domain", expected.dkim_domain)
        values.add("dkim_identity", expected.dkim_identity)
        values.add("dkim_selector", expected.dkim_selector)
        values.add("spf_dns", expected.spf_dns)
        values.add("identity_alignment", word(expected.identity_alignment))
        // The copied header is kept with the raw report; its subject is a value of ours.
        let subject = expected.headers?.split(separator: "\n").first { $0.hasPrefix("Subject: ") }
        values.add("subject", subject.map { String($0.dropFirst(9)) })
        return values.lines
    }

    static func lines(_ found: FailureReport?) -> [String] {
        guard let found else { return [] }
        var values = ReportValues()
        values.add("feedback_type", found.feedbackType)
        values.add("arrival_date", found.arrival)
        for result in found.authenticationResults {
            values.add("authentication_results", collapse(result))
        }
        values.add("incidents", found.incidents)
        values.add("original_envelope_id", found.originalEnvelopeID)
        values.add("original_mail_from", found.originalMailFrom)
        values.add("original_rcpt_to", found.originalRecipient)
        values.add("reported_domain", found.reportedDomain)
        for field in found.otherFields {
            let name = field.name.lowercased().replacing("-", with: "_")
            values.add(name, collapse(field.value))
        }
        values.add("reporting_mta", found.reportingMTA)
        values.add("source_ip", found.sourceText)
        values.add("user_agent", found.userAgent)
        values.add("version", found.version)
        values.add("auth_failure", found.authenticationFailure)
        values.add("delivery_result", found.deliveryResult)
        values.add("dkim_domain", found.dkimDomain)
        values.add("dkim_identity", found.dkimIdentity)
        values.add("dkim_selector", found.dkimSelector)
        values.add("spf_dns", found.spfRecord)
        values.add("identity_alignment", found.identityAlignment)
        values.add("subject", found.subject)
        return values.lines
    }

    /// Folds and runs of blanks as one blank.
    static func collapse(_ text: String) -> String {
        text.split { $0.isWhitespace }.joined(separator: " ")
    }
}

/// A TLS report as RFC 8460 writes it.
struct ExpectedTLS: Decodable {
    struct Range: Decodable {
        var start, end: String
        enum CodingKeys: String, CodingKey {
            case start = "start-datetime"
            case end = "end-datetime"
        }
    }
    struct Item: Decodable {
        struct Policy: Decodable {
            var type: String
            var strings: [String]?
            var domain: String?
            var hosts: [String]?
            enum CodingKeys: String, CodingKey {
                case type = "policy-type"
                case strings = "policy-string"
                case domain = "policy-domain"
                case hosts = "mx-host"
            }
        }
        struct Summary: Decodable {
            var succeeded: Int64
            var failed: Int64?
            enum CodingKeys: String, CodingKey {
                case succeeded = "total-successful-session-count"
                case failed = "total-failure-session-count"
            }
        }
        var policy: Policy
        var summary: Summary
        var failures: [[String: Scalar]]?
        enum CodingKeys: String, CodingKey {
            case policy, summary
            case failures = "failure-details"
        }
    }
    /// A text, or a number as text.
    struct Scalar: Decodable {
        var text: String
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                text = String(number)
            } else {
                text = try container.decode(String.self)
            }
        }
    }
    var name, contact, identifier: String
    var range: Range
    var policies: [Item]
    enum CodingKeys: String, CodingKey {
        case name = "organization-name"
        case contact = "contact-info"
        case identifier = "report-id"
        case range = "date-range"
        case policies
    }
}

extension ReportConformanceTests {
    static func lines(_ expected: ExpectedTLS) -> [String] {
        var values = ReportValues()
        values.add("name", expected.name)
        values.add("contact", expected.contact)
        values.add("id", expected.identifier)
        values.add("begin", expected.range.start)
        values.add("end", expected.range.end)
        values.add("policies", Int64(expected.policies.count))
        for (index, item) in expected.policies.enumerated() {
            let at = "policy[\(index + 1)]"
            values.add("\(at) type", item.policy.type)
            values.add("\(at) domain", item.policy.domain)
            values.add("\(at) strings", item.policy.strings?.joined(separator: " "))
            values.add("\(at) hosts", item.policy.hosts?.joined(separator: " "))
            values.add("\(at) succeeded", item.summary.succeeded)
            values.add("\(at) failed", item.summary.failed)
            for (place, failure) in (item.failures ?? []).enumerated() {
                for (name, value) in failure.sorted(by: { $0.key < $1.key }) {
                    values.add("\(at) failure[\(place + 1)] \(name)", value.text)
                }
            }
        }
        return values.lines
    }

    static func lines(_ found: TLSReport?) -> [String] {
        guard let found else { return [] }
        var values = ReportValues()
        values.add("name", found.reporter)
        values.add("contact", found.contact)
        values.add("id", found.reportID)
        values.add("begin", PeerTLS.time(found.begin))
        values.add("end", PeerTLS.time(found.end))
        values.add("policies", Int64(found.policies.count))
        for (index, policy) in found.policies.enumerated() {
            let at = "policy[\(index + 1)]"
            values.add("\(at) type", policy.type)
            values.add("\(at) domain", policy.domain)
            values.add("\(at) strings", policy.strings.joined(separator: " "))
            values.add("\(at) hosts", policy.mxHosts.joined(separator: " "))
            values.add("\(at) succeeded", policy.successfulSessions)
            values.add("\(at) failed", policy.failedSessions)
            for (place, failure) in policy.failures.enumerated() {
                let here = "\(at) failure[\(place + 1)]"
                values.add("\(here) result-type", failure.resultType)
                values.add("\(here) sending-mta-ip", failure.sendingMTA)
                values.add("\(here) receiving-mx-hostname", failure.receivingMXHost)
                values.add("\(here) receiving-mx-helo", failure.receivingMXHelo)
                values.add("\(here) receiving-ip", failure.receivingAddress)
                values.add("\(here) failed-session-count", failure.failedSessions)
                values.add("\(here) additional-information", failure.additionalInformation)
                values.add("\(here) failure-reason-code", failure.reasonCode)
            }
        }
        return values.lines
    }
}
