import Gateway
import Testing

@Suite struct `Waiting between attempts` {
    @Test func `doubles from 300 to 4,000 seconds, an eighth by chance`() {
        var random = SeededNumbers(seed: 11)
        let backoff = Backoff()
        let rule: [Int64] = [300, 600, 1_200, 2_400, 4_000, 4_000, 4_000]
        for (index, seconds) in rule.enumerated() {
            var seen: Set<Int64> = []
            for _ in 0..<200 {
                let delay = backoff.delay(afterAttempts: index + 1, using: &random)
                #expect(delay >= seconds * 875)
                #expect(delay <= seconds * 1_125)
                seen.insert(delay)
            }
            #expect(seen.count > 100)
        }
        #expect(Gateway.Limits.firstBackoffSeconds == 300)
        #expect(Gateway.Limits.lastBackoffSeconds == 4_000)
        #expect(backoff.delay(afterAttempts: .max, using: &random) <= 4_500_000)
        #expect(backoff.delay(afterAttempts: 0, using: &random) <= 337_500)
    }

    @Test func `is never zero or backwards`() {
        var random = SeededNumbers(seed: 12)
        let backoff = Backoff(first: -5, last: -10)
        #expect(backoff.delay(afterAttempts: 3, using: &random) == 1)
    }
}
