import Gateway
import MailReports
import Spool
import Storage

/// What a person looks for, as the search form of the messages says it.
struct MessageQuery {
    /// The texts of the form, by name.
    private(set) var texts: [String: String] = [:]
    private(set) var outcome: TraceQuestion.Outcome?
    private(set) var first: MailReports.UTCDay?
    private(set) var last: MailReports.UTCDay?
    private(set) var question = TraceQuestion()
    private var misread: [String] = []

    static let textNames = ["q", "from", "to", "subject", "client"]

    init(_ query: Query) {
        for name in Self.textNames {
            if let text = query[name] {
                texts[name] = ForeignText.clean(text, limit: Limits.messageQuery)
            }
        }
        if let word = query["what"] {
            outcome = TraceQuestion.Outcome(rawValue: word)
            if outcome == nil { misread.append("What happened to a message has no such name.") }
        }
        first = readDay(query["since"])
        last = readDay(query["until"])
        question = TraceQuestion(
            anything: texts["q"], sender: texts["from"], recipient: texts["to"],
            subject: texts["subject"], client: texts["client"], outcome: outcome,
            from: first.map { $0.firstSecond * 1_000 },
            until: last.map { $0.advanced(by: 1).firstSecond * 1_000 })
    }

    /// What could not be understood, each in a sentence.
    var problems: [String] { question.problems + misread }

    /// Whether anything was asked for.
    var isEmpty: Bool { texts.isEmpty && outcome == nil && first == nil && last == nil }

    /// The address of the list with the same question.
    func link() -> Link {
        var link = Link("messages")
        for name in Self.textNames { link = link.with(name, texts[name]) }
        return link.with("what", outcome?.rawValue).with("since", first?.description)
            .with("until", last?.description)
    }

    private mutating func readDay(_ text: String?) -> MailReports.UTCDay? {
        guard let text else { return nil }
        if let day = MailReports.UTCDay(text), (0...200_000).contains(day.number) { return day }
        misread.append(
            "“\(ForeignText.clean(text, limit: 20))” is no day; write it as 2026-11-22.")
        return nil
    }
}
