import Gateway
import MailReports
import Storage

/// `/messages`: what happened today, a search form, and the messages that fit.
struct MessageListPage {
    let query: MessageQuery
    let page: MessagePage
    /// What was counted today.
    let counts: [MessageCount]
    let isLaterPage: Bool

    func draw() -> Page {
        var fields: Fields = [
            "lead": .list(lead),
            "messages": .list(page.messages.map(TraceFields.row)),
            "hasMessages": .flag(!page.messages.isEmpty),
            "problems": .list(query.problems.map { ["problemText": .text($0)] }),
            "isCutShort": .flag(page.isCutShort),
            "older": page.next.map { query.link().with("at", $0.description).value },
            "isAsked": .flag(!query.isEmpty),
            "isDetailed": .flag(
                MessageQuery.textNames.dropFirst().contains { query.texts[$0] != nil }),
            "since": .text(query.first?.description ?? ""),
            "until": .text(query.last?.description ?? ""),
            "outcomes": .list(
                TraceQuestion.Outcome.allCases.map { outcome in
                    [
                        "outcomeName": .text(outcome.rawValue),
                        "outcomeWord": .text(TraceWords.state(outcome.state)),
                        "isOutcomeChosen": .flag(outcome == query.outcome),
                    ]
                }),
        ]
        for name in MessageQuery.textNames {
            fields["\(name)Input"] = .text(query.texts[name] ?? "")
        }
        return Page("messages", title: "Messages", place: .messages, fields: fields)
    }

    private func count(_ kinds: MessageCount.Kind...) -> Int64 {
        counts.filter { kinds.contains($0.kind) }.reduce(0) { $0 &+ $1.messages }
    }

    /// What happened today, each figure leading to its messages; with a question, what was found.
    private var lead: [Fields] {
        if !query.isEmpty || isLaterPage { return [Words.piece(found)] }
        let accepted = count(.accepted)
        let (held, refused) = (count(.held), count(.refused))
        let (failed, deferred) = (count(.failed), count(.deferred))
        guard accepted + held + refused + deferred > 0 else {
            return [Words.piece("No mail came in since midnight (UTC).")]
        }
        var pieces = [
            Words.piece("Since midnight (UTC) "),
            Words.piece(Numbers.counted(accepted, "message was", "messages were"), strong: true),
            Words.piece(" let through, "), part(held, "held", .held), Words.piece(" and "),
            part(refused, "refused", .refused), Words.piece("."),
        ]
        if failed > 0 {
            pieces.append(Words.piece(" Mail for "))
            pieces.append(
                Words.piece(
                    Numbers.counted(failed, "recipient", "recipients"), to: link(to: .failed)))
            pieces.append(Words.piece(" could not be delivered."))
        }
        if deferred > 0 {
            pieces.append(Words.piece(" Servers were told to come again "))
            pieces.append(
                Words.piece(
                    Numbers.counted(deferred, "time", "times"), to: link(to: .deferred)))
            pieces.append(Words.piece("."))
        }
        return pieces
    }

    private func part(_ count: Int64, _ word: String, _ outcome: TraceQuestion.Outcome) -> Fields {
        count == 0
            ? Words.piece("none \(word)")
            : Words.piece("\(Numbers.grouped(count)) \(word)", to: link(to: outcome))
    }

    private func link(to outcome: TraceQuestion.Outcome) -> String {
        "/messages?what=\(outcome.rawValue)"
    }

    private var found: String {
        let count = page.messages.count
        if count == 0 {
            return page.isCutShort
                ? "Nothing that fits so far; the search looked back a good way and can go on."
                : isLaterPage ? "Nothing older fits." : "No message fits."
        }
        if page.next != nil || isLaterPage {
            return
                "\(Numbers.counted(count, "message", "messages")) on this page, the newest first."
        }
        return Numbers.counted(count, "message fits.", "messages fit.")
    }
}
