/// A number that somebody else wrote, read without trusting it.
enum ForeignNumber: Equatable {
    case whole(Int64)
    /// The whole part of a decimal number, and whether the rest was zero.
    case decimal(Int64, isExact: Bool)
    case negative
    case tooLarge
    case invalid

    init(_ bytes: XMLBytes) {
        var index = 0
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        let start = index
        var value: Int64 = 0
        var isTooLarge = false
        while index < bytes.count, bytes[index] &- 0x30 < 10 {
            let (scaled, scaleOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = scaled.addingReportingOverflow(Int64(bytes[index] &- 0x30))
            if scaleOverflow || sumOverflow { isTooLarge = true }
            value = isTooLarge ? 0 : sum
            index += 1
        }
        guard index > start else {
            self = .invalid
            return
        }
        var isExact = true
        let isDecimal = index < bytes.count && bytes[index] == UInt8(ascii: ".")
        if isDecimal {
            index += 1
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                if bytes[index] != UInt8(ascii: "0") { isExact = false }
                index += 1
            }
        }
        guard index == bytes.count else {
            self = .invalid
            return
        }
        if isNegative && (value != 0 || isTooLarge) {
            self = .negative
        } else if isTooLarge {
            self = .tooLarge
        } else {
            self = isDecimal ? .decimal(value, isExact: isExact) : .whole(value)
        }
    }
}
