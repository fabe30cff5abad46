import DomainAnalysis
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

    func id(ofSender identification: SenderIdentification) throws -> Int64 {
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

    /// Gives sets their ids; each comes with the place of a row that has it.
    func settle(
        _ sets: [AuthenticationSetDigest: Int], of records: [AggregateRecord]
    ) throws {
        try lookUp(sets.keys.filter { !absentSets.contains($0) })
        for (digest, place) in sets where caches.sets[digest] == nil {
            let id = try takeID("authentication_set")
            rows.fill(.authenticationSet) { values in
                values.append(.integer(id))
                values.append(.integer(organisation.rawValue))
                values.append(.blob(digest.octets))
                values.append(.text(records[place].headerFrom))
                values.append(.optional(records[place].envelopeFrom))
            }
            addResults(of: records[place].dkim, records[place].spf, id: id)
            caches.sets[digest] = id
        }
    }

    /// Asks for what many reports are about to need in few statements instead of one for each.
    public func foresee(
        objects: some Sequence<String>,
        judgements: some Sequence<[IdentifiedRecord.Judgement]>
    ) throws {
        var digests = Set(objects)
        for known in try knownObjects(among: digests) { digests.remove(known) }
        absentObjects = digests
        var sets: Set<AuthenticationSetDigest> = []
        for report in judgements {
            for judgement in report where caches.sets[judgement.authenticationSet] == nil {
                sets.insert(judgement.authenticationSet)
            }
        }
        try lookUp(Array(sets))
    }

    /// Remembers which sets are stored, and which are not.
    private func lookUp(_ sets: [AuthenticationSetDigest]) throws {
        for start in stride(from: 0, to: sets.count, by: 256) {
            let part = sets[start..<min(start + 256, sets.count)]
            var digests = part.map { SQLValue.blob($0.octets) }
            // Few lengths of the list mean few statements to prepare: the rest is filled up.
            let length = [1, 4, 16, 64, 256].first { $0 >= digests.count } ?? digests.count
            digests += Array(repeating: digests[0], count: length - digests.count)
            let marks = Array(repeating: "?", count: digests.count).joined(separator: ", ")
            absentSets.formUnion(part)
            try transaction.forEachRow(
                """
                SELECT digest, id FROM authentication_set
                WHERE organisation_id = ? AND digest IN (\(marks))
                """,
                [.integer(organisation.rawValue)] + digests
            ) { row in
                guard let digest = AuthenticationSetDigest(row.blob(0)) else { return true }
                caches.sets[digest] = row.integer(1)
                absentSets.remove(digest)
                return true
            }
        }
    }

    private func addResults(
        of dkim: [AggregateRecord.DKIMAuthenticationResult],
        _ spf: [AggregateRecord.SPFAuthenticationResult], id: Int64
    ) {
        rows.fill(.authenticationResult) { values in
            var position: Int64 = 0
            for each in dkim {
                values.append(.integer(id))
                values.append(.integer(position))
                values.append(.integer(AuthenticationKind.dkim.rawValue))
                values.append(.text(each.domain))
                values.append(.optional(each.selector))
                values.append(.null)
                values.append(.text(each.result))
                values.append(.optional(each.humanResult))
                position += 1
            }
            for each in spf {
                values.append(.integer(id))
                values.append(.integer(position))
                values.append(.integer(AuthenticationKind.spf.rawValue))
                values.append(.text(each.domain))
                values.append(.null)
                values.append(.optional(each.scope))
                values.append(.text(each.result))
                values.append(.optional(each.humanResult))
                position += 1
            }
        }
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
}

/// What a row of `authentication_result` is.
enum AuthenticationKind: Int64 {
    case dkim = 0
    case spf = 1
}
