import DomainAnalysis
import Storage

/// A few weeks of messages in the height of a line of text.
enum Sparkline {
    static let width = 112.0
    static let height = 24.0
    /// Steps drawn at most: longer windows are added up in groups.
    static let steps = 56

    /// One layer without a state: all the messages of a sender.
    static func svg(_ values: [Int64]) -> SVG {
        svg([("all", values.map { Double(max(0, $0)) })])
    }

    /// The layers of a domain's days.
    static func svg(_ days: [DayVolume]) -> SVG {
        svg(
            SourceClass.Fate.shownOrder.map { fate in
                (fate.rawValue, days.map { Double($0.counts[fate]) })
            })
    }

    private static func svg(_ layers: [(name: String, values: [Double])]) -> SVG {
        let grouped = layers.map { ($0.name, groups($0.values)) }.filter {
            $0.1.contains { $0 > 0 }
        }
        var parts: [Shape] = [.line(0, height - 0.5, width, height - 0.5, class: "grid")]
        let count = grouped.first?.1.count ?? 0
        var base = Array(repeating: 0.0, count: count)
        let totals = base.indices.map { index in grouped.reduce(0) { $0 + $1.1[index] } }
        let top = max(1, totals.max() ?? 1)
        func x(_ index: Int) -> Double { width * Double(index) / Double(max(1, count)) }
        func y(_ value: Double) -> Double { (height - 1) - (height - 3) * min(1, value / top) }
        for (name, values) in grouped {
            let upper = zip(base, values).map { $0 + $1 }
            var data = PathData()
            for index in upper.indices {
                // A day with mail never vanishes beside a larger one.
                let step =
                    values[index] > 0 ? min(y(upper[index]), y(base[index]) - 1) : y(upper[index])
                if index == 0 { data.move(0, step) } else { data.line(x(index), step) }
                data.line(x(index + 1), step)
            }
            for index in upper.indices.reversed() {
                data.line(x(index + 1), y(base[index]))
                data.line(x(index), y(base[index]))
            }
            data.close()
            parts.append(.path(data, class: "fill-\(name)"))
            base = upper
        }
        return SVG(width: width, height: height, class: "sparkline", label: nil, parts)
    }

    /// Sums of neighbouring days, the last group ending with the last day.
    private static func groups(_ values: [Double]) -> [Double] {
        let size = (values.count + steps - 1) / steps
        guard size > 1 else { return values }
        return stride(from: values.count % size, to: values.count, by: size).map {
            values[$0..<$0 + size].reduce(0, +)
        }
    }
}
