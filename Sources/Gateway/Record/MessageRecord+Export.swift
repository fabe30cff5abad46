public import Storage

import Identities
import SMTP
import Spool

extension MessageRecord {
    /// What a stored message's record says, in the names of the Elastic Common Schema.
    public static func exported(_ message: StoredMessage) -> [String: ExportValue] {
        guard let record = MessageRecord(encoded: message.record) else {
            return [
                "message": "The record of this message cannot be read.",
                "email": .object([
                    "local_id": .text(QueueIdentifier(storedValue: message.id).description)
                ]),
            ]
        }
        return record.exported(standsFor: message.standsFor)
    }

    private func exported(standsFor: Int64) -> [String: ExportValue] {
        let reason = decision.reasons.first?.sentence ?? ""
        var members: [String: ExportValue] = [
            "message": .text(reason.isEmpty ? decision.disposition.rawValue : reason),
            "event": .object([
                "action": .text(decision.disposition.rawValue),
                "reason": .text(reason), "type": [.text(type)],
                "duration": .number(Int64(clamping: durations.total) &* 1_000),
            ]),
            "email": .object(email),
        ]
        if let client {
            var source: [String: ExportValue] = [
                "ip": .text(client.description), "address": .text(client.description),
            ]
            source["domain"] = heloName.map { .text($0) }
            members["source"] = .object(source)
        }
        if let tls {
            members["tls"] = .object([
                "version": .text(tls.version), "cipher": .text(tls.cipher),
            ])
        }
        members["sealgate"] = .object([
            "mail": .object([
                "role": .text("\(role)"), "size": .number(Int64(size)),
                "recipients": .number(Int64(recipientCount)), "stands_for": .number(standsFor),
                "reasons": .texts(
                    decision.reasons.prefix(ExportLimits.checks).map(\.code.rawValue)),
                "checks": .list(
                    checks.prefix(ExportLimits.checks).map { check in
                        var told: [String: ExportValue] = [
                            "method": .text("\(check.method)"), "result": .text(check.result),
                        ]
                        told["domain"] = check.domain.map { .text($0) }
                        return .object(told)
                    }),
            ])
        ])
        return members
    }

    private var type: String {
        switch decision.disposition {
        case .deliver: "allowed"
        case .hold, .reject: "denied"
        case .defer: "info"
        }
    }

    private var email: [String: ExportValue] {
        var email: [String: ExportValue] = [
            "direction": .text(role == .inbound ? "inbound" : "outbound"),
            "local_id": .text(id.description),
            "sender": .object(["address": .text(reversePath.description)]),
            "to": .object([
                "address": .texts(
                    recipients.prefix(ExportLimits.recipients).map(\.description))
            ]),
        ]
        email["from"] = header.authorAddress.map { .object(["address": [.text($0)]]) }
        email["subject"] = header.subject.map { .text($0) }
        email["message_id"] = header.messageID.map { .text($0) }
        return email
    }
}
