extension DomainName {
    /// The labels from left to right.
    public var labels: [Substring] {
        text.split(separator: ".", omittingEmptySubsequences: false)
    }

    /// How many labels the name has, at least 1.
    public var labelCount: Int {
        var count = 1
        for byte in text.utf8 where byte == ASCII.dot { count += 1 }
        return count
    }

    /// The name without its leftmost label; nil for a name of one label.
    public var parent: DomainName? {
        guard let dot = text.utf8.firstIndex(of: ASCII.dot) else { return nil }
        return DomainName(proven: String(text[text.utf8.index(after: dot)...]))
    }

    /// The rightmost labels; nil when there are fewer, or when none are asked for.
    public func suffix(labels count: Int) -> DomainName? {
        guard count > 0 else { return nil }
        var left = count
        let bytes = text.utf8
        var index = bytes.endIndex
        while index > bytes.startIndex {
            let before = bytes.index(before: index)
            if bytes[before] == ASCII.dot {
                left -= 1
                if left == 0 { return DomainName(proven: String(text[index...])) }
            }
            index = before
        }
        return left == 1 ? self : nil
    }

    /// Whether this name is the other one or lies below it.
    public func isEqualOrBelow(_ other: DomainName) -> Bool {
        let mine = text.utf8
        let theirs = other.text.utf8
        let extra = mine.count - theirs.count
        if extra == 0 { return text == other.text }
        guard extra > 0 else { return false }
        let start = mine.index(mine.startIndex, offsetBy: extra)
        return mine[mine.index(before: start)] == ASCII.dot
            && mine[start...].elementsEqual(theirs)
    }

    /// The name with one more label at its left; nil when the label or the whole is not valid.
    public func adding(label: String) -> DomainName? {
        guard !label.utf8.contains(ASCII.dot) else { return nil }
        return adding(labels: label)
    }

    /// The name with one or two texts at its left, each of one label or more: `s1` and `_domainkey`
    /// make `s1._domainkey.example.com` of `example.com`. Nil when the whole is not valid.
    public func adding(labels first: String, _ second: String? = nil) -> DomainName? {
        var room = first.utf8.count + 1 + text.utf8.count
        if let second { room += second.utf8.count + 1 }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { octets in
            var end = Self.write(first, behind: 0, to: octets)
            if let second {
                octets.initializeElement(at: end, to: ASCII.dot)
                end = Self.write(second, behind: end + 1, to: octets)
            }
            octets.initializeElement(at: end, to: ASCII.dot)
            end = Self.write(text, behind: end + 1, to: octets)
            return DomainName(buffer: UnsafeBufferPointer(rebasing: octets[..<end]))
        }
    }

    private static func write(
        _ text: String, behind start: Int, to octets: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var text = text
        return text.withUTF8 { text in
            let place = UnsafeMutableBufferPointer(rebasing: octets[start...])
            return start + place.initialize(fromContentsOf: text)
        }
    }
}
