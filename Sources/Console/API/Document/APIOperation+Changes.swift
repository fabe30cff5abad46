import HTTPTypes
import DomainAnalysis
import Storage

/// Changes of the DNS: what was asked for, its exact difference, and what may be done about it.
extension APIOperation {
    static let changes = APIOperation(
        method: .get, path: "/api/v1/changes", name: "changes",
        summary: "Changes of the DNS, the newest first",
        parameters: [
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(Limits.apiChanges)),
                meaning: "Changes of one answer; 50 without it."),
            Parameter(
                name: "before", place: .query, schema: .whole(1...Int64.max),
                meaning: "Only changes before the one with this number."),
        ], answer: .json(.named("Changes")), room: .changes)

    static let change = APIOperation(
        method: .get, path: "/api/v1/changes/{id}", name: "change",
        summary: "One change with its exact difference and its history", parameters: [number],
        answer: .json(.named("Change")), room: .changes)

    static let exportChange = APIOperation(
        method: .get, path: "/api/v1/changes/{id}/export/{form}", name: "exportChange",
        summary: "One change as zone lines, for Terraform, and in other forms",
        parameters: [
            number,
            Parameter(
                name: "form", place: .path, schema: .words(ChangeExport.allCases.map(\.rawValue)),
                meaning: "The form."),
        ], answer: .file(["text/plain"], "The change in this form."), room: .changes)

    static let applyChange = APIOperation(
        method: .post, path: "/api/v1/changes/{id}/apply", name: "applyChange",
        summary: "Have a proposed change made by the zone's server",
        details: "A change is made once: whoever asks again is told where it stands.",
        parameters: [number],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                mayHave(
                    "domain", domainName,
                    "The domain's name; wanted where something may be lost (`consequences`).")
            ]), meaning: "An empty object where nothing may be lost."),
        answer: .json(.named("ChangeDone")), mayConflict: true, room: .changes)

    static let changeMade = APIOperation(
        method: .post, path: "/api/v1/changes/{id}/made", name: "changeMade",
        summary: "Note that a change was made by hand; it is watched from now on",
        parameters: [number], answer: .json(.named("ChangeDone")), mayConflict: true,
        room: .changes)

    static let dismissChange = APIOperation(
        method: .post, path: "/api/v1/changes/{id}/dismiss", name: "dismissChange",
        summary: "Note that a proposed change shall not be made", parameters: [number],
        answer: .json(.named("ChangeDone")), mayConflict: true, room: .changes)

    static let undoChange = APIOperation(
        method: .post, path: "/api/v1/changes/{id}/undo", name: "undoChange",
        summary: "Propose the way back of a change that was made",
        details: "Nothing is changed before that proposal is applied. Who asks again gets the same "
            + "proposal.", parameters: [number], answer: .json(.named("Change")),
        mayConflict: true, room: .changes)

    static let takeStep = APIOperation(
        method: .post, path: "/api/v1/domains/{domain}/plan/propose", name: "takeStep",
        summary: "Propose what a step of the plan changes in the DNS",
        details: "Nothing is changed before the proposed change is applied. The plan is worked out "
            + "anew: a step that is another by now is refused.", parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                has("step", .whole(1...1_000), "The step's `order`, as the plan tells it."),
                has(
                    "kind", .words(PlanStep.Kind.allCases.map(\.rawValue)),
                    "The step's `kind`, as the plan tells it."),
                mayHave(
                    "days", .whole(1...Int64(Limits.apiDays)),
                    "The days that the plan was asked for with; 30 without it."),
                mayHave("until", .day, "The last of them; the newest data without it."),
            ]), meaning: "Which step is meant."), answer: .json(.named("Change")),
        mayConflict: true, room: .changes)

    static let lockDown = APIOperation(
        method: .post, path: "/api/v1/domains/{domain}/lock-down", name: "lockDown",
        summary: "Propose to close a domain that sends and takes no mail",
        details: "SPF, DKIM, MX and DMARC records that say so, in one change. Nothing is changed "
            + "before it is applied; `consequences` tell what may be lost.",
        parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                mayHave(
                    "days", .whole(1...Int64(Limits.apiDays)),
                    "Days in which mail of the domain is looked for; 30 without it.")
            ]), meaning: "An empty object is enough."), answer: .json(.named("Change")),
        mayConflict: true, room: .changes)

    static let ofChanges = [
        changes, change, exportChange, applyChange, changeMade, dismissChange, undoChange, takeStep,
        lockDown,
    ]
}
