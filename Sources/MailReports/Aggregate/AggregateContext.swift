/// Where in an aggregate report the reader stands: each open element has one.
enum AggregateContext: UInt8, Sendable {
    // Elements that hold elements.
    case document, feedback, metadata, dateRange, policy
    case record, row, evaluated, identifiers, authResults, dkim, spf
    /// Elements nobody knows, and extensions: nothing inside is looked at.
    case unknown, `extension`
    /// Holds elements, and in broken reports text.
    case reason
    // Elements that hold text.
    case version, orgName, email, extraContact, reportID, begin, end, error, generator
    case policyDomain, p, sp, np, adkim, aspf, pct, fo, testing, discoveryMethod
    case sourceIP, count, disposition, evaluatedDKIM, evaluatedSPF, reasonType, reasonComment
    case headerFrom, envelopeFrom, envelopeTo
    case dkimDomain, dkimSelector, dkimResult, dkimHumanResult
    case spfDomain, spfScope, spfResult, spfHumanResult

    /// Whether its text is a value.
    @inline(__always)
    var collectsText: Bool { rawValue >= Self.reason.rawValue }

    var isOpaque: Bool { self == .unknown || self == .extension }

    /// What an element is here; nil where it has no place.
    @inline(__always)
    func entering(_ element: AggregateElement) -> AggregateContext? {
        switch self {
        case .record: inRecord(element)
        case .row: inRow(element)
        case .evaluated: inEvaluated(element)
        case .identifiers: inIdentifiers(element)
        case .authResults: element == .dkim ? .dkim : element == .spf ? .spf : nil
        case .dkim: inDKIM(element)
        case .spf: inSPF(element)
        case .feedback: inFeedback(element)
        case .reason: element == .type ? .reasonType : element == .comment ? .reasonComment : nil
        case .document: element == .feedback ? .feedback : nil
        case .metadata: inMetadata(element)
        case .dateRange: element == .begin ? .begin : element == .end ? .end : nil
        case .policy: inPolicy(element)
        default: nil
        }
    }

    private func inFeedback(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .record: .record
        case .version: .version
        case .reportMetadata: .metadata
        case .policyPublished: .policy
        case .extension: .extension
        default: nil
        }
    }

    private func inRecord(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .row: .row
        case .identifiers, .identities: .identifiers
        case .authResults: .authResults
        case .extension: .extension
        default: nil
        }
    }

    private func inRow(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .sourceIP: .sourceIP
        case .count: .count
        case .policyEvaluated: .evaluated
        default: nil
        }
    }

    private func inEvaluated(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .disposition: .disposition
        case .dkim: .evaluatedDKIM
        case .spf: .evaluatedSPF
        case .reason: .reason
        default: nil
        }
    }

    private func inIdentifiers(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .headerFrom: .headerFrom
        case .envelopeFrom: .envelopeFrom
        case .envelopeTo: .envelopeTo
        default: nil
        }
    }

    private func inDKIM(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .domain: .dkimDomain
        case .selector: .dkimSelector
        case .result: .dkimResult
        case .humanResult: .dkimHumanResult
        default: nil
        }
    }

    private func inSPF(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .domain: .spfDomain
        case .scope: .spfScope
        case .result: .spfResult
        case .humanResult: .spfHumanResult
        default: nil
        }
    }

    private func inMetadata(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .orgName: .orgName
        case .email: .email
        case .extraContactInfo: .extraContact
        case .reportID: .reportID
        case .dateRange: .dateRange
        case .error: .error
        case .generator: .generator
        default: nil
        }
    }

    private func inPolicy(_ element: AggregateElement) -> AggregateContext? {
        switch element {
        case .domain: .policyDomain
        case .p: .p
        case .sp: .sp
        case .np: .np
        case .adkim: .adkim
        case .aspf: .aspf
        case .pct: .pct
        case .fo: .fo
        case .testing: .testing
        case .discoveryMethod: .discoveryMethod
        case .obsolete: .extension
        default: nil
        }
    }

    /// The path of the element inside the report, or inside its record.
    var path: String {
        switch self {
        case .document, .feedback: "feedback"
        case .metadata: "report_metadata"
        case .dateRange: "report_metadata/date_range"
        case .policy: "policy_published"
        case .record, .unknown, .extension: ""
        case .row: "row"
        case .evaluated: "row/policy_evaluated"
        case .identifiers: "identifiers"
        case .authResults: "auth_results"
        case .dkim: "auth_results/dkim"
        case .spf: "auth_results/spf"
        case .reason: "row/policy_evaluated/reason"
        case .version: "version"
        case .orgName: "report_metadata/org_name"
        case .email: "report_metadata/email"
        case .extraContact: "report_metadata/extra_contact_info"
        case .reportID: "report_metadata/report_id"
        case .begin: "report_metadata/date_range/begin"
        case .end: "report_metadata/date_range/end"
        case .error: "report_metadata/error"
        case .generator: "report_metadata/generator"
        case .policyDomain: "policy_published/domain"
        case .p, .sp, .np, .adkim, .aspf, .pct, .fo, .testing: "policy_published/\(self)"
        case .discoveryMethod: "policy_published/discovery_method"
        case .sourceIP: "row/source_ip"
        case .count: "row/count"
        case .disposition: "row/policy_evaluated/disposition"
        case .evaluatedDKIM: "row/policy_evaluated/dkim"
        case .evaluatedSPF: "row/policy_evaluated/spf"
        case .reasonType: "row/policy_evaluated/reason/type"
        case .reasonComment: "row/policy_evaluated/reason/comment"
        case .headerFrom: "identifiers/header_from"
        case .envelopeFrom: "identifiers/envelope_from"
        case .envelopeTo: "identifiers/envelope_to"
        case .dkimDomain: "auth_results/dkim/domain"
        case .dkimSelector: "auth_results/dkim/selector"
        case .dkimResult: "auth_results/dkim/result"
        case .dkimHumanResult: "auth_results/dkim/human_result"
        case .spfDomain: "auth_results/spf/domain"
        case .spfScope: "auth_results/spf/scope"
        case .spfResult: "auth_results/spf/result"
        case .spfHumanResult: "auth_results/spf/human_result"
        }
    }
}

extension AggregateContext {
    /// Whether its place is inside a record.
    var isInRecord: Bool {
        switch self {
        case .row, .evaluated, .identifiers, .authResults, .dkim, .spf, .reason, .sourceIP, .count,
            .disposition, .evaluatedDKIM, .evaluatedSPF, .reasonType, .reasonComment, .headerFrom,
            .envelopeFrom, .envelopeTo, .dkimDomain, .dkimSelector, .dkimResult, .dkimHumanResult,
            .spfDomain, .spfScope, .spfResult, .spfHumanResult:
            true
        default: false
        }
    }
}
