/// Finds the fields that `h=` names: from the bottom of the header upwards, each field once, and a
/// name without a field left over stands for its absence (RFC 6376 §5.4.2).
///
/// A message may have thousands of fields and a list a thousand names, so the fields lie in a table
/// by the hash of their names, seeded by the process, and are never searched.
struct FieldSelection: Sendable {
    private struct Entry {
        let hash: UInt64
        /// The next field above in the same part of the table, or -1.
        let above: Int32
    }

    private let fields: [RawField]
    private let entries: [Entry]
    /// For each part of the hashes the lowest field, or -1; a power of two in number.
    private let lowest: [Int32]

    init(_ fields: [RawField]) {
        var size = 16
        while size < fields.count { size *= 2 }
        var lowest = [Int32](repeating: -1, count: size)
        var entries: [Entry] = []
        entries.reserveCapacity(fields.count)
        for index in fields.indices {
            let hash = fields[index].withOctets { octets in
                Self.hash(UnsafeBufferPointer(rebasing: octets[..<fields[index].nameCount]))
            }
            let part = Self.part(hash, of: size)
            entries.append(Entry(hash: hash, above: lowest[part]))
            lowest[part] = Int32(truncatingIfNeeded: index)
        }
        self.fields = fields
        self.entries = entries
        self.lowest = lowest
    }

    /// The signed fields in the order of `h=`, as positions in the header, and which fields were
    /// taken. `excluded` is the signature's own field, which `h=` cannot mean.
    func positions(
        of names: [ArraySlice<UInt8>], excluding excluded: Int?
    ) -> (signed: [Int], isTaken: [Bool]) {
        var isTaken = [Bool](repeating: false, count: fields.count)
        if let excluded { isTaken[excluded] = true }
        var signed: [Int] = []
        signed.reserveCapacity(names.count)
        for name in names {
            let hash = name.withUnsafeBufferPointer(Self.hash)
            var position = Int(lowest[Self.part(hash, of: lowest.count)])
            while position >= 0 {
                if entries[position].hash == hash, !isTaken[position],
                    fields[position].isNamed(name)
                {
                    isTaken[position] = true
                    signed.append(position)
                    break
                }
                position = Int(entries[position].above)
            }
        }
        if let excluded { isTaken[excluded] = false }
        return (signed, isTaken)
    }

    private static func part(_ hash: UInt64, of size: Int) -> Int {
        Int(truncatingIfNeeded: hash) & (size &- 1)
    }

    /// Unknown to whoever chooses names, so that nobody can make many fall into one part.
    private static let key = (
        seed: UInt64.random(in: .min ... .max), factor: UInt64.random(in: .min ... .max) | 1
    )

    /// Of the name in small letters: eight octets at a time are multiplied, and the halves of the
    /// product folded. Octets that only differ in the bit of small letters hash alike, which `==`
    /// sorts out.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let small: UInt64 = 0x2020_2020_2020_2020
        let octets = UnsafeRawBufferPointer(name)
        let (seed, factor) = key
        var hash = seed ^ UInt64(truncatingIfNeeded: name.count)
        func mix(_ word: UInt64) {
            let product = (hash ^ (word | small)).multipliedFullWidth(by: factor)
            hash = product.high ^ product.low
        }
        var index = 0
        while index &+ 8 <= octets.count {
            mix(octets.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < octets.count {
            rest = rest &<< 8 | UInt64(octets[index])
            index &+= 1
        }
        mix(rest)
        return hash
    }
}
