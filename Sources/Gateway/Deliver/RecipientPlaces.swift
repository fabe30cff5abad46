/// Which recipients of an envelope an entry of the queue is for: places from 0, rising.
///
/// Nearly always they are one or follow each other, and then cost eight octets; a million messages
/// wait in little memory because of it.
struct RecipientPlaces: Equatable {
    private var first: UInt32
    private var count32: UInt32
    /// Set when they do not follow each other.
    private var list: [UInt32]?

    init(_ places: [Int]) {
        let rising = places.sorted()
        first = UInt32(clamping: rising.first ?? 0)
        count32 = UInt32(clamping: rising.count)
        if let last = rising.last, last - rising[0] != rising.count - 1 {
            list = rising.map { UInt32(clamping: $0) }
        }
    }

    init(_ range: Range<Int>) {
        first = UInt32(clamping: range.lowerBound)
        count32 = UInt32(clamping: range.count)
    }

    var count: Int { Int(count32) }

    var places: [Int] {
        if let list { return list.map(Int.init) }
        return Array(Int(first)..<(Int(first) + Int(count32)))
    }
}
