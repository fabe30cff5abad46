import HTTPTypes
import Storage

/// The programme: which domains are ours, whose, for what, and by when at p=reject.
extension APIOperation {
    static let programme = APIOperation(
        method: .get, path: "/api/v1/programme", name: "programme",
        summary: "Who is where on the way to p=reject, what blocks each, and the forecast",
        parameters: [
            Parameter(
                name: "limit", place: .query, schema: .whole(1...Int64(Limits.apiDomains)),
                meaning: "Domains of one answer; 100 without it."),
            Parameter(
                name: "offset", place: .query, schema: .whole(0...1_000_000),
                meaning: "Domains to pass over: `next` of the answer before."),
        ], answer: .json(.named("Programme")))

    static let programmeDomain = APIOperation(
        method: .get, path: "/api/v1/programme/{domain}", name: "programmeDomain",
        summary: "One domain of the programme", parameters: [domainParameter],
        answer: .json(.named("ProgrammeDomain")))

    static let setProgrammeDomain = APIOperation(
        method: .put, path: "/api/v1/programme/{domain}", name: "setProgrammeDomain",
        summary: "Take a domain in, or change what is known of it",
        details: "What is left out is empty afterwards. With `version`, nothing is changed where "
            + "somebody else has changed the domain meanwhile.", parameters: [domainParameter],
        body: Body(
            mediaType: "application/json",
            schema: .object([
                mayHave("owner", name, "Who answers for it."),
                mayHave("purpose", .words(DomainPurpose.allCases.map(\.rawValue))),
                mayHave("tranche", name, "Which domains it goes together with."),
                mayHave("target", .day, "The day by which it shall be at p=reject."),
                mayHave(
                    "version", .text(.init(lengths: 0...40)),
                    "As it was told; empty for a domain that is not in the programme yet."),
            ]), meaning: "What shall be known of the domain."),
        answer: .json(.named("ProgrammeDomain")), mayConflict: true)

    static let removeProgrammeDomain = APIOperation(
        method: .delete, path: "/api/v1/programme/{domain}", name: "removeProgrammeDomain",
        summary: "Take a domain out of the programme; its reports stay",
        parameters: [
            domainParameter,
            Parameter(
                name: "version", place: .query, schema: .text(.init(lengths: 1...40)),
                meaning: "As it was told; whatever it is without it."),
        ], answer: .nothing, mayConflict: true)

    static let findDomains = APIOperation(
        method: .post, path: "/api/v1/programme/find", name: "findDomains",
        summary: "Look for domains of ours in reports, mail and zones, and take them in",
        answer: .json(
            .object([has("added", count, "Domains that were not in the programme before.")])),
        mayConflict: true)

    static let ofProgramme = [
        programme, programmeDomain, setProgrammeDomain, removeProgrammeDomain, findDomains,
    ]

    /// Visible letters only: a line of the audit log has one line.
    private static let name = APISchema.text(
        .init(pattern: #"^[^\u0000-\u001f]*$"#, lengths: 0...ProgrammeLimits.field))
    private static let count = APISchema.count
}
