/// A point in time as a message states it (RFC 5322 §3.3).
public struct DateTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let secondsSinceEpoch: Int64
    /// How far the sender's clock is ahead of UTC, in minutes.
    public let offsetMinutes: Int
    /// Whether the zone was missing, `-0000` or not understood; UTC is then assumed.
    public let isZoneUnknown: Bool

    public init(secondsSinceEpoch: Int64, offsetMinutes: Int = 0, isZoneUnknown: Bool = false) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.offsetMinutes = offsetMinutes
        self.isZoneUnknown = isZoneUnknown
    }

    /// Reads RFC 5322 dates with their obsolete forms, those of RFC 850 and `asctime`, and
    /// ISO 8601; nil when day, month, year or time cannot be made out.
    public init?(parsing bytes: [UInt8]) {
        var parser = DateTimeParser()
        guard let date = parser.parse(bytes) else { return nil }
        self = date
    }

    public init?(parsing text: String) {
        self.init(parsing: [UInt8](text.utf8.prefix(1_024)))
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    static func days(year: Int, month: Int, day: Int) -> Int {
        // The year begins in March, so that the leap day is its last.
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
