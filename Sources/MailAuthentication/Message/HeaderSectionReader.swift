/// Splits a header section into fields by the rules of `InternetMessage.MessageParser`: tolerant of
/// bare line feeds, blanks before the colon and lines that are no field.
struct HeaderSectionReader {
    private(set) var fields: [RawField] = []
    private(set) var bodyStart = 0
    private(set) var lineEnds = RawMessage.LineEnds.asSent
    private(set) var defects: Set<RawMessage.Defect> = []

    private let section: [UInt8]
    /// The field that is being read.
    private var open: (start: Int, nameCount: Int, valueStart: Int, end: Int)?
    private var hasBegun = false

    init(_ section: [UInt8]) {
        self.section = section
    }

    private enum Line {
        case empty
        case continuation(isBlank: Bool)
        case field(nameEnd: Int, colon: Int)
        case malformed
    }

    mutating func read() {
        fields.reserveCapacity(24)
        var position = startBehindMboxLine()
        let (end, next) = line(from: position)
        // The first line tells how the whole message was stored.
        if next > end, next &- end == 1 { lineEnds = .bareLineFeeds }
        while position < section.count {
            guard position < Limits.headerSectionOctets else { return giveUp(at: position) }
            let (end, next) = line(from: position)
            switch classify(from: position, to: end) {
            case .empty:
                return finish(bodyStart: next)
            case .continuation(let isBlank):
                if hasBegun {
                    open?.end = end
                } else if isBlank {
                    return finish(bodyStart: next)
                }
            case .field(let nameEnd, let colon):
                keep()
                guard fields.count < Limits.headerFields else { return giveUp(at: position) }
                open = (position, nameEnd &- position, colon &+ 1, end)
                hasBegun = true
            case .malformed:
                guard isFollowedByHeader(next) else {
                    defects.insert(.missingSeparator)
                    return finish(bodyStart: position)
                }
                defects.insert(.malformedLine)
            }
            position = next
        }
        finish(bodyStart: section.count)
    }

    /// The rest of the section is not read, and is no body either.
    private mutating func giveUp(at position: Int) {
        defects.insert(.headerTooLarge)
        finish(bodyStart: endOfSection(from: position))
    }

    private mutating func finish(bodyStart: Int) {
        keep()
        self.bodyStart = bodyStart
    }

    private mutating func keep() {
        guard let field = open else { return }
        open = nil
        fields.append(
            RawField(
                section: section, range: field.start..<max(field.valueStart, field.end),
                nameCount: field.nameCount, valueStart: field.valueStart))
    }

    /// The end of a line's content, and the start of the next line.
    private func line(from start: Int) -> (end: Int, next: Int) {
        section.withUnsafeBytes { octets in
            var index = start
            let count = octets.count
            while index < count {
                if index &+ 8 <= count {
                    let word = UInt64(
                        littleEndian: octets.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                    let marked = word ^ 0x0A0A_0A0A_0A0A_0A0A
                    let hit =
                        (marked &- 0x0101_0101_0101_0101) & ~marked & 0x8080_8080_8080_8080
                    if hit == 0 {
                        index &+= 8
                        continue
                    }
                    index &+= hit.trailingZeroBitCount &>> 3
                }
                if octets[index] == Octet.lineFeed {
                    let hasCR = index > start && octets[index &- 1] == Octet.carriageReturn
                    return (hasCR ? index &- 1 : index, index &+ 1)
                }
                index &+= 1
            }
            return (count, count)
        }
    }

    private func classify(from start: Int, to end: Int) -> Line {
        guard start < end else { return .empty }
        return section.withUnsafeBufferPointer { octets in
            if octets[start].isBlank {
                return .continuation(
                    isBlank: octets[start..<end].allSatisfy(\.isWhitespace))
            }
            var nameEnd = start
            while nameEnd < end, octets[nameEnd] > Octet.space, octets[nameEnd] != Octet.colon,
                octets[nameEnd] != 0x7F
            {
                nameEnd &+= 1
            }
            var colon = nameEnd
            while colon < end, octets[colon].isBlank { colon &+= 1 }
            guard nameEnd > start, colon < end, octets[colon] == Octet.colon else {
                return .malformed
            }
            return .field(nameEnd: nameEnd, colon: colon)
        }
    }

    private func isFollowedByHeader(_ next: Int) -> Bool {
        guard next < section.count else { return false }
        switch classify(from: next, to: line(from: next).end) {
        case .field: return true
        case .continuation(let isBlank): return hasBegun && !isBlank
        case .empty, .malformed: return false
        }
    }

    /// An mbox file's separator is no field.
    private func startBehindMboxLine() -> Int {
        guard section.starts(with: "From ".utf8) || section.starts(with: ">From ".utf8) else {
            return 0
        }
        let (end, next) = line(from: 0)
        if case .field = classify(from: 0, to: end) { return 0 }
        return next
    }

    /// Behind the next empty line, or the end: where a header section that is too large is given
    /// up, its rest must not be taken for the body.
    private func endOfSection(from start: Int) -> Int {
        var position = start
        while position < section.count {
            let (end, next) = line(from: position)
            if end == position { return next }
            position = next
        }
        return section.count
    }
}
