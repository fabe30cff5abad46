/// Finds the fields that `h=` names: from the bottom of the header upwards, each field once, and a
/// name without a field left over stands for its absence (RFC 6376 §5.4.2).
///
/// A message may have thousands of fields and a list a thousand names, so the fields lie in a table
/// by the hash of their names, seeded by the process, and are never searched.
struct FieldSelection: Sendable {
    private let fields: [RawField]
    private let hashes: [Int]
    /// For each part of the hashes the lowest field, or -1; a power of two in number.
    private let lowest: [Int32]
    /// For each field the next one above it in the same part, or -1.
    private let above: [Int32]

    init(_ fields: [RawField]) {
        var size = 16
        while size < fields.count { size *= 2 }
        var lowest = [Int32](repeating: -1, count: size)
        var above = [Int32](repeating: -1, count: fields.count)
        var hashes: [Int] = []
        hashes.reserveCapacity(fields.count)
        for index in fields.indices {
            let field = fields[index]
            let hash = field.withOctets {
                Self.hash(UnsafeBufferPointer(rebasing: $0[..<field.nameCount]))
            }
            hashes.append(hash)
            above[index] = lowest[hash & (size &- 1)]
            lowest[hash & (size &- 1)] = Int32(truncatingIfNeeded: index)
        }
        self.fields = fields
        self.hashes = hashes
        self.lowest = lowest
        self.above = above
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
            var position = Int(lowest[hash & (lowest.count &- 1)])
            while position >= 0 {
                if hashes[position] == hash, !isTaken[position],
                    Self.isEqual(fields[position].nameOctets, name)
                {
                    isTaken[position] = true
                    signed.append(position)
                    break
                }
                position = Int(above[position])
            }
        }
        if let excluded { isTaken[excluded] = false }
        return (signed, isTaken)
    }

    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                guard left.count == right.count else { return false }
                for index in 0..<left.count
                where left[index].lowercased != right[index].lowercased { return false }
                return true
            }
        }
    }

    /// Of the name in small letters.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: name.count) { small in
            for index in name.indices {
                small.initializeElement(at: index, to: name[index].lowercased)
            }
            hasher.combine(bytes: UnsafeRawBufferPointer(small))
        }
        return hasher.finalize()
    }
}
