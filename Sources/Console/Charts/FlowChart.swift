import DomainAnalysis
import Storage

/// Bands from senders to what a policy would do with their mail. The width of a band grows with
/// the square root of its messages, so that small senders stay visible beside large ones.
struct FlowChart {
    struct Source {
        var name: String
        var fate: SourceClass.Fate
        /// Messages per outcome, in the order of `outcomes`.
        var messages: [Int64]
    }

    struct Outcome {
        var name: String
        /// Class of its node: `delivered`, `quarantined` or `rejected`.
        var style: String
    }

    private let sources: [Source]
    private let outcomes: [Outcome]
    private let label: String

    init(sources: [Source], outcomes: [Outcome], label: String) {
        // An outcome that nothing comes to is not drawn.
        let used = outcomes.indices.filter { column in
            sources.contains { $0.messages[column] > 0 }
        }
        self.sources = sources.filter { $0.messages.contains { $0 > 0 } }.map { source in
            var copy = source
            copy.messages = used.map { source.messages[$0] }
            return copy
        }
        self.outcomes = used.map { outcomes[$0] }
        self.label = label
    }

    var svg: SVG { SVG(wide: drawing(.wide), narrow: drawing(.narrow)) }

    private struct Frame {
        var name: String
        var width: Double
        var left: Double
        var right: Double
        var rowGap: Double
        var height: Double
        var isNarrow: Bool
        static let wide = Frame(
            name: "chart chart-wide", width: 1_168, left: 300, right: 200, rowGap: 14, height: 260,
            isNarrow: false)
        static let narrow = Frame(
            name: "chart chart-narrow", width: 358, left: 0, right: 96, rowGap: 24, height: 160,
            isNarrow: true)
    }

    private static let nodeWidth = 10.0

    private func root(_ value: Int64) -> Double { Double(max(0, value)).squareRoot() }

    private func drawing(_ frame: Frame) -> SVG {
        let sum = sources.reduce(0.0) { $0 + $1.messages.reduce(0) { $0 + root($1) } }
        let unit = frame.height / max(1, sum)
        func thickness(_ value: Int64) -> Double { value > 0 ? max(1.5, root(value) * unit) : 0 }

        let leftHeights = sources.map { $0.messages.reduce(0) { $0 + thickness($1) } }
        let leftTotal =
            leftHeights.reduce(0) { $0 + max($1, frame.isNarrow ? 4 : 18) + frame.rowGap }
        let rightHeights = outcomes.indices.map { column in
            sources.reduce(0) { $0 + thickness($1.messages[column]) }
        }
        let rightTotal = rightHeights.reduce(0, +) + 48 * Double(outcomes.count)
        let total = max(leftTotal, rightTotal) + 24
        let rightGap = 48.0

        var parts: [Shape] = []
        var labels: [Shape] = []
        var rightY: [Double] = []
        var y = max(24, (total - rightTotal) / 2 + 24)
        for (column, height) in rightHeights.enumerated() {
            rightY.append(y)
            labels += outcomeLabel(column, y: y, height: height, frame: frame)
            y += height + rightGap
        }
        var nextRight = rightY
        let x0 = frame.left + Self.nodeWidth
        let x1 = frame.width - frame.right - Self.nodeWidth
        y = 20
        for (row, source) in sources.enumerated() {
            let slot = max(leftHeights[row], frame.isNarrow ? 4 : 18)
            let start = y + (slot - leftHeights[row]) / 2
            labels += sourceLabel(source, y: y, slot: slot, frame: frame)
            parts.append(
                .rectangle(
                    x: frame.left, y: start, width: Self.nodeWidth, height: leftHeights[row],
                    class: "fill-\(source.fate.rawValue)"))
            var from = start
            for column in outcomes.indices {
                let width = thickness(source.messages[column])
                guard width > 0 else { continue }
                parts.append(
                    band(
                        from: (x0, from), to: (x1, nextRight[column]), width: width,
                        class: "band fill-\(source.fate.rawValue)"
                    ).hinting(
                        "\(source.name): \(Numbers.grouped(source.messages[column])) messages, "
                            + outcomes[column].name))
                from += width
                nextRight[column] += width
            }
            y += slot + frame.rowGap
        }
        for (column, height) in rightHeights.enumerated() where height > 0 {
            parts.append(
                .rectangle(
                    x: x1, y: rightY[column], width: Self.nodeWidth, height: height,
                    class: "node-\(outcomes[column].style)"))
        }
        return SVG(
            width: frame.width, height: total + 12, class: frame.name, label: label, parts + labels)
    }

    private func band(
        from: (x: Double, y: Double), to: (x: Double, y: Double), width: Double,
        class name: String
    ) -> Shape {
        let middle = (from.x + to.x) / 2
        var data = PathData()
        data.move(from.x, from.y)
        data.curve(middle, from.y, middle, to.y, to.x, to.y)
        data.line(to.x, to.y + width)
        data.curve(middle, to.y + width, middle, from.y + width, from.x, from.y + width)
        data.close()
        return .path(data, class: name)
    }

    private func sourceLabel(
        _ source: Source, y: Double, slot: Double, frame: Frame
    ) -> [Shape] {
        let total = source.messages.reduce(0, ClassCounts.sum)
        let name = ForeignText.clean(source.name, limit: frame.isNarrow ? 22 : 24)
        if frame.isNarrow {
            return [
                .label(
                    "\(source.fate.sign) \(name) · \(Numbers.short(Double(total)))", x: 0, y: y - 6,
                    class: "layer-name halo text-\(source.fate.rawValue)")
            ]
        }
        let middle = y + slot / 2 + 5
        return [
            .label(
                "\(source.fate.sign) \(name)", x: 0, y: middle,
                class: "layer-name text-\(source.fate.rawValue)"),
            .label(
                Numbers.short(Double(total)), x: frame.left - 10, y: middle, class: "layer-total",
                anchor: "end"),
        ]
    }

    private func outcomeLabel(
        _ column: Int, y: Double, height: Double, frame: Frame
    ) -> [Shape] {
        let total = sources.reduce(0) { ClassCounts.sum($0, $1.messages[column]) }
        let x = frame.width - frame.right + 10
        let middle = y + height / 2
        return [
            .label(outcomes[column].name, x: x, y: middle, class: "layer-name strong"),
            .label(
                frame.isNarrow ? Numbers.short(Double(total)) : "\(Numbers.spoken(total)) messages",
                x: x, y: middle + 16, class: "layer-total"),
        ]
    }
}
