import DomainAnalysis
import MailReports
import Storage

/// Messages per day as stacked steps by state, with labels at the layers themselves.
///
/// Where forged mail is many times the rest it gets a panel and a scale of its own: otherwise an
/// attack would flatten a domain's real mail into its base line.
struct VolumeChart {
    /// What is drawn: days, or whole weeks where days would be a comb.
    private let days: [DayVolume]
    private let unit: String
    private let counts: ClassCounts
    private let isDrawnApart: Bool
    private let label: String

    init(days: [DayVolume], label: String) {
        let isLong = days.count > Self.longestByDay
        self.days = isLong ? Self.weeks(days) : days
        self.unit = isLong ? "a week" : "a day"
        self.counts = days.reduce(into: ClassCounts()) { $0 += $1.counts }
        self.label = label
        self.isDrawnApart = Self.drawsApart(self.days)
    }

    private static let longestByDay = 120

    /// Weeks that end with the last day, named by their first; a part of a week at the start is
    /// left out of the drawing.
    private static func weeks(_ days: [DayVolume]) -> [DayVolume] {
        stride(from: days.count % 7, to: days.count, by: 7).map { start in
            var week = DayVolume(day: days[start].day)
            for day in days[start..<start + 7] { week.counts += day.counts }
            return week
        }
    }

    /// Forged mail at its worst against the rest at its most.
    static func drawsApart(_ days: [DayVolume]) -> Bool {
        let forged = days.map { Double($0.counts[.forged]) }.max() ?? 0
        let rest = days.map { Double($0.counts.total) - Double($0.counts[.forged]) }.max() ?? 0
        return rest > 0 && forged > rest * 4
    }

    var svg: SVG {
        SVG(wide: drawing(.wide), narrow: drawing(.narrow))
    }

    // MARK: Drawing

    private struct Frame {
        var name: String
        var width: Double
        var panelHeight: Double
        var left: Double
        var right: Double
        var dateLabels: Int
        static let wide = Frame(
            name: "chart chart-wide", width: 1_168, panelHeight: 232, left: 56, right: 184,
            dateLabels: 6)
        static let narrow = Frame(
            name: "chart chart-narrow", width: 358, panelHeight: 180, left: 44, right: 8,
            dateLabels: 3)
        var isNarrow: Bool { right < 100 }
        var plotWidth: Double { width - left - right }
    }

    private func drawing(_ frame: Frame) -> SVG {
        var parts: [Shape] = []
        let isApart = isDrawnApart
        var top = 28.0
        let main: [SourceClass.Fate] =
            isApart ? [.proved, .undecided, .forwarded] : SourceClass.Fate.shownOrder
        parts += panel(
            main, title: isApart ? "Messages \(unit), without forged mail" : "Messages \(unit)",
            frame: frame, top: top, height: frame.panelHeight)
        top += frame.panelHeight
        if isApart {
            top += 44
            let height = frame.panelHeight * 0.5
            parts += panel(
                [.forged], title: "Forged messages \(unit), on a scale of their own", frame: frame,
                top: top, height: height)
            top += height
        }
        parts += dateAxis(frame: frame, y: top)
        return SVG(
            width: frame.width, height: top + 28, class: frame.name, label: label, parts)
    }

    /// Where a day begins; the day behind the last begins where the plot ends.
    private func x(_ index: Int, _ frame: Frame) -> Double {
        frame.left + frame.plotWidth * Double(index) / Double(max(1, days.count))
    }

    private func panel(
        _ fates: [SourceClass.Fate], title: String, frame: Frame, top: Double, height: Double
    ) -> [Shape] {
        let totals = days.map { day in fates.reduce(0.0) { $0 + Double(day.counts[$1]) } }
        let scale = Scale(largest: totals.max() ?? 0, steps: height > 150 ? 4 : 2)
        func y(_ value: Double) -> Double { top + height * (1 - scale.position(value)) }

        var parts: [Shape] = [
            .label(title, x: 0, y: top - 12, class: "axis-title")
        ]
        for tick in scale.ticks {
            parts.append(
                .line(frame.left, y(tick), frame.left + frame.plotWidth, y(tick), class: "grid"))
            parts.append(
                .label(
                    Numbers.short(tick), x: frame.left - 8, y: y(tick) + 4, class: "tick",
                    anchor: "end"))
        }
        var base = days.map { _ in 0.0 }
        var bands: [Band] = []
        for fate in fates {
            let total = counts[fate]
            guard total > 0 else { continue }
            let upper = days.indices.map { base[$0] + Double(days[$0].counts[fate]) }
            parts.append(layer(fate, from: base, to: upper, frame: frame, y: y))
            let last = days.count - 1
            bands.append(
                Band(fate: fate, middle: (y(base[last]) + y(upper[last])) / 2, total: total))
            base = upper
        }
        if !frame.isNarrow {
            parts += labels(bands, frame: frame, top: top, bottom: top + height)
        }
        return parts
    }

