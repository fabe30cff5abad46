import Crypto
import DomainAnalysis
import FoundationEssentials
public import Identities
import MailReports
import SQLDatabase

/// Ids for what many rows share: looked up, and given out where there is none yet.
extension IngestTransaction {
    func id(ofDomain domain: DomainName) throws -> Int64 {
        if let id = caches.domains[domain.text] { return id }
        let found = try transaction.rows(
            "SELECT id FROM domain WHERE organisation_id = ? AND name = ?",
            [.integer(organisation.rawValue), .text(domain.text)])
        let id: Int64
        if let row = found.first {
            id = row.integer(0)
        } else {
            id = try takeID("domain")
            try transaction.execute(
                "INSERT INTO domain (id, organisation_id, name, created_at) VALUES (?, ?, ?, ?)",
                [
                    .integer(id), .integer(organisation.rawValue), .text(domain.text),
                    .integer(now),
                ])
        }
        caches.domains[domain.text] = id
        return id
    }

    func ids(ofSenders identifications: [SenderIdentification]) throws -> [Int64] {
        try identifications.map { identification in
            let key = Self.keyText(identification.key)
            if let id = caches.senders[key] { return id }
            let found = try transaction.rows(
                "SELECT id FROM sender WHERE organisation_id = ? AND key = ?",
                [.integer(organisation.rawValue), .text(key)])
            let id: Int64
            if let row = found.first {
                id = row.integer(0)
            } else {
                id = try takeID("sender")
                try transaction.execute(
                    """
                    INSERT INTO sender (id, organisation_id, key, name, service_id)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                    [
                        .integer(id), .integer(organisation.rawValue), .text(key),
                        .text(identification.name), .optional(identification.serviceID),
                    ])
            }
            caches.senders[key] = id
            return id
        }
    }

    func ids(ofSets keys: [AuthenticationSetKey]) throws -> [Int64] {
        var unseen: [[UInt8]: AuthenticationSetKey] = [:]
        var missing: [Int] = []
        var ids: [Int64] = []
        ids.reserveCapacity(keys.count)
        for (index, key) in keys.enumerated() {
            let id = caches.sets[key]
            ids.append(id ?? 0)
            guard id == nil else { continue }
            missing.append(index)
            unseen[digest(of: key)] = key
        }
        if !unseen.isEmpty { try settle(unseen) }
        for index in missing { ids[index] = caches.sets[keys[index]] ?? 0 }
        return ids
    }

    private func settle(_ sets: [[UInt8]: AuthenticationSetKey]) throws {
        var digests = Array(sets.keys)
        // Few lengths of the list mean few statements to prepare: the rest is filled up.
        let length = [1, 4, 16, 64, 256].first { $0 >= digests.count } ?? digests.count
        if let first = digests.first {
            digests += Array(repeating: first, count: length - digests.count)
        }
        let marks = Array(repeating: "?", count: digests.count).joined(separator: ", ")
        let found = try transaction.rows(
            """
            SELECT digest, id FROM authentication_set
            WHERE organisation_id = ? AND digest IN (\(marks))
            """,
            [.integer(organisation.rawValue)] + digests.map { .blob($0) })
        var missing = sets
        for row in found {
            if let key = missing.removeValue(forKey: row.blob(0)) {
                caches.sets[key] = row.integer(1)
            }
        }
        guard !missing.isEmpty else { return }
        var id = try takeIDs("authentication_set", missing.count)
        var rows: [SQLValue] = []
        var results: [SQLValue] = []
        for (digest, key) in missing {
            rows += [
                .integer(id), .integer(organisation.rawValue), .blob(digest),
                .text(key.headerFrom), .optional(key.envelopeFrom),
            ]
            appendResults(of: key, id: id, to: &results)
            caches.sets[key] = id
            id += 1
        }
        self.rows.add(rows, to: .authenticationSet)
        self.rows.add(results, to: .authenticationResult)
    }

    private func appendResults(
        of key: AuthenticationSetKey, id: Int64, to results: inout [SQLValue]
    ) {
        var position: Int64 = 0
        for each in key.dkim {
            results += [
                .integer(id), .integer(position), .integer(AuthenticationKind.dkim.rawValue),
                .text(each.domain), .optional(each.selector), .null, .text(each.result),
                .optional(each.humanResult),
            ]
            position += 1
        }
        for each in key.spf {
            results += [
                .integer(id), .integer(position), .integer(AuthenticationKind.spf.rawValue),
                .text(each.domain), .null, .optional(each.scope), .text(each.result),
                .optional(each.humanResult),
            ]
            position += 1
        }
    }

    /// 128 bits of SHA-256 over every value with its length, so that no two sets read alike.
    private func digest(of key: AuthenticationSetKey) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ text: String?) {
            guard let text else {
                bytes.append(0xFF)
                return
            }
            withUnsafeBytes(of: UInt32(clamping: text.utf8.count)) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
        add(key.headerFrom)
        add(key.envelopeFrom)
        for each in key.dkim {
            bytes.append(1)
            add(each.domain)
            add(each.selector)
            add(each.result)
            add(each.humanResult)
        }
        for each in key.spf {
            bytes.append(2)
            add(each.domain)
            add(each.scope)
            add(each.result)
            add(each.humanResult)
        }
        return Array(SHA256.hash(data: bytes).prefix(16))
    }

    /// Keeps the forward-confirmed names that sources have today.
    public func keep(names: [IPAddress: DomainName]) throws {
        for (address, name) in names {
            try transaction.execute(
                """
                INSERT INTO source_name (organisation_id, source, name, asked_at)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (organisation_id, source) DO UPDATE SET
                    name = excluded.name, asked_at = excluded.asked_at
                """,
                [
                    .integer(organisation.rawValue), .text(address.description),
                    .text(name.text), .integer(now),
                ])
        }
    }

    /// Keeps, for each sender of the domain, the best identification so far and the latest reason.
    func noteSenders(_ notes: [Int64: SenderNote], domain: Int64) throws {
        for (sender, note) in notes {
            let pair = IngestCaches.DomainSender(domain: domain, sender: sender)
            let confidence = note.identification.confidence
            if let known = caches.domainSenders[pair], known >= confidence { continue }
            try transaction.execute(
                """
                INSERT INTO domain_sender (domain_id, sender_id, confidence, evidence, reason,
                    first_day, last_day, last_undecided_day)
                VALUES (?, ?, ?, ?, ?, ?, ?, -1)
                ON CONFLICT (domain_id, sender_id) DO UPDATE SET
                    confidence = excluded.confidence, evidence = excluded.evidence,
                    reason = excluded.reason
                WHERE domain_sender.confidence < excluded.confidence
                """,
                [
                    .integer(domain), .integer(sender), .integer(confidence.rawValue),
                    .text(try text(of: note.identification.evidence)), .text(note.reason),
                    .integer(Int64(Int32.max)), .integer(-1),
                ])
            caches.domainSenders[pair] = confidence
        }
    }
}

/// What a row of `authentication_result` is.
enum AuthenticationKind: Int64 {
    case dkim = 0
    case spf = 1
}
