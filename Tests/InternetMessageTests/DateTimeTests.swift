import InternetMessage
import Testing

@Suite struct DateTimeTests {
    @Test(arguments: [
        ("Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706, -360),
        ("Thu, 01 Jan 1970 00:00:00 +0000", 0, 0),
        ("29 Feb 2000 23:59:60 GMT", 951_868_800, 0),
        ("Mon, 2 Mar 26 08:00 EST", 1_772_456_400, -300),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777, 0),
        ("Sun Nov  6 08:49:37 1994", 784_111_777, 0),
        ("2026-08-21T10:00:00Z", 1_787_306_400, 0),
        ("21 Aug (the day) 2026 (of our)10:00:00 +02:00", 1_787_299_200, 120),
        ("Fri, 21 Aug 2026 03:00:00 PM", 1_787_324_400, 0),
        ("31 Dec 1969 23:59:59 +0000", -1, 0),
    ])
    func `Dates are read in all forms met in mail`(text: String, seconds: Int64, offset: Int) {
        let date = DateTime(parsing: text)
        #expect(date?.secondsSinceEpoch == seconds)
        #expect(date?.offsetMinutes == offset)
    }

    @Test(arguments: [
        "", "yesterday", "32 Jan 2026 00:00:00 +0000", "30 Feb 2026 00:00:00 +0000",
        "1 Jan 2026", "1 Jan 2026 24:00:00", "99999999999999999999 Jan 2026 00:00", "((((",
    ])
    func `What is no date is nil`(text: String) {
        #expect(DateTime(parsing: text) == nil)
    }

    @Test func `A zone that is not known is said to be`() {
        #expect(DateTime(parsing: "1 Jan 2026 00:00:00 -0000")?.isZoneUnknown == true)
        #expect(DateTime(parsing: "1 Jan 2026 00:00:00")?.isZoneUnknown == true)
        #expect(DateTime(parsing: "1 Jan 2026 00:00:00 X")?.isZoneUnknown == true)
        #expect(DateTime(parsing: "1 Jan 2026 00:00:00 +0000")?.isZoneUnknown == false)
    }
}
