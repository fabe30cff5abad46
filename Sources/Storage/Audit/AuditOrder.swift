/// The entries of a file, put into the order in which they were written, and what that tells.
struct AuditOrder {
    private let lines: [AuditLine]
    private(set) var findings: [AuditFinding] = []
    /// Each number's entry, in the order of the numbers.
    private var chain: [AuditLine] = []

    init(_ lines: [AuditLine]) { self.lines = lines }

    /// What the file itself reaches.
    var head: AuditHead {
        AuditHead(
            sequence: chain.last?.sequence ?? 0,
            digest: chain.last?.digest.text ?? AuditEntry.beginning)
    }

    mutating func check() {
        makeChain()
        findMoved()
        findEdited()
        findRenumbered()
        findMissing()
    }

    /// Compares with a head that was noted elsewhere.
    func check(_ noted: AuditHead) -> [AuditFinding] {
        guard noted.sequence > 0 else { return [] }
        let last = chain.last?.sequence ?? 0
        guard last >= noted.sequence else {
            return [
                AuditFinding(
                    .cutOff, (last + 1)...noted.sequence,
                    "The end was cut off: the head that was noted is entry \(noted.sequence), and "
                        + "the file ends with entry \(last).")
            ]
        }
        guard let entry = entry(noted.sequence) else { return [] }
        guard entry.digest.text != noted.digest else { return [] }
        return [
            AuditFinding(
                .edited, noted.sequence...noted.sequence, line: entry.number,
                "Entry \(noted.sequence) is not the one whose head was noted: it, or something "
                    + "before it, was written anew together with all that follows.")
        ]
    }

    private func entry(_ sequence: Int64) -> AuditLine? {
        var (low, high) = (0, chain.count)
        while low < high {
            let middle = (low + high) / 2
            if chain[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < chain.count && chain[low].sequence == sequence ? chain[low] : nil
    }

    /// One entry for each number; of several the one that its neighbours confirm.
    private mutating func makeChain() {
        let sorted = lines.sorted { ($0.sequence, $0.number) < ($1.sequence, $1.number) }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0.sequence == $1.sequence }) else {
            chain = sorted
            return
        }
        let digests = Set(lines.map(\.digest))
        let named = Set(lines.map(\.previous))
        func weight(_ line: AuditLine) -> Int {
            (line.isEdited ? 0 : 4) + (named.contains(line.digest) ? 2 : 0)
                + (digests.contains(line.previous) ? 1 : 0)
        }
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end].sequence == sorted[start].sequence { end += 1 }
            var real = start
            for index in start..<end where weight(sorted[index]) > weight(sorted[real]) {
                real = index
            }
            chain.append(sorted[real])
            for index in start..<end where index != real {
                tell(sorted[index], besides: sorted[real])
            }
            start = end
        }
    }

    private mutating func tell(_ line: AuditLine, besides real: AuditLine) {
        let entries = line.sequence...line.sequence
        if line.digest == real.digest, !line.isEdited {
            findings.append(
                AuditFinding(
                    .repeated, entries, line: line.number,
                    "Entry \(line.sequence) stands in the file twice, on lines \(real.number) and "
                        + "\(line.number)."))
        } else {
            findings.append(
                AuditFinding(
                    .inserted, entries, line: line.number,
                    "Line \(line.number) was inserted: it poses as entry \(line.sequence), which "
                        + "is on line \(real.number)."))
        }
    }

    /// Entries outside the longest part of the file that is in order.
    private mutating func findMoved() {
        let inFile = chain.sorted { $0.number < $1.number }
        guard zip(inFile, inFile.dropFirst()).contains(where: { $0.sequence > $1.sequence }) else {
            return
        }
        // The longest increasing run by patience: `ends` holds the last entry of the best run of
        // each length, `before` the entry that each follows.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: inFile.count)
        for (index, line) in inFile.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if inFile[ends[middle]].sequence < line.sequence {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            before[index] = low > 0 ? ends[low - 1] : nil
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var inOrder = [Bool](repeating: false, count: inFile.count)
        var step = ends.last
        while let index = step {
            inOrder[index] = true
            step = before[index]
        }
        for (index, line) in inFile.enumerated() where !inOrder[index] {
            let behind = index > 0 ? "behind entry \(inFile[index - 1].sequence)" : "first"
            findings.append(
                AuditFinding(
                    .moved, line.sequence...line.sequence, line: line.number,
                    "Entry \(line.sequence) was moved: it stands on line \(line.number), \(behind)."
                ))
        }
    }

    /// Entries whose own digest, or whose successor, tells of another content.
    private mutating func findEdited() {
        let beginning = AuditFingerprint(AuditEntry.beginning)
        for (index, line) in chain.enumerated() {
            let entries = line.sequence...line.sequence
            let next = index + 1 < chain.count ? chain[index + 1] : nil
            if line.isEdited {
                findings.append(
                    AuditFinding(
                        .edited, entries, line: line.number,
                        "Entry \(line.sequence) was edited: its content is not what its digest "
                            + "was made from."))
            } else if line.sequence == 1, line.previous != beginning {
                findings.append(
                    AuditFinding(
                        .edited, entries, line: line.number,
                        "Entry 1 was edited: the first entry follows no other."))
            } else if let next, next.sequence == line.sequence + 1, !next.isEdited,
                next.previous != line.digest
            {
                findings.append(
                    AuditFinding(
                        .edited, entries, line: line.number,
                        "Entry \(line.sequence) was edited and its digest made anew: entry "
                            + "\(next.sequence) was written behind another."))
            }
        }
    }

    private mutating func findRenumbered() {
        var index = 0
        while index < chain.count {
            let first = chain[index]
            guard first.shift != 0 else {
                index += 1
                continue
            }
            var last = index
            while last + 1 < chain.count, chain[last + 1].shift == first.shift { last += 1 }
            let entries = first.sequence...chain[last].sequence
            let which = last == index ? "Entry \(first.sequence)" : "Entries \(Self.span(entries))"
            findings.append(
                AuditFinding(
                    .renumbered, entries, line: first.number,
                    "\(which) carried another number when it was written: \(abs(first.shift)) was "
                        + (first.shift > 0 ? "added." : "taken away.")))
            index = last + 1
        }
    }

    private mutating func findMissing() {
        var expected: Int64 = 1
        for line in chain {
            if line.sequence > expected {
                let gap = expected...(line.sequence - 1)
                let which =
                    gap.count == 1
                    ? "Entry \(gap.lowerBound) was" : "Entries \(Self.span(gap)) were"
                findings.append(
                    AuditFinding(
                        .removed, gap, line: line.number,
                        "\(which) removed: entry \(line.sequence) follows on line \(line.number)."))
            }
            expected = line.sequence + 1
        }
    }

    private static func span(_ entries: ClosedRange<Int64>) -> String {
        "\(entries.lowerBound) to \(entries.upperBound)"
    }
}
