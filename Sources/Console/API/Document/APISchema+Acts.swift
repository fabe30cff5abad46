import DomainAnalysis
import Storage

/// The shapes of what people decide: the programme, policies, changes of the DNS and alerts.
extension APISchema {
    static let ofActs: [String: APISchema] = [
        "Programme": .object([
            has("today", day), has("date", day, "The day that the forecast is about."),
            has("domainCount", count), has("monitor", count), has("quarantine", count),
            has("reject", count),
            has("forecast", count, "Domains at p=reject by the date, at today's pace."),
            has("reachedLately", count, "Domains that reached p=reject in the last 90 days."),
            has("domains", .list(.named("ProgrammeDomain"))),
            mayHave("next", count, "The offset of the next page; absent on the last."),
        ]),
        "ProgrammeDomain": .object([
            has("domain", anyText), has("owner", anyText),
            mayHave("purpose", .words(DomainPurpose.allCases.map(\.rawValue))),
            has("tranche", anyText), mayHave("target", day),
            has("source", .words(ProgrammeDomain.Source.allCases.map(\.rawValue))),
            has("addedAt", instant),
            has("stage", .words(ProgrammeStage.allCases.map(\.rawValue))),
            has("isSeen", .flag, "Whether a report has told of a policy."),
            has("hasReports", .flag), has("block", anyText, "What stands in the way, if anything."),
            mayHave("earliest", day, "The first day on which it may be at p=reject."),
            has("outlook", .words(ProgrammeBoard.Outlook.allCases.map(\.rawValue))),
            has("version", anyText, "To be shown when it is changed."),
        ]),
        "Way": .object([
            has("survey", .open("What the DNS and the reports say.")), has("step", anyText),
            has(
                "below",
                .list(
                    .object([
                        has("names", .words(SubdomainNames.allCases.map(\.rawValue))),
                        has("policy", anyText),
                    ])), "What is asked for names below the domain."),
            has("next", .list(anyText), "Steps that may be proposed next, the first first."),
            has("wantsTwoPeople", .flag), mayHave("rules", .named("WayRules")),
            has("proposals", .list(.named("Proposal"))),
        ]),
        "WayRules": .object([
            has(
                "rules",
                .object([
                    has("quarantineAfter", count), has("rejectAfter", count),
                    has("testDays", count), has("share", count), has("backShare", count),
                    has("subdomains", .flag),
                ])),
            has("sentence", anyText), has("agreedBy", anyText), has("agreedAt", instant),
            mayHave("stoppedAt", instant), has("stepSince", instant), has("remark", anyText),
            mayHave("checkedAt", instant), has("version", anyText),
        ]),
        "Proposal": .object([
            has("id", count), has("domain", anyText),
            has("state", .words(WayState.allCases.map(\.rawValue))),
            has("tags", anyText, "What is asked for: p=reject, or np=reject."),
            has("record", anyText), mayHave("replaces", anyText), has("reason", anyText),
            has("askedBy", anyText), has("askedAt", instant), mayHave("decidedBy", anyText),
            mayHave("decidedAt", instant), mayHave("change", count), has("remark", anyText),
            has("known", .open("The mail at risk as it was known then.")),
            has("sentence", anyText), has("confidence", .list(anyText)),
        ]),
        "TwoPeople": .object([
            has("wanted", .flag, "Whether who proposes a policy may not approve it.")
        ]),
        "WayDecision": .object([
            has("proposal", .named("Proposal")), has("sentence", anyText),
            mayHave("change", count, "The DNS change that makes it."),
        ]),
        "Changes": .object([
            has("changes", .list(.named("Change"))),
            mayHave("next", count, "For `before`; absent on the last page."),
        ]),
        "Change": .object([
            has("id", count), has("domain", anyText),
            has("state", .words(ChangeState.allCases.map(\.rawValue))),
            has("reason", anyText), has("askedBy", anyText),
            has(
                "consequences", .list(anyText),
                "What may be lost by it; then its domain's name is wanted."),
            has(
                "sets",
                .list(
                    .open(
                        "name, type, before and after; each side null or its ttl and records as a "
                            + "zone file writes them."))),
            mayHave("zone", anyText), mayHave("server", anyText), has("createdAt", instant),
            mayHave("appliedAt", instant), mayHave("dueAt", instant),
            mayHave("checkedAt", instant), mayHave("undoOf", count), has("remark", anyText),
            mayHave(
                "history",
                .list(
                    .object([
                        has("at", instant), has("state", anyText), has("person", anyText),
                        has("remark", anyText),
                    ])), "Where one change was asked for."),
        ]),
        "ChangeDone": .object([has("change", .named("Change")), has("sentence", anyText)]),
        "Alerts": .object([
            has("alerts", .list(.named("Alert"))),
            mayHave("next", count, "For `before`; absent on the last page."),
        ]),
        "Alert": .object([
            has("id", count), has("kind", .words(Alert.Kind.allCases.map(\.rawValue))),
            has("domain", anyText), has("place", anyText), has("since", day),
            has("what", anyText), has("evidence", anyText), has("advice", anyText),
            has("raisedAt", instant), has("seenAt", instant), mayHave("overAt", instant),
            mayHave("acknowledgedAt", instant), mayHave("acknowledgedBy", anyText),
        ]),
    ]
}
