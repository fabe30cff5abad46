import DomainWatch
import Testing

/// When alerts are judged.
struct AlertRhythmTests {
    private static let pause = AlertRhythm.Limits.pause

    @Test func `alerts are judged at once and then after each pause`() async {
        let rhythm = AlertRhythm()
        #expect(await rhythm.begin(now: 1_000))
        #expect(await !rhythm.begin(now: 1_000))
        #expect(await !rhythm.begin(now: 999 + Self.pause))
        #expect(await rhythm.begin(now: 1_000 + Self.pause))
        #expect(await !rhythm.begin(now: 1_001 + Self.pause))
    }

    @Test func `news is judged next time, and once`() async {
        let rhythm = AlertRhythm()
        #expect(await rhythm.begin(now: 1_000))
        await rhythm.hear()
        await rhythm.hear()
        #expect(await rhythm.begin(now: 1_010))
        #expect(await !rhythm.begin(now: 1_020))
        // The pause begins anew.
        #expect(await !rhythm.begin(now: 1_009 + Self.pause))
        #expect(await rhythm.begin(now: 1_010 + Self.pause))
    }

    @Test func `a clock that was set back does not stop the judging`() async {
        let rhythm = AlertRhythm()
        #expect(await rhythm.begin(now: 1_000_000))
        #expect(await rhythm.begin(now: 1_000))
        #expect(await !rhythm.begin(now: 1_001))
    }
}