    private func layer(
        _ fate: SourceClass.Fate, from lower: [Double], to upper: [Double], frame: Frame,
        y: (Double) -> Double
    ) -> Shape {
        // Each day is a step of its full width: a lone day stays visible, and no slope claims mail
        // between two days.
        var data = PathData()
        for index in days.indices {
            let height = y(upper[index])
            if index == 0 { data.move(x(0, frame), height) }
            if index > 0, upper[index] != upper[index - 1] { data.line(x(index, frame), height) }
            data.line(x(index + 1, frame), height)
        }
        for index in days.indices.reversed() {
            data.line(x(index + 1, frame), y(lower[index]))
            data.line(x(index, frame), y(lower[index]))
        }
        data.close()
        return .path(data, class: "layer fill-\(fate.rawValue)")
    }

    private struct Band {
        var fate: SourceClass.Fate
        var middle: Double
        var total: Int64
    }

    /// Labels beside the last day, pushed apart where layers are thin.
    private func labels(_ bands: [Band], frame: Frame, top: Double, bottom: Double) -> [Shape] {
        let places = Self.spread(
            bands.map(\.middle), spacing: 36, within: (top + 10)...(bottom - 18))
        let edge = frame.left + frame.plotWidth
        var shapes: [Shape] = []
        for (band, place) in zip(bands, places) {
            let name = "\(band.fate.sign) \(band.fate.capitalWord)"
            shapes.append(.line(edge + 2, band.middle, edge + 12, place, class: "leader"))
            shapes.append(
                .label(
                    name, x: edge + 16, y: place + 2,
                    class: "layer-name text-\(band.fate.rawValue)"))
            shapes.append(
                .label(
                    "\(Numbers.spoken(band.total)), \(Numbers.share(band.total, of: counts.total))",
                    x: edge + 16, y: place + 17, class: "layer-total"))
        }
        return shapes
    }

    /// Places near the wanted ones, in the same order from the bottom up, none closer than
    /// `spacing` to the next where there is room for all.
    static func spread(
        _ wanted: [Double], spacing: Double, within range: ClosedRange<Double>
    ) -> [Double] {
        guard wanted.count > 1 else {
            return wanted.map { min(max($0, range.lowerBound), range.upperBound) }
        }
        let room = (range.upperBound - range.lowerBound) / Double(wanted.count - 1)
        let gap = min(spacing, room)
        var places = wanted
        // Upwards from the bottom, then back down from the top.
        var limit = range.upperBound
        for index in places.indices {
            places[index] = min(places[index], limit)
            limit = places[index] - gap
        }
        limit = range.lowerBound
        for index in places.indices.reversed() {
            places[index] = max(places[index], limit)
            limit = places[index] + gap
        }
        return places
    }

    private func dateAxis(frame: Frame, y: Double) -> [Shape] {
        guard let last = days.indices.last else { return [] }
        let wanted = min(frame.dateLabels, days.count)
        let spread = wanted > 1 ? Double(last) / Double(wanted - 1) : 0
        return (0..<wanted).map { step in
            let index = Int((Double(step) * spread).rounded())
            let isFirst = step == 0 && days.count > 1
            let isLast = step == wanted - 1 && days.count > 1
            let middle = (x(index, frame) + x(index + 1, frame)) / 2
            return .label(
                Dates.shortDay(days[index].day),
                x: isFirst ? x(0, frame) : isLast ? x(index + 1, frame) : middle, y: y + 20,
                class: "tick", anchor: isFirst ? "start" : isLast ? "end" : "middle")
        }
    }
}
