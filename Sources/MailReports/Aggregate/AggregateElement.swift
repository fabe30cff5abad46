/// The elements of aggregate reports by their names (RFC 9990 Appendix A, RFC 7489 Appendix C).
enum AggregateElement: UInt8 {
    case unknown
    case feedback, version, reportMetadata, policyPublished, record, `extension`
    case orgName, email, extraContactInfo, reportID, dateRange, begin, end, error, generator
    case domain, p, sp, np, adkim, aspf, pct, fo, testing, discoveryMethod
    /// Of RFC 7489 and drafts, without a place in the value: `rf`, `ri`, `version_published`.
    case obsolete
    case row, sourceIP, count, policyEvaluated, disposition, dkim, spf, reason, type, comment
    case identifiers, identities, headerFrom, envelopeFrom, envelopeTo
    case authResults, selector, result, humanResult, scope

    /// Finds an element by the bytes of its name: the length and a letter choose the only name it
    /// can be, and one comparison decides.
    init(_ name: XMLBytes) {
        self = .unknown
        let candidate: (AggregateElement, StaticString)
        switch name.count {
        case 1: candidate = (.p, "p")
        case 2: candidate = Self.ofTwo(name[0], name[1])
        case 3: candidate = Self.ofThree(name[0])
        case 4: candidate = Self.ofFour(name[0])
        case 5: candidate = Self.ofFive(name[0], name[1])
        case 6: candidate = Self.ofSix(name[0], name[2])
        case 7: candidate = Self.ofSeven(name[0])
        case 8: candidate = Self.ofEight(name[0])
        case 9: candidate = Self.ofNine(name[0])
        case 10:
            candidate =
                name[0] == UInt8(ascii: "d")
                ? (.dateRange, "date_range")
                : name[0] == UInt8(ascii: "i")
                    ? (.identities, "identities") : (.extension, "extensions")
        case 11: candidate = Self.ofEleven(name[0])
        case 12:
            candidate =
                name[0] == UInt8(ascii: "a")
                ? (.authResults, "auth_results") : (.humanResult, "human_result")
        case 13: candidate = (.envelopeFrom, "envelope_from")
        case 15: candidate = (.reportMetadata, "report_metadata")
        case 16: candidate = Self.ofSixteen(name[0], name[7])
        case 17: candidate = (.obsolete, "version_published")
        case 18: candidate = (.extraContactInfo, "extra_contact_info")
        default: return
        }
        if XMLText.isSame(name, candidate.1) { self = candidate.0 }
    }

    private static func ofTwo(_ first: UInt8, _ second: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "s"): (.sp, "sp")
        case UInt8(ascii: "n"): (.np, "np")
        case UInt8(ascii: "f"): (.fo, "fo")
        default: second == UInt8(ascii: "f") ? (.obsolete, "rf") : (.obsolete, "ri")
        }
    }

    private static func ofThree(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "s"): (.spf, "spf")
        case UInt8(ascii: "r"): (.row, "row")
        case UInt8(ascii: "e"): (.end, "end")
        default: (.pct, "pct")
        }
    }

    private static func ofFour(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "d"): (.dkim, "dkim")
        case UInt8(ascii: "t"): (.type, "type")
        default: (.aspf, "aspf")
        }
    }

    private static func ofFive(_ first: UInt8, _ second: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "c"): (.count, "count")
        case UInt8(ascii: "s"): (.scope, "scope")
        case UInt8(ascii: "b"): (.begin, "begin")
        case UInt8(ascii: "a"): (.adkim, "adkim")
        default: second == UInt8(ascii: "m") ? (.email, "email") : (.error, "error")
        }
    }

    private static func ofSix(_ first: UInt8, _ third: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "d"): (.domain, "domain")
        default:
            switch third {
            case UInt8(ascii: "c"): (.record, "record")
            case UInt8(ascii: "s"): (.result, "result")
            default: (.reason, "reason")
            }
        }
    }

    private static func ofSeven(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "v"): (.version, "version")
        case UInt8(ascii: "c"): (.comment, "comment")
        default: (.testing, "testing")
        }
    }

    private static func ofEight(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "s"): (.selector, "selector")
        case UInt8(ascii: "o"): (.orgName, "org_name")
        default: (.feedback, "feedback")
        }
    }

    private static func ofNine(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "s"): (.sourceIP, "source_ip")
        case UInt8(ascii: "r"): (.reportID, "report_id")
        case UInt8(ascii: "g"): (.generator, "generator")
        default: (.extension, "extension")
        }
    }

    private static func ofEleven(_ first: UInt8) -> (Self, StaticString) {
        switch first {
        case UInt8(ascii: "h"): (.headerFrom, "header_from")
        case UInt8(ascii: "d"): (.disposition, "disposition")
        case UInt8(ascii: "i"): (.identifiers, "identifiers")
        default: (.envelopeTo, "envelope_to")
        }
    }

    private static func ofSixteen(_ first: UInt8, _ eighth: UInt8) -> (Self, StaticString) {
        if first == UInt8(ascii: "d") { return (.discoveryMethod, "discovery_method") }
        return eighth == UInt8(ascii: "e")
            ? (.policyEvaluated, "policy_evaluated") : (.policyPublished, "policy_published")
    }
}
