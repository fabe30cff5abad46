/// A linear axis from zero with round steps.
struct Scale {
    let top: Double
    let ticks: [Double]

    /// - Parameter largest: the largest value that must fit.
    init(largest: Double, steps: Int = 4) {
        let largest = max(1, largest.isFinite ? largest : 1)
        let rough = largest / Double(max(1, steps))
        var magnitude = 1.0
        while magnitude * 10 <= rough { magnitude *= 10 }
        while magnitude > rough, magnitude > 1 { magnitude /= 10 }
        let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= rough } ?? rough
        // Half a message does not exist.
        let whole = max(1, step < 10 ? step.rounded(.up) : step)
        let count = Int((largest / whole).rounded(.up))
        top = whole * Double(max(1, count))
        ticks = (0...max(1, count)).map { Double($0) * whole }
    }

    /// Where a value lies, from 0 (bottom) to 1 (top).
    func position(_ value: Double) -> Double { min(1, max(0, value / top)) }
}
