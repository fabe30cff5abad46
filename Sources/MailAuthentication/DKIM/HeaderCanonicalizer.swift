/// Brings header fields into the form that is signed (RFC 6376 §3.4.1 and §3.4.2).
///
/// A fold that was stored with a bare LF is written with CRLF in every form: the header section is
/// split at bare LFs too, so this signs what is shown (§5.3).
enum HeaderCanonicalizer {
    /// One field with its CRLF.
    static func append(
        _ field: RawField, _ form: Canonicalization, to output: inout [UInt8]
    ) {
        appendSignature(field, emptying: nil, form, to: &output)
        output.append(Octet.carriageReturn)
        output.append(Octet.lineFeed)
    }

    /// The signature's own field, without a CRLF behind it. `range` is the value of `b=`, counted
    /// from the first octet of the field, and is left out (§3.7).
    static func appendSignature(
        _ field: RawField, emptying range: Range<Int>?, _ form: Canonicalization,
        to output: inout [UInt8]
    ) {
        let valueStart = field.valueStart &- field.range.lowerBound
        field.withOctets { octets in
            let cut = (range ?? octets.count..<octets.count).clamped(to: valueStart..<octets.count)
            switch form {
            case .simple:
                appendSimple(octets, 0..<cut.lowerBound, to: &output)
                appendSimple(octets, cut.upperBound..<octets.count, to: &output)
            case .relaxed:
                for octet in octets[..<field.nameCount] { output.append(octet.lowercased) }
                output.append(Octet.colon)
                var isBlankPending = false
                var hasContent = false
                for part in [valueStart..<cut.lowerBound, cut.upperBound..<octets.count] {
                    appendRelaxed(
                        octets, part, isBlankPending: &isBlankPending, hasContent: &hasContent,
                        to: &output)
                }
            }
        }
    }

    private static func appendSimple(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to output: inout [UInt8]
    ) {
        var start = range.lowerBound
        for index in range where octets[index] == Octet.lineFeed {
            guard index == 0 || octets[index &- 1] != Octet.carriageReturn else { continue }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: octets[start..<index]))
            output.append(Octet.carriageReturn)
            start = index
        }
        output.append(
            contentsOf: UnsafeBufferPointer(rebasing: octets[start..<range.upperBound]))
    }

    private static func appendRelaxed(
        _ octets: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, isBlankPending: inout Bool,
        hasContent: inout Bool, to output: inout [UInt8]
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let octet = octets[index]
            if octet.isBlank {
                isBlankPending = true
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
            if isBlankPending, hasContent { output.append(Octet.space) }
            isBlankPending = false
            hasContent = true
            var end = index &+ 1
            while end < range.upperBound, octets[end] > Octet.space { end &+= 1 }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: octets[index..<end]))
            index = end
        }
    }
}
