/// The steps that restore former lines from present ones: long common parts are copied, the rest is
/// written out. Lines that stand once on both sides are the anchors, so the work stays near linear
/// whatever the lines are; the result is always right and nearly always short.
struct LineDifference<Line: Hashable> {
    /// Positions of lines that are the same on both sides, ascending on both.
    private(set) var matches: [(present: Int, former: Int)] = []

    private let present: [Line]
    private let former: [Line]

    init(present: [Line], former: [Line]) {
        self.present = present
        self.former = former
        match()
    }

    /// Ranges of present lines to copy, and former lines to write out, in the order of the former
    /// lines.
    enum Run {
        case copy(ClosedRange<Int>)
        case text(Range<Int>)
    }

    /// The runs; numbers of copied lines begin at 1, positions of written ones at 0.
    var runs: [Run] {
        var runs: [Run] = []
        var next = 0
        for (place, line) in matches {
            if line > next { runs.append(.text(next..<line)) }
            if line == next, case .copy(let range)? = runs.last, range.upperBound == place {
                runs[runs.count - 1] = .copy(range.lowerBound...(place + 1))
            } else {
                runs.append(.copy((place + 1)...(place + 1)))
            }
            next = line + 1
        }
        if next < former.count { runs.append(.text(next..<former.count)) }
        return runs
    }

    private mutating func match() {
        var start = 0
        while start < present.count, start < former.count, present[start] == former[start] {
            matches.append((start, start))
            start += 1
        }
        var presentEnd = present.count
        var formerEnd = former.count
        while presentEnd > start, formerEnd > start,
            present[presentEnd - 1] == former[formerEnd - 1]
        {
            presentEnd -= 1
            formerEnd -= 1
        }
        var last = (present: start - 1, former: start - 1)
        let anchors = anchors(start..<presentEnd, start..<formerEnd)
        for anchor in anchors + [(presentEnd, formerEnd)] {
            appendMatches(between: last, and: anchor)
            if anchor.present < presentEnd { matches.append(anchor) }
            last = anchor
        }
        for offset in 0..<(present.count - presentEnd) {
            matches.append((presentEnd + offset, formerEnd + offset))
        }
    }

    /// Grows the common parts from both anchors into what lies between.
    private mutating func appendMatches(
        between low: (present: Int, former: Int), and high: (present: Int, former: Int)
    ) {
        var from = (present: low.present + 1, former: low.former + 1)
        while from.present < high.present, from.former < high.former,
            present[from.present] == former[from.former]
        {
            matches.append(from)
            from = (from.present + 1, from.former + 1)
        }
        var length = 0
        while high.present - length > from.present, high.former - length > from.former,
            present[high.present - length - 1] == former[high.former - length - 1]
        {
            length += 1
        }
        for offset in stride(from: length, to: 0, by: -1) {
            matches.append((high.present - offset, high.former - offset))
        }
    }

    /// Lines that stand exactly once on each side, as far as they ascend on both.
    private func anchors(
        _ presentRange: Range<Int>, _ formerRange: Range<Int>
    ) -> [(present: Int, former: Int)] {
        var places: [Line: Int] = [:]
        for index in presentRange {
            if places.updateValue(index, forKey: present[index]) != nil {
                places[present[index]] = -1
            }
        }
        var lines: [Line: Int] = [:]
        for index in formerRange {
            if lines.updateValue(index, forKey: former[index]) != nil { lines[former[index]] = -1 }
        }
        let pairs = formerRange.compactMap { index -> (present: Int, former: Int)? in
            guard lines[former[index]] == index, let place = places[former[index]], place >= 0
            else { return nil }
            return (place, index)
        }
        return Self.longestAscending(pairs)
    }

    /// The longest part of the pairs, ascending in `former` already, that ascends in `present` too.
    private static func longestAscending(
        _ pairs: [(present: Int, former: Int)]
    ) -> [(present: Int, former: Int)] {
        var tails: [Int] = []
        var predecessors = [Int](repeating: -1, count: pairs.count)
        for index in pairs.indices {
            var low = 0
            var high = tails.count
            while low < high {
                let middle = (low + high) / 2
                if pairs[tails[middle]].present < pairs[index].present {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            if low > 0 { predecessors[index] = tails[low - 1] }
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var output: [(present: Int, former: Int)] = []
        var index = tails.last ?? -1
        while index >= 0 {
            output.append(pairs[index])
            index = predecessors[index]
        }
        return output.reversed()
    }
}
