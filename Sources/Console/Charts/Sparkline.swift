import DomainAnalysis
import Storage

/// A few weeks of messages in the height of a line of text.
enum Sparkline {
    static let width = 112.0
    static let height = 24.0

    /// One layer without a state: all the messages of a sender.
    static func svg(_ values: [Int64]) -> SVG {
        let numbers = values.map { Double(max(0, $0)) }
        let top = max(1, numbers.max() ?? 1)
        return svg([("all", numbers.map { $0 / top })])
    }

    /// The layers of a domain's days, each day's total against the largest.
    static func svg(_ days: [DayVolume]) -> SVG {
        let top = max(1, days.map { Double($0.counts.total) }.max() ?? 1)
        let layers = SourceClass.Fate.shownOrder.map { fate in
            (fate.rawValue, days.map { Double($0.counts[fate]) / top })
        }
        return svg(layers.filter { layer in layer.1.contains { $0 > 0 } })
    }

    private static func svg(_ layers: [(String, [Double])]) -> SVG {
        let count = layers.first?.1.count ?? 0
        var parts: [Shape] = [
            .line(0, height - 0.5, width, height - 0.5, class: "grid")
        ]
        guard count > 0 else {
            return SVG(width: width, height: height, class: "sparkline", label: nil, parts)
        }
        var base = Array(repeating: 0.0, count: count)
        func x(_ index: Int) -> Double {
            count == 1 ? width / 2 : width * Double(index) / Double(count - 1)
        }
        func y(_ value: Double) -> Double { (height - 1) - (height - 3) * min(1, value) }
        for (name, values) in layers {
            let upper = zip(base, values).map { $0 + $1 }
            var data = PathData()
            if count == 1 {
                data.move(x(0) - 3, y(base[0]))
                data.line(x(0) - 3, y(upper[0]))
                data.line(x(0) + 3, y(upper[0]))
                data.line(x(0) + 3, y(base[0]))
            } else {
                data.move(x(0), y(upper[0]))
                for index in 1..<count { data.line(x(index), y(upper[index])) }
                for index in (0..<count).reversed() { data.line(x(index), y(base[index])) }
            }
            data.close()
            parts.append(.path(data, class: "fill-\(name)"))
            base = upper
        }
        return SVG(width: width, height: height, class: "sparkline", label: nil, parts)
    }
}
