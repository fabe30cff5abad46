import HTTPTypes
import DomainWatch
import MailReports
import Storage

/// Alerts, and the evidence pack.
extension APIOperation {
    static let alerts = APIOperation(
        method: .get, path: "/api/v1/alerts", name: "alerts",
        summary: "Alerts that are open, the newest first",
        parameters: [
            Parameter(
                name: "state", place: .query, schema: .words(["open", "all"]),
                meaning: "`all` for those that are over as well; `open` without it."),
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(AlertLimits.listed)),
                meaning: "Alerts of one answer; 50 without it."),
            Parameter(
                name: "before", place: .query, schema: .whole(1...Int64.max),
                meaning: "Only alerts before the one with this number."),
        ], answer: .json(.named("Alerts")), room: .evidence)

    static let seeAlert = APIOperation(
        method: .post, path: "/api/v1/alerts/{id}/seen", name: "seeAlert",
        summary: "Note that somebody knows of an alert",
        details: "Who says so first is kept; saying it again changes nothing.",
        parameters: [number], answer: .json(.named("Alert")), room: .evidence)

    static let evidence = APIOperation(
        method: .get, path: "/api/v1/evidence/{form}", name: "evidence",
        summary: "The evidence pack: where the domains stand, then and now",
        parameters: [
            Parameter(
                name: "form", place: .path, schema: .words(EvidenceForm.allCases.map(\.rawValue)),
                meaning: "The form."),
            Parameter(
                name: "domains", place: .query, schema: .text(.init(lengths: 3...4_000)),
                meaning: "Domains with a comma between them; all without it."),
            Parameter(
                name: "from", place: .query, schema: .day,
                meaning: "The first day that is shown; the newest thirty without it."),
            Parameter(
                name: "to", place: .query, schema: .day,
                meaning: "The last day that is shown; the newest without it."),
            Parameter(
                name: "before", place: .query, schema: .day,
                meaning: "The first day that it is compared with; the oldest without it."),
            Parameter(
                name: "beforeto", place: .query, schema: .day,
                meaning: "The last day that it is compared with."),
        ],
        answer: .file(
            EvidenceForm.allCases.map { APIOperation.bare($0.mediaType) }, "The pack in this form."),
        mayConflict: true, room: .evidence)

    static let ofWatch = [alerts, seeAlert, evidence]

    /// A media type without its parameters.
    private static func bare(_ mediaType: String) -> String {
        String(mediaType.prefix { $0 != ";" })
    }
}
