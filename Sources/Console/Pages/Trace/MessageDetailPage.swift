import Gateway
import Identities
import SMTP
import Spool
import Storage

/// `/messages/ID`: what a message was, what we checked, what we decided and why, and where it went.
struct MessageDetailPage {
    let history: MessageHistory
    let record: MessageRecord?
    let mayAct: Bool
    /// What was just done, in the words of the address.
    var done: String?

    init(_ history: MessageHistory, mayAct: Bool, done: String? = nil) {
        self.history = history
        record = MessageRecord(encoded: history.message.record)
        self.mayAct = mayAct
        self.done = done
    }

    func draw() -> Page {
        let subject = record?.header.subject ?? "(no subject)"
        var fields = TraceFields.state(history.message.state)
        fields["messageID"] = .text(id)
        fields["subject"] = ForeignText.value(subject, limit: 200)
        fields["summary"] = ForeignText.value(TraceWords.summary(history, record), limit: 500)
        fields["notice"] = notice.map { .text($0) }
        fields["standsFor"] =
            history.message.standsFor > 1
            ? .text(Numbers.counted(history.message.standsFor, "message", "messages")) : nil
        fields["isUnreadable"] = .flag(record == nil)
        fields["received"] = TraceFields.instant(history.message.receivedAt)
        if let record { fields = fields.adding(facts(record)).adding(judgement(record)) }
        fields = fields.adding(recipients).adding(events).adding(acts)
        return Page(
            "message", title: ForeignText.clean(subject), place: .messages, fields: fields)
    }

    /// Whether it never came in.
    private var isTurnedAway: Bool {
        history.message.state == .refused || history.message.state == .deferred
    }

    private var id: String { QueueIdentifier(storedValue: history.message.id).description }

    private var notice: String? {
        switch done {
        case "release": "It is released and leaves with the next attempt."
        case "hold": "It is held back until somebody releases or deletes it."
        case "retry": "It is tried at once."
        case "delete": "It is deleted."
        default: nil
        }
    }

    // MARK: What it was

    private func facts(_ record: MessageRecord) -> Fields {
        let header = record.header
        let sender = record.reversePath.description
        let name = header.authorName.flatMap { $0.isEmpty ? nil : $0 }
        return [
            "authorName": name.map { ForeignText.value($0, limit: 120) },
            "author": header.authorAddress.map { ForeignText.value($0, limit: 120) },
            "hasAuthor": .flag(header.authorAddress != nil || name != nil),
            "returnPath": sender.isEmpty ? nil : ForeignText.value(sender, limit: 120),
            "headerID": header.messageID.map { ForeignText.value($0, limit: 200) },
            "headerDate": header.date.map { ForeignText.value($0, limit: 100) },
            "size": .text(Numbers.bytes(Int64(clamping: record.size))),
            "client": record.client.map { .text($0.description) },
            "heloName": record.heloName.map { ForeignText.value($0, limit: 120) },
            "role": .text(TraceWords.role(record.role)),
            "tls": record.tls.map { ForeignText.value("\($0.version), \($0.cipher)", limit: 120) },
            "certificateName": record.tls?.clientCertificateName.map {
                ForeignText.value($0, limit: 120)
            },
        ]
    }

    // MARK: What we checked, and what we decided

    private func judgement(_ record: MessageRecord) -> Fields {
        let decision = record.decision
        return [
            "checks": .list(record.checks.map(check)),
            "hasChecks": .flag(!record.checks.isEmpty),
            "decisionWord": .text(TraceWords.decision(decision.disposition)),
            "reasons": .list(
                decision.reasons.map { reason in
                    [
                        "reasonSentence": ForeignText.value(reason.sentence, limit: 500),
                        "reasonCode": .text(reason.code.rawValue),
                    ]
                }),
            "hasReasons": .flag(!decision.reasons.isEmpty),
            "done": .list(
                record.acts.map { act in
                    [
                        "doneWord": .text(TraceWords.act(act.kind)),
                        "doneSentence": ForeignText.value(act.sentence, limit: 400),
                    ]
                }),
            "hasDone": .flag(!record.acts.isEmpty),
            "took": .text(TraceWords.duration(Int64(clamping: record.durations.total))),
            "tookChecking": .text(
                TraceWords.duration(Int64(clamping: record.durations.authenticate))),
            "route": record.route.isEmpty || isTurnedAway
                ? nil : ForeignText.value(record.route, limit: 80),
            "proved": record.identities.organizational.map { ForeignText.value($0.unicode) },
        ]
    }

