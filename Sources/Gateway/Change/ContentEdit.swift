/// Octets of a content that others take the place of. What no edit names stays octet for octet.
public struct ContentEdit: Hashable, Sendable {
    /// What goes; empty for an insertion.
    public var range: Range<Int>
    /// What comes instead.
    public var octets: [UInt8]

    public init(_ range: Range<Int>, _ octets: [UInt8]) {
        self.range = range
        self.octets = octets
    }

    /// Puts octets in before what stands at `place`.
    public init(insert octets: [UInt8], at place: Int) {
        self.init(place..<place, octets)
    }

    /// From the top down; insertions at one place in the order given, before what is replaced there.
    /// Of edits that overlap, only the first is kept.
    static func ordered(_ edits: [ContentEdit]) -> [ContentEdit] {
        let sorted = edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
                < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
        }
        var kept: [ContentEdit] = []
        for (_, edit) in sorted
        where edit.range.lowerBound >= kept.last?.range.upperBound ?? 0 { kept.append(edit) }
        return kept
    }

    /// Hands on the changed content in order, piece by piece, as long as each is taken.
    static func forEachPiece(
        of content: UnsafeRawBufferPointer, changedBy edits: [ContentEdit],
        _ take: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        var position = 0
        for edit in ordered(edits) {
            let range = edit.range.clamped(to: 0..<content.count)
            guard take(UnsafeRawBufferPointer(rebasing: content[position..<range.lowerBound])),
                edit.octets.withUnsafeBytes(take)
            else { return false }
            position = range.upperBound
        }
        return take(UnsafeRawBufferPointer(rebasing: content[position...]))
    }

    /// The changed content.
    public static func apply(_ edits: [ContentEdit], to octets: [UInt8]) -> [UInt8] {
        guard !edits.isEmpty else { return octets }
        var output: [UInt8] = []
        output.reserveCapacity(octets.count + edits.reduce(0) { $0 + $1.octets.count })
        _ = octets.withUnsafeBytes { content in
            forEachPiece(of: content, changedBy: edits) { piece in
                output.append(contentsOf: piece)
                return true
            }
        }
        return output
    }
}
