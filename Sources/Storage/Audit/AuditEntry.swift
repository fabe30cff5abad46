import Crypto

/// What somebody changed, before it has its place in the audit log.
public struct AuditChange: Hashable, Sendable {
    public var actor: AuditActor
    /// What was done, as two words with a point between: `member.role`, `token.revoke`.
    public var act: String
    /// What it was done to, as a person would name it.
    public var subject: String
    /// What was so before; nil where there was nothing.
    public var before: String?
    /// What is so now; nil where there is nothing any more.
    public var after: String?

    public init(
        by actor: AuditActor, _ act: String, _ subject: String, before: String? = nil,
        after: String? = nil
    ) {
        self.actor = actor
        self.act = act
        self.subject = subject
        self.before = before
        self.after = after
    }
}

/// One line of the audit log, chained to the line before it by its digest.
public struct AuditEntry: Hashable, Sendable {
    public var organisation: OrganisationID
    /// Counts from 1 in each organisation, without a gap.
    public var sequence: Int64
    /// Seconds since 1970-01-01T00:00:00Z.
    public var at: Int64
    public var change: AuditChange
    /// The digest of the entry before; `AuditEntry.beginning` for the first.
    public var previous: String
    /// SHA-256 over everything else, in hexadecimal.
    public var digest: String

    /// What the first entry of a chain names as its predecessor.
    public static let beginning = String(repeating: "0", count: 64)

    /// An entry with its digest.
    init(
        _ change: AuditChange, organisation: OrganisationID, sequence: Int64, at: Int64,
        previous: String
    ) {
        self.organisation = organisation
        self.sequence = sequence
        self.at = at
        self.change = change
        self.previous = previous
        self.digest = ""
        digest = Self.digest(of: content)
    }

    /// An entry as it was stored; its digest is taken on trust.
    init(
        _ change: AuditChange, organisation: OrganisationID, sequence: Int64, at: Int64,
        previous: String, digest: String
    ) {
        self.organisation = organisation
        self.sequence = sequence
        self.at = at
        self.change = change
        self.previous = previous
        self.digest = digest
    }

    /// The entry as a line of an export, without a line end.
    public var line: String {
        var fields = content
        fields["digest"] = .text(digest)
        return CanonicalJSON.render(fields)
    }

    static func digest(of content: [String: CanonicalJSON.Value]) -> String {
        Hexadecimal.text(SHA256.hash(data: Array(CanonicalJSON.render(content).utf8)))
    }

    /// Everything that the digest is made from. A name that is absent has no value.
    private var content: [String: CanonicalJSON.Value] {
        var fields: [String: CanonicalJSON.Value] = [
            "organisation": .number(organisation.rawValue), "sequence": .number(sequence),
            "at": .number(at), "actor_kind": .text(change.actor.kind.rawValue),
            "actor": .text(change.actor.name), "act": .text(change.act),
            "subject": .text(change.subject), "previous": .text(previous),
        ]
        fields["actor_id"] = change.actor.id.map { .number($0) }
        fields["before"] = change.before.map { .text($0) }
        fields["after"] = change.after.map { .text($0) }
        return fields
    }
}

/// The point that a chain has reached: noted elsewhere, it shows later whether anything before it
/// was touched or cut off.
public struct AuditHead: Hashable, Sendable, CustomStringConvertible {
    /// 0 while nothing was changed yet.
    public var sequence: Int64
    public var digest: String

    public init(sequence: Int64, digest: String) {
        self.sequence = sequence
        self.digest = digest
    }

    /// Reads `42:9f86…`; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0,
            parts[1].utf8.count == 64, parts[1].utf8.allSatisfy(Hexadecimal.isDigit)
        else { return nil }
        self.init(sequence: sequence, digest: String(parts[1]))
    }

    public var description: String { "\(sequence):\(digest)" }
}
