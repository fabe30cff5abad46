/// Finds the fields that `h=` names: from the bottom of the header upwards, each field once, and a
/// name without a field left over stands for its absence (RFC 6376 §5.4.2).
struct FieldSelection {
    private let fields: [RawField]
    /// A hash of each name, so that a long `h=` meets a long header quickly.
    private let hashes: [UInt64]

    init(_ fields: [RawField]) {
        self.fields = fields
        hashes = fields.map { Self.hash($0.nameOctets) }
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
            let hash = Self.hash(name)
            var position = fields.count
            while position > 0 {
                position &-= 1
                if hashes[position] == hash, !isTaken[position],
                    Self.isEqual(fields[position].nameOctets, name)
                {
                    isTaken[position] = true
                    signed.append(position)
                    break
                }
            }
        }
        if let excluded { isTaken[excluded] = false }
        return (signed, isTaken)
    }

    /// FNV-1a over the name in small letters.
    private static func hash(_ name: ArraySlice<UInt8>) -> UInt64 {
        name.withUnsafeBufferPointer { octets in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for octet in octets { hash = (hash ^ UInt64(octet.lowercased)) &* 0x100_0000_01B3 }
            return hash
        }
    }

    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { $0.lowercased == $1.lowercased }
    }
}
