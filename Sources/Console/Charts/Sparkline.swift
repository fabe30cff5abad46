import DomainAnalysis
import Storage

/// A few weeks of messages in the height of a line of text.
enum Sparkline {
    static let width = 112.0
    static let height = 24.0

    /// One layer: the messages of a sender, in the colour of its state.
    static func svg(_ values: [Int64], fate: SourceClass.Fate) -> SVG {
        let numbers = values.map { Double(max(0, $0)) }
        let top = max(1, numbers.max() ?? 1)
        return svg([(fate, numbers.map { $0 / top })])
    }

    /// The layers of a domain's days, each day's total against the largest.
    static func svg(_ days: [DayVolume]) -> SVG {
        let top = max(1, days.map { Double($0.counts.total) }.max() ?? 1)
        let layers = SourceClass.Fate.shownOrder.map { fate in
            (fate, days.map { Double($0.counts[fate]) / top })
        }
        return svg(layers.filter { layer in layer.1.contains { $0 > 0 } })
    }

    private static func svg(_ layers: [(SourceClass.Fate, [Double])]) -> SVG {
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
        for (fate, values) in layers {
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
            parts.append(.path(data, class: "fill-\(fate.rawValue)"))
            base = upper
        }
        return SVG(width: width, height: height, class: "sparkline", label: nil, parts)
    }
}

/// The four states of a number of messages as parts of one bar.
enum ShareBar {
    static func svg(_ counts: ClassCounts, width: Double = 160) -> SVG {
        let total = Double(counts.total)
        var x = 0.0
        var parts: [Shape] = []
        for fate in SourceClass.Fate.shownOrder where total > 0 {
            let count = Double(counts[fate])
            guard count > 0 else { continue }
            let share = max(2, width * count / total)
            parts.append(
                .rectangle(
                    x: x, y: 0, width: min(share, width - x), height: 8,
                    class: "fill-\(fate.rawValue)"))
            x = min(width, x + share + 1)
        }
        return SVG(width: width, height: 8, class: "share-bar", label: nil, parts)
    }
}
