import Crypto

/// Checks an exported audit log line by line, with nothing but the file: which entry was edited,
/// removed, inserted or moved.
///
/// Each entry's digest covers its content and its predecessor's digest. Whoever edits an entry and
/// makes its digest anew is told by the next one; whoever makes all that follow anew, or cuts off
/// the end, is told by a head that was noted elsewhere.
public struct AuditVerifier: Sendable {
    private var lines: [AuditLine] = []
    private var findings: [AuditFinding] = []
    private var number = 0
    private var organisation: Int64?
    private let most: Int

    /// - Parameter most: lines that are checked; what follows them is told as unchecked.
    public init(most: Int = AuditLimits.lines) { self.most = most }

    /// Takes the next line, without its line end.
    public mutating func feed(_ line: some Collection<UInt8>) {
        number += 1
        guard number <= most else { return }
        guard line.count <= AuditLimits.line, let fields = CanonicalJSON.parse(line),
            case .number(let sequence) = fields["sequence"], sequence > 0,
            sequence < .max - AuditLimits.shift, case .number(let owner) = fields["organisation"],
            let digest = Self.fingerprint(fields["digest"]),
            let previous = Self.fingerprint(fields["previous"])
        else {
            findings.append(
                AuditFinding(
                    .foreign, nil, line: number, "Line \(number) is no entry of an audit log."))
            return
        }
        if organisation == nil { organisation = owner }
        guard owner == organisation else {
            findings.append(
                AuditFinding(
                    .foreign, nil, line: number,
                    "Line \(number) is entry \(sequence) of another organisation (\(owner))."))
            return
        }
        var entry = AuditLine(
            number: number, sequence: sequence, digest: digest, previous: previous)
        var content = fields
        content["digest"] = nil
        let isSpelled = Array(CanonicalJSON.render(fields).utf8).elementsEqual(line)
        if !isSpelled || AuditFingerprint(AuditEntry.digest(of: content)) != digest {
            entry.isEdited = true
            if isSpelled, let real = Self.realSequence(of: content, sequence, digest) {
                entry.sequence = real
                entry.isEdited = false
                entry.shift = sequence - real
            }
        }
        lines.append(entry)
    }

    /// What is wrong.
    ///
    /// - Parameter head: what was noted when the log was looked at before.
    public func verdict(head: AuditHead? = nil) -> AuditVerdict {
        var all = findings
        if number > most {
            all.append(
                AuditFinding(
                    .foreign, nil, line: most + 1,
                    "The file has \(number) lines; only the first \(most) were checked."))
        }
        var order = AuditOrder(lines)
        order.check()
        all += order.findings
        if let head { all += order.check(head) }
        all.sort { ($0.entries?.lowerBound ?? 0) < ($1.entries?.lowerBound ?? 0) }
        return AuditVerdict(
            lines: number, organisation: organisation.map { OrganisationID(rawValue: $0) },
            head: order.head, findings: Array(all.prefix(AuditLimits.findings)),
            otherFindings: max(0, all.count - AuditLimits.findings))
    }

    private static func fingerprint(_ value: CanonicalJSON.Value?) -> AuditFingerprint? {
        guard case .text(let text) = value else { return nil }
        return AuditFingerprint(text)
    }

    /// The number under which the entry was written, when nothing but the number was changed.
    private static func realSequence(
        of content: [String: CanonicalJSON.Value], _ sequence: Int64, _ digest: AuditFingerprint
    ) -> Int64? {
        var content = content
        for distance in 1...AuditLimits.shift {
            for real in [sequence - distance, sequence + distance] where real > 0 {
                content["sequence"] = .number(real)
                if AuditFingerprint(AuditEntry.digest(of: content)) == digest { return real }
            }
        }
        return nil
    }
}

/// One line of an exported audit log, as far as its place in the chain goes.
struct AuditLine: Sendable {
    var number: Int
    /// The number that the digest confirms; the one that is written where none is confirmed.
    var sequence: Int64
    var digest: AuditFingerprint
    var previous: AuditFingerprint
    var isEdited = false
    /// What was added to the number after it was written.
    var shift: Int64 = 0

    init(number: Int, sequence: Int64, digest: AuditFingerprint, previous: AuditFingerprint) {
        self.number = number
        self.sequence = sequence
        self.digest = digest
        self.previous = previous
    }
}

/// A digest of SHA-256 in 32 octets.
struct AuditFingerprint: Hashable, Sendable {
    private let parts: (UInt64, UInt64, UInt64, UInt64)

    /// Reads 64 hexadecimal digits in lower case.
    init?(_ text: String) {
        guard text.utf8.count == 64, let bytes = Hexadecimal.bytes(text) else { return nil }
        func part(_ start: Int) -> UInt64 {
            bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        parts = (part(0), part(8), part(16), part(24))
    }

    var text: String {
        [parts.0, parts.1, parts.2, parts.3].map { part in
            let digits = String(part, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }
    func hash(into hasher: inout Hasher) {
        hasher.combine(parts.0)
        hasher.combine(parts.1)
        hasher.combine(parts.2)
        hasher.combine(parts.3)
    }
}
