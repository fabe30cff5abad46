import DomainAnalysis

/// Messages of some days by what they were, and what receivers did with the forged ones.
public struct EvidenceCounts: Hashable, Sendable {
    /// Proved by SPF or DKIM.
    public var legitimate: Int64 = 0
    /// Not proved, by senders that a person has yet to decide about.
    public var undecided: Int64 = 0
    /// Passed on by others, who broke the proof.
    public var forwarded: Int64 = 0
    /// Forged in the domain's name.
    public var unauthorised: Int64 = 0
    /// Of the unauthorised messages, those that receivers refused, and those that they put aside.
    public var rejected: Int64 = 0
    public var quarantined: Int64 = 0
    /// Of all others, those that receivers refused or put aside.
    public var othersStopped: Int64 = 0

    public init() {}

    public var total: Int64 {
        ClassCounts.sum(
            ClassCounts.sum(legitimate, undecided), ClassCounts.sum(forwarded, unauthorised))
    }

    /// Of the unauthorised messages, those that receivers neither refused nor put aside.
    public var letThrough: Int64 { max(0, unauthorised - stopped) }
    /// Of the unauthorised messages, all others.
    public var stopped: Int64 { min(unauthorised, ClassCounts.sum(rejected, quarantined)) }

    mutating func add(
        _ messages: Int64, rejected: Int64, quarantined: Int64, to sourceClass: SourceClass
    ) {
        switch sourceClass.fate {
        case .proved: legitimate = ClassCounts.sum(legitimate, messages)
        case .undecided: undecided = ClassCounts.sum(undecided, messages)
        case .forwarded: forwarded = ClassCounts.sum(forwarded, messages)
        case .forged:
            unauthorised = ClassCounts.sum(unauthorised, messages)
            self.rejected = ClassCounts.sum(self.rejected, rejected)
            self.quarantined = ClassCounts.sum(self.quarantined, quarantined)
            return
        }
        othersStopped = ClassCounts.sum(othersStopped, ClassCounts.sum(rejected, quarantined))
    }

    public static func += (left: inout EvidenceCounts, right: EvidenceCounts) {
        left.legitimate = ClassCounts.sum(left.legitimate, right.legitimate)
        left.undecided = ClassCounts.sum(left.undecided, right.undecided)
        left.forwarded = ClassCounts.sum(left.forwarded, right.forwarded)
        left.unauthorised = ClassCounts.sum(left.unauthorised, right.unauthorised)
        left.rejected = ClassCounts.sum(left.rejected, right.rejected)
        left.quarantined = ClassCounts.sum(left.quarantined, right.quarantined)
        left.othersStopped = ClassCounts.sum(left.othersStopped, right.othersStopped)
    }
}
