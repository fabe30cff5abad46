/// Dates and times of reports, without a calendar library.
enum ReportTime {
    /// How a time was written.
    enum Form {
        /// As RFC 3339 asks.
        case standard
        /// With a fraction of a second, which was cut off.
        case fractional
        /// Without zone (read as UTC), with a blank for the T, or as a number of seconds.
        case loose
    }

    /// Reads `2016-04-01T00:00:00Z` (RFC 3339 §5.6) and what reporters send for it.
    static func parse(_ text: some StringProtocol) -> (seconds: Int64, form: Form)? {
        let bytes = Array(text.utf8.prefix(64))
        let trimmed = trim(bytes)
        if trimmed.count >= 9, let seconds = Int64(String(decoding: trimmed, as: UTF8.self)) {
            return (seconds, .loose)
        }
        guard trimmed.count >= 10,
            let day = UTCDay(String(decoding: trimmed[..<10], as: UTF8.self))
        else { return nil }
        var rest = trimmed[10...]
        guard let separator = rest.first else { return (day.firstSecond, .loose) }
        var form =
            separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t")
            ? Form.standard : .loose
        guard form == .standard || separator == 0x20 else { return nil }
        rest = rest.dropFirst()
        guard let hour = twoDigits(&rest, below: 25), colon(&rest),
            let minute = twoDigits(&rest, below: 60)
        else { return nil }
        var second = 0
        if colon(&rest) {
            // RFC 3339 §5.7: a leap second is 60.
            guard let value = twoDigits(&rest, below: 61) else { return nil }
            second = value
        } else {
            form = .loose
        }
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            form = form == .standard ? .fractional : form
        }
        guard let offset = zone(&rest, &form), trim(Array(rest)).isEmpty else { return nil }
        let time = Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
        return (day.firstSecond + time - offset, form)
    }

    /// `2016-04-01T00:00:00Z`.
    static func render(_ seconds: Int64) -> String {
        let (day, hour, minute, second) = parts(seconds)
        return "\(day)T\(two(hour)):\(two(minute)):\(two(second))Z"
    }

    /// `2016-04-01 00:00:00`, for people; the zone is said elsewhere.
    static func plain(_ seconds: Int64) -> String {
        let (day, hour, minute, second) = parts(seconds)
        return "\(day) \(two(hour)):\(two(minute)):\(two(second))"
    }

    private static func parts(_ seconds: Int64) -> (UTCDay, Int64, Int64, Int64) {
        // Years of four digits only: a foreign number may be anything.
        let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let day = UTCDay(secondsSinceEpoch: bounded)
        let rest = bounded - day.firstSecond
        return (day, rest / 3_600, rest / 60 % 60, rest % 60)
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func zone(_ rest: inout ArraySlice<UInt8>, _ form: inout Form) -> Int64? {
        rest = rest.drop { $0 == 0x20 }
        guard let sign = rest.first else {
            form = .loose
            return 0
        }
        rest = rest.dropFirst()
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = twoDigits(&rest, below: 24) else { return nil }
            _ = colon(&rest)
            let minutes = twoDigits(&rest, below: 60) ?? 0
            let offset = Int64(hours * 60 + minutes) * 60
            return sign == UInt8(ascii: "+") ? offset : -offset
        default: return nil
        }
    }

    private static func twoDigits(_ rest: inout ArraySlice<UInt8>, below limit: Int) -> Int? {
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let value = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        guard value < limit else { return nil }
        rest = rest.dropFirst(2)
        return value
    }

    private static func colon(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: ":") else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func trim(_ bytes: [UInt8]) -> [UInt8] {
        let front = bytes.drop { $0 <= 0x20 }
        return front.reversed().drop { $0 <= 0x20 }.reversed()
    }
}
