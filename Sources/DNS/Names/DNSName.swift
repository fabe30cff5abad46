public import Identities

/// A name as the DNS carries it: labels of any octets, the root allowed, letter case kept but never
/// compared (RFC 4343).
public struct DNSName: Sendable {
    /// The uncompressed wire form: each label behind its length, a zero at the end; 1...255 octets.
    public let wire: [UInt8]

    /// For callers of this target that have proved the octets.
    init(proven wire: [UInt8]) {
        self.wire = wire
    }

    /// The name without labels.
    public static let root = DNSName(proven: [0])

    /// Takes over a domain name.
    public init(_ name: DomainName) {
        var text = name.text
        wire = text.withUTF8 { text in
            [UInt8](unsafeUninitializedCapacity: text.count + 2) { wire, count in
                // A dot's place takes the length of the label behind it.
                var lengthPlace = 0
                for index in 0..<text.count {
                    if text[index] == UInt8(ascii: ".") {
                        wire[lengthPlace] = UInt8(truncatingIfNeeded: index &- lengthPlace)
                        lengthPlace = index &+ 1
                    } else {
                        wire[index &+ 1] = text[index]
                    }
                }
                wire[lengthPlace] = UInt8(truncatingIfNeeded: text.count &- lengthPlace)
                wire[text.count &+ 1] = 0
                count = text.count &+ 2
            }
        }
    }

    /// Makes a name of its labels; nil when a label is empty or too long, or the whole is.
    public init?(labels: [[UInt8]]) {
        var wire: [UInt8] = []
        for label in labels {
            guard (1...Limits.labelOctets).contains(label.count),
                wire.count + label.count + 2 <= Limits.nameOctets
            else { return nil }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label)
        }
        wire.append(0)
        self.wire = wire
    }

    /// The name as mail knows it; nil for the root and for octets that no `DomainName` may hold.
    public var domainName: DomainName? {
        guard wire.count > 1 else { return nil }
        var text = wire
        var place = 0
        while text[place] != 0 {
            let length = Int(text[place])
            text[place] = UInt8(ascii: ".")
            for index in (place + 1)...(place + length)
            where text[index] == UInt8(ascii: ".") || text[index] >= 0x80 {
                return nil
            }
            place += length + 1
        }
        return DomainName(utf8: text[1..<place])
    }

    /// The labels from left to right, without the root.
    public var labels: [[UInt8]] {
        var labels: [[UInt8]] = []
        var place = 0
        while wire[place] != 0 {
            let next = place + 1 + Int(wire[place])
            labels.append(Array(wire[(place + 1)..<next]))
            place = next
        }
        return labels
    }

    /// How many labels the name has; 0 for the root.
    public var labelCount: Int {
        var count = 0
        var place = 0
        while wire[place] != 0 {
            place += 1 + Int(wire[place])
            count += 1
        }
        return count
    }

    public var isRoot: Bool { wire.count == 1 }

    /// Whether the leftmost label is `*` (RFC 4592 §2.1.1).
    public var isWildcard: Bool { wire.count > 2 && wire[0] == 1 && wire[1] == UInt8(ascii: "*") }

    /// The name without its leftmost label; nil for the root.
    public var parent: DNSName? {
        isRoot ? nil : DNSName(proven: Array(wire[(1 + Int(wire[0]))...]))
    }

    /// The name with one more label at its left; nil when the label or the whole is not valid.
    public func adding(label: [UInt8]) -> DNSName? {
        guard (1...Limits.labelOctets).contains(label.count),
            wire.count + label.count + 1 <= Limits.nameOctets
        else { return nil }
        return DNSName(proven: [UInt8(label.count)] + label + wire)
    }

    /// Whether this name is the other one or lies below it.
    public func isEqualOrBelow(_ other: DNSName) -> Bool {
        var place = 0
        let extra = wire.count - other.wire.count
        guard extra >= 0 else { return false }
        while place < extra { place += 1 + Int(wire[place]) }
        guard place == extra else { return false }
        return Self.areEqual(wire[place...], other.wire[...])
    }

    /// Compares without regard to the case of ASCII letters.
    private static func areEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard left.count == right.count else { return false }
                for index in 0..<left.count
                where left[index] != right[index] && folded(left[index]) != folded(right[index]) {
                    return false
                }
                return true
            }
        }
    }

    /// The name with ASCII letters in lower case (RFC 4034 §6.2, the canonical form).
    public var lowercased: DNSName {
        // A length octet is at most 63 and so never a capital letter.
        DNSName(proven: wire.map(Self.folded))
    }

    @inline(__always)
    static func folded(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

extension DNSName: Hashable {
    public static func == (left: DNSName, right: DNSName) -> Bool {
        areEqual(left.wire[...], right.wire[...])
    }

    public func hash(into hasher: inout Hasher) {
        wire.withUnsafeBufferPointer { wire in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: wire.count) { small in
                for index in 0..<wire.count {
                    small.initializeElement(at: index, to: Self.folded(wire[index]))
                }
                hasher.combine(bytes: UnsafeRawBufferPointer(small))
            }
        }
    }
}

extension DNSName: Comparable {
    /// The canonical order of a zone (RFC 4034 §6.1): by label from the right.
    public static func < (left: DNSName, right: DNSName) -> Bool {
        let mine = left.lowercased.labels.reversed()
        let theirs = right.lowercased.labels.reversed()
        for (one, other) in zip(mine, theirs) where one != other {
            return one.lexicographicallyPrecedes(other)
        }
        return mine.count < theirs.count
    }
}
