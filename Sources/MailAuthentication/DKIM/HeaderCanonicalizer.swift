/// Brings header fields into the form that is signed (RFC 6376 §3.4.1 and §3.4.2).
///
/// A fold that was stored with a bare LF is written with CRLF in every form: the header section is
/// split at bare LFs too, so this signs what is shown (§5.3).
enum HeaderCanonicalizer {
    /// The fields at these positions, and behind them the signature's own (RFC 6376 §3.7). `range`
    /// is as in `appendSignature`.
    static func signedOctets(
        _ fields: [RawField], at positions: [Int], and signature: RawField,
        emptying range: Range<Int>?, _ form: Canonicalization
    ) -> [UInt8] {
        var room = room(for: signature)
        for position in positions { room &+= Self.room(for: fields[position]) }
        return [UInt8](unsafeUninitializedCapacity: room) { output, count in
            for position in positions {
                write(fields[position], emptying: nil, form, to: output, &count)
                writeLineEnd(to: output, &count)
            }
            write(signature, emptying: range, form, to: output, &count)
        }
    }

    /// One field with its CRLF.
    static func append(
        _ field: RawField, _ form: Canonicalization, to output: inout [UInt8]
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room(for: field)) { octets in
            var count = 0
            write(field, emptying: nil, form, to: octets, &count)
            writeLineEnd(to: octets, &count)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: octets[..<count]))
        }
    }

    /// The signature's own field, without a CRLF behind it. `range` is the value of `b=`, counted
    /// from the first octet of the field, and is left out (§3.7).
    static func appendSignature(
        _ field: RawField, emptying range: Range<Int>?, _ form: Canonicalization,
        to output: inout [UInt8]
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room(for: field)) { octets in
            var count = 0
            write(field, emptying: range, form, to: octets, &count)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: octets[..<count]))
        }
    }

    /// Octets that a field and its CRLF take at most: in the simple form each may be a bare LF,
    /// which becomes two.
    private static func room(for field: RawField) -> Int { 2 &* field.range.count &+ 2 }

    private static func writeLineEnd(
        to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        output.initializeElement(at: count, to: Octet.carriageReturn)
        output.initializeElement(at: count &+ 1, to: Octet.lineFeed)
        count &+= 2
    }

    private static func write(
        _ field: RawField, emptying range: Range<Int>?, _ form: Canonicalization,
        to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        precondition(output.count &- count >= room(for: field))
        let valueStart = field.valueStart &- field.range.lowerBound
        field.withOctets { octets in
            let cut = (range ?? octets.count..<octets.count).clamped(to: valueStart..<octets.count)
            switch form {
            case .simple:
                writeSimple(octets, 0..<cut.lowerBound, to: output, &count)
                writeSimple(octets, cut.upperBound..<octets.count, to: output, &count)
            case .relaxed:
                for index in 0..<field.nameCount {
                    output.initializeElement(at: count, to: octets[index].lowercased)
                    count &+= 1
                }
                output.initializeElement(at: count, to: Octet.colon)
                count &+= 1
                var state = RelaxedState()
                writeRelaxed(octets, valueStart..<cut.lowerBound, &state, to: output, &count)
                writeRelaxed(
                    octets, cut.upperBound..<octets.count, &state, to: output, &count)
            }
        }
    }

    private static func writeSimple(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        var start = range.lowerBound
        for index in range where octets[index] == Octet.lineFeed {
            guard index == 0 || octets[index &- 1] != Octet.carriageReturn else { continue }
            copy(octets, start..<index, to: output, &count)
            output.initializeElement(at: count, to: Octet.carriageReturn)
            count &+= 1
            start = index
        }
        copy(octets, start..<range.upperBound, to: output, &count)
    }

    private static func copy(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        let part = UnsafeBufferPointer(rebasing: octets[range])
        _ = UnsafeMutableBufferPointer(rebasing: output[count...]).initialize(fromContentsOf: part)
        count &+= part.count
    }

    private struct RelaxedState {
        var isBlankPending = false
        var hasContent = false
    }

    private static func writeRelaxed(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ state: inout RelaxedState,
        to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        let raw = UnsafeRawBufferPointer(octets)
        var index = range.lowerBound
        while index < range.upperBound {
            let octet = octets[index]
            if octet.isBlank {
                state.isBlankPending = true
                index &+= 1
                continue
            }
            if octet == Octet.lineFeed
                || octet == Octet.carriageReturn && index &+ 1 < octets.count
                    && octets[index &+ 1] == Octet.lineFeed
            {
                index &+= 1
                continue
            }
            if state.isBlankPending, state.hasContent {
                output.initializeElement(at: count, to: Octet.space)
                count &+= 1
            }
            state = RelaxedState(isBlankPending: false, hasContent: true)
            let start = index
            index &+= 1
            while index &+ 8 <= range.upperBound {
                let blanks = OctetWord(raw, at: index).marks(below: Octet.space + 1)
                index &+= blanks.trailingZeroBitCount &>> 3
                if blanks != 0 { break }
            }
            while index < range.upperBound, octets[index] > Octet.space { index &+= 1 }
            copy(octets, start..<index, to: output, &count)
        }
    }
}
