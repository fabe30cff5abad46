/// Sums by key, in the order of the keys once they are put together: to append and to sort at the
/// end costs less than to hash each time.
struct SumList<Key: Comparable, Sum> {
    typealias Entry = (key: Key, sum: Sum)

    private(set) var entries: [Entry] = []
    /// Entries at which like ones are put together, so that repetition takes no memory.
    private var limit = Self.leastTogether

    private static var leastTogether: Int { 16_384 }

    var isEmpty: Bool { entries.isEmpty }
    /// Like ones that were not put together yet count each.
    var count: Int { entries.count }

    mutating func add(_ key: Key, _ sum: Sum, merging merge: (inout Sum, Sum) -> Void) {
        entries.append((key, sum))
        guard entries.count >= limit else { return }
        compact(merging: merge)
        limit = max(Self.leastTogether, entries.count * 2)
    }

    /// Puts like entries together.
    mutating func compact(merging merge: (inout Sum, Sum) -> Void) {
        guard entries.count > 1 else { return }
        entries.sort { $0.key < $1.key }
        var last = 0
        for index in 1..<entries.count {
            if entries[index].key == entries[last].key {
                merge(&entries[last].sum, entries[index].sum)
            } else {
                last += 1
                entries[last] = entries[index]
            }
        }
        entries.removeLast(entries.count - last - 1)
    }
}
