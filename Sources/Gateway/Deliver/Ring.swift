/// A line in which places wait for their turn: first come, first served.
struct Ring {
    private var items: [Int32] = []
    private var head = 0

    var count: Int { items.count - head }

    mutating func append(_ item: Int32) { items.append(item) }

    mutating func popFirst() -> Int32? {
        guard head < items.count else { return nil }
        let item = items[head]
        head += 1
        // What was taken goes when it is half of all: each item is moved once at most on average.
        if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }
}

/// What set out when: appended in the order of time.
struct StartLine {
    private var items: [DueHeap.Item] = []
    private var head = 0

    mutating func append(_ item: DueHeap.Item) { items.append(item) }

    mutating func popFirst(before time: Int64) -> DueHeap.Item? {
        guard head < items.count, items[head].due <= time else { return nil }
        let item = items[head]
        head += 1
        if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }
}
