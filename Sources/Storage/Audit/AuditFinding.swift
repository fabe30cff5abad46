/// One thing that is wrong with an exported audit log, and where.
public struct AuditFinding: Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// Its content is not what its digest was made from, or not what its successor confirms.
        case edited
        case removed, inserted, moved, repeated
        /// It carries another number than the one it was written under.
        case renumbered
        /// It is no entry, or an entry of another organisation.
        case foreign
        /// The end that a noted head tells of is missing.
        case cutOff
    }

    public var kind: Kind
    /// The entries that it is about, by the numbers they were written under; nil for a line that
    /// is no entry.
    public var entries: ClosedRange<Int64>?
    /// The line of the file, from 1.
    public var line: Int?
    public var sentence: String

    init(
        _ kind: Kind, _ entries: ClosedRange<Int64>?, line: Int? = nil, _ sentence: String
    ) {
        self.kind = kind
        self.entries = entries
        self.line = line
        self.sentence = sentence
    }
}

/// What the check of an exported audit log found.
public struct AuditVerdict: Hashable, Sendable {
    /// Lines of the file.
    public var lines: Int
    /// The organisation that the entries name; nil when there are none.
    public var organisation: OrganisationID?
    /// What the file itself reaches: to be noted elsewhere, or to be compared with what was noted.
    public var head: AuditHead
    /// In the order of the entries; at most `AuditLimits.findings`.
    public var findings: [AuditFinding]
    /// How many more there are.
    public var otherFindings: Int

    public var isIntact: Bool { findings.isEmpty }
}
