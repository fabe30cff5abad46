/// The body of the record that a start after a crash leaves: which numbers will be missing for
/// ever, so that a verification can tell them from those that somebody took out.
struct RecoveryNote: Hashable, Sendable {
    var gaps: [ClosedRange<UInt64>]

    var encoded: [UInt8] {
        var writer = OctetWriter()
        let listed = gaps.prefix(SpoolLimits.listedGaps)
        writer.put(UInt32(truncatingIfNeeded: listed.count))
        for gap in listed {
            writer.put(gap.lowerBound)
            writer.put(gap.upperBound)
        }
        return writer.octets
    }

    init(gaps: [ClosedRange<UInt64>]) { self.gaps = gaps }

    init?(encoded octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let count = reader.integer(UInt32.self), count <= SpoolLimits.listedGaps
        else { return nil }
        gaps = []
        for _ in 0..<count {
            guard let lower = reader.integer(UInt64.self), let upper = reader.integer(UInt64.self),
                lower <= upper
            else { return nil }
            gaps.append(lower...upper)
        }
        guard reader.isAtEnd else { return nil }
    }
}
