import Gateway
import Identities
import SMTP
import Spool
import Storage
import Testing

struct TraceReportTests {
    private func history(
        _ record: MessageRecord, _ state: MessageState, events: [MessageEvent] = []
    ) -> MessageHistory {
        MessageHistory(
            message: StoredMessage(
                id: record.id.storedValue, receivedAt: record.receivedAt, state: state,
                reason: "authenticated", standsFor: 1, record: record.encoded()),
            recipients: record.recipients.enumerated().map {
                MessageRecipient(
                    position: $0, address: $1.description, state: state,
                    updatedAt: record.receivedAt + 2_400, host: "mx.example.com",
                    reply: "250 2.0.0 Taken")
            }, events: events)
    }

    @Test func `a message's story is told in plain words`() throws {
        let record = try RecordSamples.accepted()
        let event = MessageEvent(
            messageID: record.id.storedValue, number: 7, happenedAt: record.receivedAt + 2_400,
            kind: .delivered, recipients: [0], host: "mx.example.com", reply: "250 2.0.0 Taken",
            detail: "TLSv1.3")
        let lines = TraceReport(history(record, .delivered, events: [event])).lines(width: 80)
        #expect(lines[0] == "● Delivered")
        #expect(lines[1] == "It was delivered to its recipient, 2.4 s after it came in.")
        let text = lines.joined(separator: "\n")
        for word in [
            "Queue id", record.id.description, "Anna Ünal <Anna@news.example.org>",
            "2026-11-22 12:00:00 UTC", "192.0.2.17 (mail.example.org), TLSv1.3, from outside",
            "DMARC  pass example.org: SPF and DKIM match.", "Accepted for delivery, after 15 ms",
            "authenticated  The author's domain is proved.",
            "The next server took it encrypted with TLSv1.3,",
        ] {
            #expect(text.contains(word))
        }
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test func `a refusal says why`() throws {
        let record = try RecordSamples.refused()
        let lines = TraceReport(history(record, .refused)).lines(width: 200)
        #expect(
            lines[1]
                == "We refused it, so that the sender's server tells its user. Its author's domain "
                + "asks to refuse what it did not sign.")
    }

    @Test(arguments: [MessageState.held, .refused, .deferred, .deleted, .lost])
    func `nothing is on its way to a recipient of mail that does not move`(
        _ state: MessageState
    ) throws {
        var history = history(try RecordSamples.accepted(), state)
        for index in history.recipients.indices {
            history.recipients[index].state = .waiting
            history.recipients[index].host = nil
            history.recipients[index].reply = nil
        }
        let text = TraceReport(history).lines(width: 100).joined(separator: "\n")
        #expect(!text.contains("On its way"))
        #expect(text.contains("ben@example.com  \(TraceWords.state(state))"))
        // One that has it already has it.
        #expect(TraceWords.state(ofRecipient: .delivered, in: state) == .delivered)
        #expect(TraceWords.state(ofRecipient: .waiting, in: .waiting) == .waiting)
    }

    @Test func `nothing of a message moves the cursor, and every line fits`() throws {
        var record = try RecordSamples.accepted()
        let hostile = "\u{1B}[2J\u{202E}\r\n\u{9B}31m" + String(repeating: "wide ", count: 60)
        record.header = RecordedHeader(
            authorAddress: hostile, authorName: String(repeating: "x", count: 400),
            subject: hostile, messageID: hostile, date: hostile)
        record.heloName = hostile
        record.checks = [RecordedCheck(.dkim, hostile, domain: hostile, hostile)]
        record.decision.reasons = [DecisionReason(.policyReject, hostile)]
        record.acts = [RecordedAct(.leftAlone, hostile)]
        let event = MessageEvent(
            messageID: record.id.storedValue, number: 1, happenedAt: .max, kind: .failed,
            host: hostile, reply: hostile, detail: hostile)
        for width in [0, 40, 80, 200] {
            let history = history(record, .failed, events: [event])
            let lines =
                TraceReport(history).lines(width: width)
                + TraceList([history.message]).lines(width: width)
            #expect(lines.allSatisfy { $0.count <= max(40, width) })
            let scalars = lines.joined().unicodeScalars
            #expect(scalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
            #expect(!scalars.contains("\u{202E}"))
        }
    }

    @Test func `a list has a line for each message, readable or not`() throws {
        let record = try RecordSamples.accepted(to: ["ben@example.com", "eva@example.com"])
        var broken = history(record, .delivered).message
        broken.record = [9, 9]
        let lines = TraceList([history(record, .delivered).message, broken]).lines(width: 300)
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("2026-11-22 12:00:00 UTC  \(record.id)  Delivered"))
        #expect(lines[0].contains("Anna@news.example.org → ben@example.com +1"))
        #expect(lines[1].contains("<> → "))
    }

    @Test func `every state and every kind of event has words`() {
        let states = Set(MessageState.allCases.map(TraceWords.state))
        #expect(states.count == MessageState.allCases.count)
        let kinds = Set(
            MessageEvent.Kind.allCases.map {
                TraceWords.event(MessageEvent(messageID: 1, number: 1, happenedAt: 0, kind: $0))
            })
        #expect(kinds.count == MessageEvent.Kind.allCases.count)
        let acts = Set(RecordedAct.Kind.allCases.map(TraceWords.act))
        #expect(acts.count == RecordedAct.Kind.allCases.count)
        #expect(TraceWords.duration(-1) == "0 ms")
        #expect(TraceWords.duration(2_000) == "2 s")
        #expect(TraceWords.duration(90_000) == "1 min")
        #expect(TraceWords.duration(.max).hasSuffix(" days"))
    }
}
