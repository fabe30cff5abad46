/// Finds the fields that an `h=` list names: of fields with one name the lowest first, each once;
/// names without a field left stand for nothing (RFC 6376 §5.4.2).
///
/// A message may have thousands of fields and a list a thousand names, so the fields are looked up
/// by the hash of their names, seeded by the process, and never searched.
struct ARCSignedFields {
    private let fields: [RawField]
    /// The lowest field of a name that is not yet taken.
    private var lowest: [Int: Int]
    /// For each field the next one above it with the same name, or -1.
    private let above: [Int]

    init(_ fields: [RawField]) {
        var highest: [Int: Int] = [:]
        highest.reserveCapacity(fields.count)
        var above = [Int](repeating: -1, count: fields.count)
        for index in fields.indices {
            let hash = Self.hash(fields[index].nameOctets)
            if let higher = highest[hash] { above[index] = higher }
            highest[hash] = index
        }
        self.fields = fields
        self.above = above
        lowest = highest
    }

    /// Appends the canonical forms of the fields named, in the order of the names.
    mutating func append(
        _ names: [ArraySlice<UInt8>], _ form: Canonicalization, to output: inout [UInt8]
    ) {
        for name in names {
            let hash = Self.hash(name)
            guard let index = lowest[hash], index >= 0 else { continue }
            lowest[hash] = above[index]
            HeaderCanonicalizer.append(fields[index], form, to: &output)
        }
    }

    private static func hash(_ name: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        name.withUnsafeBufferPointer { octets in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: octets.count) { small in
                for index in octets.indices { small[index] = octets[index].lowercased }
                hasher.combine(bytes: UnsafeRawBufferPointer(small))
            }
        }
        return hasher.finalize()
    }
}
