/// Times and periods as zone files write them.
enum ZoneTime {
    /// `YYYYMMDDHHmmSS` in UTC (RFC 4034 §3.2).
    static func text(_ seconds: UInt32) -> String {
        let (days, second) = Int(seconds).quotientAndRemainder(dividingBy: 86_400)
        // Days from 1970 to a date of the proleptic Gregorian calendar, by eras of 400 years.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let year =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let fullYear = year + era * 400 + (month <= 2 ? 1 : 0)
        let parts = [month, day, second / 3_600, second / 60 % 60, second % 60]
        return String(fullYear) + parts.map { $0 < 10 ? "0\($0)" : String($0) }.joined()
    }

    /// Reads fourteen digits, or a plain number of seconds of fewer; years from 1970 on, counted
    /// modulo 2³² (RFC 4034 §3.1.5). Nil when it is no time.
    static func seconds(_ text: [UInt8]) -> UInt32? {
        guard text.count == 14 else { return number(text).flatMap { UInt32(exactly: $0) } }
        func part(_ start: Int, _ count: Int) -> Int? {
            number(Array(text[start..<(start + count)])).map { Int($0) }
        }
        guard let year = part(0, 4), let month = part(4, 2), let day = part(6, 2),
            let hour = part(8, 2), let minute = part(10, 2), let second = part(12, 2),
            year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return UInt32(
            truncatingIfNeeded: days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// Reads `3600` or `1h30m` (any order, any case); nil when it is none or exceeds 32 bits.
    static func period(_ text: [UInt8]) -> UInt32? {
        var total: UInt64 = 0
        var held: UInt64 = 0
        var digits = 0
        for byte in text {
            if byte &- 0x30 < 10 {
                held = held * 10 + UInt64(byte &- 0x30)
                digits += 1
            } else {
                guard digits > 0, let unit = seconds(inUnit: byte) else { return nil }
                total += held * unit
                (held, digits) = (0, 0)
            }
            guard held <= UInt32.max, total <= UInt32.max else { return nil }
        }
        guard !text.isEmpty else { return nil }
        return UInt32(exactly: total + held)
    }

    private static func seconds(inUnit letter: UInt8) -> UInt64? {
        switch letter | 0x20 {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3_600
        case UInt8(ascii: "d"): 86_400
        case UInt8(ascii: "w"): 604_800
        default: nil
        }
    }

    /// A plain decimal number of at most 19 digits.
    static func number(_ text: [UInt8]) -> UInt64? {
        guard (1...19).contains(text.count) else { return nil }
        var value: UInt64 = 0
        for byte in text {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + UInt64(byte &- 0x30)
        }
        return value
    }
}
