import DomainAnalysis
import Storage

/// The shapes of what is answered, by the names that the document gives them.
extension APISchema {
    static let all = general.merging(ofActs) { first, _ in first }

    private static let general: [String: APISchema] = [
        "Refusal": .object([has("error", anyText, "What went wrong and what to do, in a sentence.")]
        ),
        "Window": .object([has("first", day), has("last", day)]),
        "Counts": .object(
            [has("total", count)]
                + SourceClass.allCases.map { has($0.rawValue, count) }),
        "Day": .object([
            has("day", day), has("messages", .named("Counts")),
            has("estimated", count, "Of reports that span days, shared out over them."),
        ]),
        "Policy": .object([
            mayHave("policy", anyText, "p, as a reporter saw it last."),
            mayHave("subdomainPolicy", anyText), mayHave("nonexistentSubdomainPolicy", anyText),
            mayHave("testing", .flag, "Whether t=y is published."),
            has("foundAt", anyText, "The domain whose record it is."),
            has("reporter", anyText), has("seen", day),
        ]),
        "Domain": .object([
            has("domain", anyText), has("messages", .named("Counts")),
            mayHave("published", .named("Policy")), mayHave("firstDay", day),
            mayHave("lastDay", day), has("undecidedSenders", count),
        ]),
        "Domains": .object([
            has("window", .named("Window")),
            has("endsWithNewestData", .flag, "Whether nothing newer was reported."),
            has("domains", .list(.named("Domain"))),
            mayHave("next", count, "The offset of the next page; absent on the last."),
        ]),
        "Sender": .object([
            has("key", anyText), has("name", anyText),
            mayHave("service", anyText, "The service's name in Sealgate's catalogue."),
            has("confidence", .words(["none", "weak", "moderate", "strong", "certain"])),
            has("messages", .named("Counts")), has("dkimAligned", count),
            has("spfAligned", count), has("quarantined", count), has("rejected", count),
            has("addresses", count), has("firstDay", day), has("lastDay", day),
            has("reason", anyText),
        ]),
        "DecidedSenders": .object([
            has("domain", anyText), has("first", day), has("last", day),
            has("senders", .list(.named("DecidedSender"))), has("others", count),
        ]),
        "DecidedSender": .object([
            has("key", anyText), has("name", anyText), has("group", anyText),
            mayHave("service", anyText), mayHave("verdict", .words(["authorised", "rejected"])),
            mayHave("decidedBy", anyText), mayHave("decidedAt", instant),
            mayHave("owner", anyText), mayHave("note", anyText), has("needsDecision", .flag),
            has("messages", count), has("proved", count), has("undecided", count),
            has("forwarded", count), has("forged", count), has("dkimAligned", count),
            has("spfAligned", count), has("firstDay", day), has("lastDay", day),
            has("days", .list(count)), has("advice", anyText),
            has("evidence", .list(.open("What was seen, and what it matched."))),
        ]),
        "Decided": .object([
            has("sender", .named("DecidedSender")),
            mayHave("event", count, "To be undone by; absent when it was so already."),
            mayHave("dns", .open("What the DNS needs for it; nothing of it was made.")),
            mayHave(
                "back", count,
                "After an undo: the proposed change that takes back what was made in the DNS."),
            mayHave(
                "left", .named("LeftInDNS"),
                "After an undo: the change that may still be in the DNS, without a way back."),
        ]),
        "LeftInDNS": .object([
            has("change", count, "The change's number."),
            has("sentence", anyText, "What is undone and what is not, why, and where to go."),
        ]),
        "Reporter": .object([
            has("reporter", anyText), has("reports", count), has("messages", count),
        ]),
        "DomainDetail": .object([
            has("domain", anyText), has("window", .named("Window")),
            has("endsWithNewestData", .flag), has("messages", .named("Counts")),
            has("days", .list(.named("Day"))),
            has("senders", .list(.named("Sender")), "Most messages first."),
            has("otherSenders", count, "Senders beyond the list."),
            has("undecidedSenders", count), has("undecidedMessages", count),
            has("reporters", .list(.named("Reporter"))), mayHave("published", .named("Policy")),
        ]),
        "ReplaySums": .object([
            has("messages", count), has("pass", count), has("none", count),
            has("quarantine", count), has("reject", count), has("notCovered", count),
            has("undetermined", count),
            has("legitimateAtRisk", count, "Of the owner's mail, what would be stopped."),
            has("forgedStopped", count, "Of forged mail, what would be stopped."),
            has("senders", .list(.named("ReplaySender"))),
        ]),
        "ReplaySender": .object([
            has("key", anyText), has("name", anyText),
            has("fate", .words(SourceClass.Fate.allCases.map(\.rawValue))),
            has("messages", count), has("wouldBeQuarantined", count),
            has("wouldBeRejected", count),
        ]),
        "Replay": .object([
            has("domain", anyText), has("record", anyText),
            mayHave("problem", anyText, "Why the record cannot be tried; then there are no sums."),
            has("warnings", .list(anyText)),
            mayHave("treewalk", .named("ReplaySums"), "As RFC 9989 finds records."),
            mayHave("psl", .named("ReplaySums"), "As receivers with RFC 7489 find them."),
        ]),
        "Report": .object(reportProperties),
        "Reports": .object([
            has("reports", .list(.named("Report"))),
            mayHave("next", count, "For `before`; absent on the last page."),
        ]),
        "Record": .object([
            has("source", anyText), has("messages", count), has("disposition", anyText),
            has("dkim", anyText), has("spf", anyText), has("headerFrom", anyText),
            mayHave("envelopeFrom", anyText),
        ]),
        "ReportDetail": .object(
            reportProperties
                + has("rows", .list(.named("Record")), "The largest of them; at most 200.")),
        "Totals": .object([
            has("reports", count), has("records", count), has("messages", count),
            has("repaired", count), has("tlsReports", count), has("failureReports", count),
            has("quarantined", count, "Documents set aside."),
        ]),
        "Token": .object([
            has("name", anyText), has("organisation", count),
            has("role", .words(Role.allCases.map(\.rawValue))),
            has("scopes", .list(.words(TokenScope.allCases.map(\.rawValue)))),
            has("expiresAt", instant),
        ]),
        "Taken": .object([
            has(
                "accepted",
                .list(
                    .object([
                        has("id", count), has("reporter", anyText), has("domain", anyText),
                        has("messages", count),
                    ]))),
            has("repeated", count), has("isKnown", .flag),
            has(
                "setAside", .list(.object([has("document", anyText), has("reason", anyText)]))),
            has("passedOver", count),
        ]),
        "Plan": .open(
            "The plan to p=reject: domain, headline, stage, readiness, milestone, and steps, each "
                + "with its changes of the DNS, risk and evidence."),
    ]

    private static let reportProperties: [Property] = [
        has("id", count), has("kind", .words(["aggregate", "tls", "failure"])),
        has("reporter", anyText), has("reportID", anyText), has("policyDomain", anyText),
        has("begin", .whole(Int64.min...Int64.max)), has("end", .whole(Int64.min...Int64.max)),
        has("records", count), has("messages", count), has("isRepaired", .flag),
        has("receivedAt", instant),
        mayHave("trust", anyText, "How far the report is believed; absent where nobody judged."),
    ]
}
