/// Random numbers that are the same for the same seed, on every machine (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number that varies around a mean by up to a quarter.
    mutating func around(_ mean: Double) -> Int64 {
        let factor = Double.random(in: 0.75...1.25, using: &self)
        let exact = mean * factor
        // A mean below one is met by chance on some days.
        let whole = exact.rounded(.down)
        let extra = Double.random(in: 0..<1, using: &self) < exact - whole ? 1.0 : 0
        return Int64(whole + extra)
    }
}
