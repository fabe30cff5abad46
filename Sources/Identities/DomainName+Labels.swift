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
        return DomainName(label + "." + text)
    }
}
