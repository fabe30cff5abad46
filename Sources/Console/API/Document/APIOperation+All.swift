import DomainAnalysis
import HTTPTypes
import Storage

/// Everything that programs can ask for.
extension APIOperation {
    static let document = APIOperation(
        method: .get, path: "/api/v1/openapi.json", name: "document",
        summary: "This document", answer: .json(.open("OpenAPI 3.1.")))

    static let token = APIOperation(
        method: .get, path: "/api/v1/token", name: "token",
        summary: "What the token that is shown may do", answer: .json(.named("Token")))

    static let domains = APIOperation(
        method: .get, path: "/api/v1/domains", name: "domains",
        summary: "All domains with their mail, most mail first",
        parameters: windowParameters + [
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(Limits.apiDomains)),
                meaning: "Domains of one answer; 100 without it."),
            Parameter(
                name: "offset", place: .query, schema: .whole(0...1_000_000),
                meaning: "Domains to pass over: `next` of the answer before."),
        ], answer: .json(.named("Domains")))

    static let domain = APIOperation(
        method: .get, path: "/api/v1/domains/{domain}", name: "domain",
        summary: "One domain: its mail by day, who sends, who reports",
        parameters: [domainParameter] + windowParameters, answer: .json(.named("DomainDetail")))

    static let senders = APIOperation(
        method: .get, path: "/api/v1/domains/{domain}/senders", name: "senders",
        summary: "Who sends for the domain, and what is decided about them",
        parameters: [domainParameter] + windowParameters, answer: .json(.named("DecidedSenders")))

    static let decide = APIOperation(
        method: .post, path: "/api/v1/domains/{domain}/senders/{key}", name: "decide",
        summary: "Decide about a sender",
        details: "Changes nothing in the DNS: what it needs is told, and made on the page Changes.",
        parameters: [
            domainParameter,
            Parameter(
                name: "key", place: .path, schema: .text(.init(lengths: 1...255)),
                meaning: "The sender's key, as `senders` tells it."),
        ] + windowParameters,
        body: Body(
            mediaType: "application/json",
            schema: .object([
                has("act", .words(["authorise", "reject", "owner", "note", "undo"])),
                mayHave("owner", .text(.init(lengths: 0...120)), "Whom to ask; empty for nobody."),
                mayHave("note", .text(.init(lengths: 0...1_000))),
                mayHave(
                    "event", .whole(1...Int64.max), "What to undo; the last without it."),
            ]), meaning: "What is decided."), answer: .json(.named("Decided")),
        mayConflict: true)

    static let plan = APIOperation(
        method: .get, path: "/api/v1/domains/{domain}/plan", name: "plan",
        summary: "What stands between the domain and p=reject",
        parameters: [domainParameter] + windowParameters, answer: .json(.named("Plan")))

    static let replay = APIOperation(
        method: .post, path: "/api/v1/domains/{domain}/replay", name: "replay",
        summary: "What a DMARC record would have done to the mail that was reported",
        details: "Changes nothing.", parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                has(
                    "record",
                    .text(.init(lengths: 1...1_000, example: "v=DMARC1; p=reject")),
                    "The record to try."),
                mayHave("days", .whole(1...Int64(Limits.apiDays)), "30 without it."),
                mayHave("until", day, "The last day; the newest data without it."),
            ]), meaning: "The record, and the days to try it on."),
        answer: .json(.named("Replay")))

    static let reports = APIOperation(
        method: .get, path: "/api/v1/reports", name: "reports",
        summary: "Reports that came in, newest first",
        parameters: [
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(Limits.apiReports)),
                meaning: "Reports of one answer; 100 without it."),
            Parameter(
                name: "before", place: .query, schema: .whole(1...Int64.max),
                meaning: "Only reports that came in before the one with this id."),
        ], answer: .json(.named("Reports")))

    static let report = APIOperation(
        method: .get, path: "/api/v1/reports/{id}", name: "report",
        summary: "One report with its largest rows",
        parameters: [number], answer: .json(.named("ReportDetail")))

    static let bring = APIOperation(
        method: .post, path: "/api/v1/reports", name: "bringReport",
        summary: "Bring a report in",
        details: "As it came: XML, JSON, gzip, zip, or the whole mail. What cannot be read is set "
            + "aside with its reason and answered with 200: it is kept.",
        body: Body(
            mediaType: "application/octet-stream", schema: .octets,
            meaning: "The report or the mail."), answer: .json(.named("Taken")))

    static let totals = APIOperation(
        method: .get, path: "/api/v1/totals", name: "totals",
        summary: "How much was taken in", answer: .json(.named("Totals")))

    static let audit = APIOperation(
        method: .get, path: "/api/v1/audit", name: "audit",
        summary: "The audit log, to be kept elsewhere",
        details: "The last line's `sequence` is what to ask `after` the next time.",
        parameters: [
            Parameter(
                name: "after", place: .query, schema: .whole(0...Int64.max),
                meaning: "Only entries with a larger sequence.")
        ], answer: .lines("Entries, oldest first, chained by their digests."))

    static let events = APIOperation(
        method: .get, path: "/api/v1/events", name: "events",
        summary: "What happened: changes, alerts, and what was decided about mail",
        details: "For a SIEM. Each line has the `cursor` to ask `after` the next time: nothing is "
            + "left out and nothing comes twice. No line means that there is nothing new.",
        parameters: [
            Parameter(
                name: "after", place: .query, schema: .text(.init(pattern: ExportCursor.pattern)),
                meaning: "Only what was recorded behind this cursor; everything without it."),
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(ExportLimits.rows * 3)),
                meaning: "Lines of one answer; 1000 without it."),
        ], answer: .lines("Events in the names of the Elastic Common Schema."))

    static let all =
        [
            document, token, domains, domain, senders, decide, plan, replay, reports, report, bring,
            totals, audit, events,
        ] + ofProgramme + ofWay + ofChanges + ofWatch

    private static let day = APISchema.day

    static let domainName = APISchema.text(
        .init(
            pattern:
                #"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?){1,4}$"#,
            lengths: 3...253, example: "example.org"))
    static let domainParameter = Parameter(
        name: "domain", place: .path, schema: domainName,
        meaning: "The domain, in its ASCII form.")
    static let number = Parameter(
        name: "id", place: .path, schema: .whole(1...Int64.max), meaning: "Its number.")
    private static let windowParameters = [
        Parameter(
            name: "days", place: .query, schema: .whole(1...Int64(Limits.apiDays)),
            meaning: "Days that are looked at; 30 without it."),
        Parameter(
            name: "until", place: .query, schema: .day,
            meaning: "The last of them; the newest data without it."),
    ]
}
