internal import Spool

extension DeliveryClock {
    /// The machine's own clocks.
    public static var system: DeliveryClock {
        let begin = ContinuousClock.now
        return DeliveryClock(
            monotonic: {
                let (seconds, fraction) = begin.duration(to: .now).components
                return seconds * 1_000 + fraction / 1_000_000_000_000_000
            }, wall: SystemTime.milliseconds,
            sleep: { try? await Task.sleep(for: .milliseconds($0)) })
    }
}