    private func check(_ check: RecordedCheck) -> Fields {
        [
            "checkQuestion": .text(TraceWords.method(check.method)),
            "checkAnswer": .text(TraceWords.result(check.result, of: check.method)),
            "checkWord": ForeignText.value(
                "\(TraceWords.term(check.method).lowercased())=\(check.result)", limit: 40),
            "isPass": .flag(check.result == "pass"),
            "checkDomain": check.domain.map { ForeignText.value($0, limit: 100) },
            "checkSentence": ForeignText.value(check.sentence, limit: 500),
        ]
    }

    // MARK: Where it went

    private var recipients: Fields {
        let all = max(history.recipients.count, record?.recipientCount ?? 0)
        return [
            "isTurnedAway": .flag(isTurnedAway),
            "recipients": .list(
                history.recipients.map { recipient in
                    let isTried = recipient.host != nil || recipient.reply != nil
                    let state = TraceWords.state(
                        ofRecipient: recipient.state, in: history.message.state)
                    return TraceFields.state(state).adding([
                        "recipientAddress": ForeignText.value(recipient.address, limit: 120),
                        "recipientHost": recipient.host.map { ForeignText.value($0, limit: 120) },
                        "recipientReply": recipient.reply.map { ForeignText.value($0, limit: 300) },
                        "recipientTime": isTried
                            ? TraceFields.shortInstant(recipient.updatedAt) : nil,
                        "isTried": .flag(isTried),
                    ])
                }),
            "hasRecipients": .flag(!history.recipients.isEmpty),
            "recipientsLeftOut": all > history.recipients.count
                ? .text(Numbers.counted(all - history.recipients.count, "recipient", "recipients"))
                : nil,
        ]
    }

    private var events: Fields {
        [
            "events": .list(
                history.events.map { event in
                    [
                        "eventTime": TraceFields.shortInstant(event.happenedAt),
                        "eventWord": .text(TraceWords.event(event)),
                        "eventRecipients": recipients(of: event),
                        "eventHost": event.host.map { ForeignText.value($0, limit: 120) },
                        "eventReply": event.reply.map { ForeignText.value($0, limit: 300) },
                        "eventDetail": TraceWords.detail(event).map {
                            .text(ForeignText.clean($0, limit: 120))
                        },
                        "eventNext": event.nextAt.map { TraceFields.instant($0) },
                    ]
                }),
            "hasEvents": .flag(!history.events.isEmpty),
        ]
    }

    /// Whom an event is about, where the message has several recipients.
    private func recipients(of event: MessageEvent) -> Field? {
        guard history.recipients.count > 1, !event.recipients.isEmpty else { return nil }
        let named = event.recipients.prefix(3).compactMap { position in
            history.recipients.first { $0.position == position }.map {
                ForeignText.clean($0.address, limit: 60)
            }
        }
        let others = event.recipients.count - named.count
        let end = others > 0 ? " and \(Numbers.counted(others, "other", "others"))" : ""
        return .text("For " + named.joined(separator: ", ") + end)
    }

    // MARK: What can be done

    private var acts: Fields {
        let state = history.message.state
        let path = "/messages/\(id)"
        return [
            "mayAct": .flag(mayAct && !state.isSettled),
            "releaseLink": state == .held ? .text(path + "/release") : nil,
            "retryLink": state == .waiting ? .text(path + "/retry") : nil,
            "holdLink": state == .waiting ? .text(path + "/hold") : nil,
            "deleteLink": .text(path + "/delete"),
            "itemLink": .text(path),
        ]
    }
}
