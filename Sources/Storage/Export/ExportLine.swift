import Identities
import MailReports

/// Writes what happened in the names of the Elastic Common Schema (version 8), where it has one for
/// it; what is ours alone stands under `sealgate`.
public struct ExportLine: Sendable {
    /// What a message's record says, in the same names; the record is read by who wrote it.
    public typealias Verdict = @Sendable (StoredMessage) -> [String: ExportValue]

    private let organisation: OrganisationID
    private let verdict: Verdict

    public init(organisation: OrganisationID, verdict: @escaping Verdict) {
        self.organisation = organisation
        self.verdict = verdict
    }

    /// One line of JSON without its end.
    ///
    /// - Parameter octets: texts are cut until the line has no more; nil for no such bound.
    public func render(_ row: ExportRow, most octets: Int? = nil) -> String {
        var members = members(of: row)
        members["@timestamp"] = .text(row.time)
        members["cursor"] = .text(row.cursor.description)
        members["ecs"] = .object(["version": "8.11"])
        members["organization"] = .object(["id": .text(String(organisation.rawValue))])
        let value = ExportValue.object(members)
        var line = value.line()
        for limit in [ExportLimits.shortText, ExportLimits.shortestText] {
            guard let octets, line.utf8.count > octets else { break }
            line = value.line(text: limit)
        }
        return line
    }

    private func members(of row: ExportRow) -> [String: ExportValue] {
        switch row.content {
        case .audit(let entry): audit(entry)
        case .alert(let recorded): alert(recorded)
        case .message(let recorded): message(recorded)
        }
    }

    private func event(
        _ kind: String, _ dataset: String, _ category: String, _ type: String, action: String,
        _ sequence: Int64
    ) -> [String: ExportValue] {
        [
            "kind": .text(kind), "dataset": .text("sealgate.\(dataset)"), "module": "sealgate",
            "category": [.text(category)], "type": [.text(type)], "action": .text(action),
            // The same for the same thing, should it ever come twice.
            "id": .text("\(dataset)-\(organisation.rawValue)-\(sequence)"),
            "sequence": .number(sequence),
        ]
    }

    private func audit(_ entry: AuditEntry) -> [String: ExportValue] {
        let change = entry.change
        var user: [String: ExportValue] = ["name": .text(change.actor.name)]
        user["id"] = change.actor.id.map { .text(String($0)) }
        var ours: [String: ExportValue] = [
            "actor_kind": .text(change.actor.kind.rawValue), "digest": .text(entry.digest),
        ]
        ours["before"] = change.before.map { .text($0) }
        ours["after"] = change.after.map { .text($0) }
        return [
            "event": .object(
                event(
                    "event", "audit", "configuration", "change", action: change.act,
                    entry.sequence)),
            "message": .text(change.subject), "user": .object(user),
            "sealgate": .object(["audit": .object(ours)]),
        ]
    }

    private func alert(_ recorded: RecordedAlert) -> [String: ExportValue] {
        let finding = recorded.alert.finding
        return [
            "event": .object(
                event(
                    "alert", "alert", "threat", recorded.kind == .raised ? "start" : "end",
                    action: finding.key.kind.rawValue, recorded.sequence)),
            "message": .text(finding.what),
            "sealgate": .object([
                "alert": .object([
                    "id": .number(recorded.alert.id), "domain": .text(finding.key.domain),
                    "place": .text(finding.key.place), "evidence": .text(finding.evidence),
                    "advice": .text(finding.advice), "state": .text(recorded.kind.rawValue),
                ])
            ]),
        ]
    }

    private func message(_ recorded: RecordedMessage) -> [String: ExportValue] {
        let message = recorded.message
        let type: String =
            switch message.state {
            case .refused, .held: "denied"
            case .deferred: "info"
            default: "allowed"
            }
        var members = verdict(message)
        var event = event("event", "mail", "email", type, action: "recorded", recorded.sequence)
        if case .object(let told)? = members["event"] { event.merge(told) { _, told in told } }
        if !message.reason.isEmpty { event["code"] = .text(message.reason) }
        members["event"] = .object(event)
        return members
    }
}

extension ExportValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: ExportValue...) { self = .list(elements) }
}
