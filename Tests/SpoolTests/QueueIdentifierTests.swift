import Spool
import Testing

@Suite struct QueueIdentifierTests {
    @Test func `an identifier is read as it is written`() {
        let values: [UInt64] = [
            0, 1, 31, 32, 1 << 59, 1 << 60 - 1, .max, 0x0123_4567_89AB_CDEF,
        ]
        for value in values {
            let id = QueueIdentifier(rawValue: value)
            #expect(id.description.utf8.count == 13)
            #expect(QueueIdentifier(id.description) == id)
            #expect(QueueIdentifier(id.description.lowercased()) == id)
        }
    }

    @Test(arguments: ["", "0", "000000000000", "00000000000000", "G000000000000", "000000000000U"])
    func `what is no identifier is not read as one`(_ text: String) {
        #expect(QueueIdentifier(text) == nil)
    }

    @Test func `identifiers rise, and so does their text, though the clock goes back`() {
        var last = QueueIdentifier(rawValue: 0)
        for now in [1_000, 1_000, 2_000, 500, -7, Int64.max, 3_000] as [Int64] {
            let next = QueueIdentifier.following(last, at: now)
            #expect(next > last)
            #expect(next.description > last.description)
            last = next
        }
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("1970-01-02", 1), ("1969-12-31", -1), ("2000-02-29", 11_016),
        ("2026-11-22", 20_779), ("0001-01-01", -719_162),
    ])
    func `a day is read as it is written`(_ text: String, _ number: Int) {
        #expect(UTCDay(number: number).description == text)
        #expect(UTCDay(text)?.number == number)
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01 ", "2026-00-10",
    ])
    func `what is no day is not read as one`(_ text: String) {
        #expect(UTCDay(text) == nil)
    }

    @Test func `a moment lies in its day, before 1970 too`() {
        #expect(UTCDay(containing: 0).number == 0)
        #expect(UTCDay(containing: -1).number == -1)
        #expect(UTCDay(containing: 86_399_999).number == 0)
        #expect(UTCDay(containing: -86_400_000).number == -1)
        #expect(UTCDay(containing: 1_795_305_600_000).description == "2026-11-22")
    }
}
