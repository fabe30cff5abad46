/// What becomes due when: the earliest first.
struct DueHeap {
    struct Item {
        /// Monotonic milliseconds.
        var due: Int64
        var place: Int32
        /// Tells an item that was since moved or removed from the one that is meant.
        var generation: UInt32
    }

    private var items: [Item] = []

    var count: Int { items.count }
    var first: Item? { items.first }

    mutating func insert(_ item: Item) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].due < items[parent].due else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest when it is due.
    mutating func popFirst(dueAt now: Int64) -> Item? {
        guard let first = items.first, first.due <= now else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].due < items[child].due { child += 1 }
            guard items[child].due < items[parent].due else { break }
            items.swapAt(child, parent)
            parent = child
        }
        return first
    }
}
