import MailReports
import Storage

/// The course as two pictures under each other, messages a day in each step: what was not forged,
/// and what was. Each has a scale of its own, for an attack would flatten the other.
struct EvidenceChart {
    let steps: [EvidencePack.Step]
    let before: DayRange?
    let now: DayRange

    private struct Band {
        var name: String
        var ink: PDFInk
        var value: (EvidenceCounts) -> Int64
    }

    private static let plotWidth = PDFPages.width - 40 - 104
    private static let left = PDFPages.margin + 40

    func draw(on pages: inout PDFPages) {
        guard !steps.isEmpty else { return }
        let top = pages.y
        let (upper, lower) = (top + 30, top + 176)
        for (name, days) in [("before", before), ("now", now)] {
            guard let days else { continue }
            let (start, end) = (x(days.first), x(days.last.advanced(by: 1)))
            pages.put(
                .box(x: start, y: top + 12, width: end - start, height: 242, ink: .faint))
            for edge in [start, end] {
                pages.put(.line(x1: edge, y1: top + 4, x2: edge, y2: top + 254, ink: .line))
            }
            label(name, (start + end) / 2, top, .middle, &pages)
        }
        panel(
            "Messages a day that were not forged",
            [
                Band(name: "legitimate", ink: .proved) { $0.legitimate },
                Band(name: "forwarded", ink: .forwarded) { $0.forwarded },
                Band(name: "to decide", ink: .undecided) { $0.undecided },
            ], top: upper, height: 112, &pages)
        panel(
            "Unauthorised messages a day",
            [
                Band(name: "let through", ink: .forged) { $0.letThrough },
                Band(name: "rejected or quarantined", ink: .stopped) { $0.stopped },
            ], top: lower, height: 78, &pages)
        dates(y: lower + 82, &pages)
        pages.skip(282)
    }

    private var whole: DayRange {
        DayRange(
            first: steps.first?.days.first ?? now.first, last: steps.last?.days.last ?? now.last)
    }

    private func x(_ day: UTCDay) -> Double {
        Self.left + Self.plotWidth * Double(day.number - whole.first.number)
            / Double(max(1, whole.dayCount))
    }

    // MARK: Panels

    private func panel(
        _ title: String, _ bands: [Band], top: Double, height: Double, _ pages: inout PDFPages
    ) {
        func daily(_ step: EvidencePack.Step, _ band: Band) -> Double {
            Double(band.value(step.mail.counts)) / Double(step.days.dayCount)
        }
        let sums = steps.map { step in bands.reduce(0) { $0 + daily(step, $1) } }
        let (end, ticks) = Self.scale(sums.max() ?? 0)
        func y(_ value: Double) -> Double { top + height * (1 - min(1, value / end)) }
        label(title, Self.left + 6, top - 13, .left, &pages, ink: .text)
        for tick in ticks {
            pages.put(
                .line(
                    x1: Self.left, y1: y(tick), x2: Self.left + Self.plotWidth, y2: y(tick),
                    ink: .line))
            label(Self.short(tick), Self.left - 5, y(tick) - 5, .right, &pages)
        }
        var base = steps.map { _ in 0.0 }
        var names: [(band: Band, total: Int64, y: Double)] = []
        for band in bands {
            let total = steps.reduce(Int64(0)) {
                ClassCounts.sum($0, band.value($1.mail.counts))
            }
            guard total > 0 else { continue }
            let upper = zip(base, steps).map { $0 + daily($1, band) }
            pages.put(.area(outline(base, upper, y), ink: band.ink))
            if let last = steps.indices.last {
                names.append((band, total, (y(base[last]) + y(upper[last])) / 2))
            }
            base = upper
        }
        if names.isEmpty { label("none", Self.left + 6, top + height - 14, .left, &pages) }
        // From the bottom up, none over the next.
        var limit = top + height - 10
        for name in names {
            let place = min(limit, name.y - 5)
            let right = Self.left + Self.plotWidth
            pages.put(.box(x: right + 8, y: place + 2, width: 6, height: 6, ink: name.band.ink))
            label(name.band.name, right + 18, place, .left, &pages, ink: .text)
            limit = place - 14
        }
    }

    /// Each step is drawn with its full width: no slope claims mail between two days.
    private func outline(
        _ lower: [Double], _ upper: [Double], _ y: (Double) -> Double
    ) -> [PDFPoint] {
        var points: [PDFPoint] = []
        for (step, value) in zip(steps, upper) {
            points.append(PDFPoint(x: x(step.days.first), y: y(value)))
            points.append(PDFPoint(x: x(step.days.last.advanced(by: 1)), y: y(value)))
        }
        for (step, value) in zip(steps, lower).reversed() {
            points.append(PDFPoint(x: x(step.days.last.advanced(by: 1)), y: y(value)))
            points.append(PDFPoint(x: x(step.days.first), y: y(value)))
        }
        return points
    }

    private func dates(y: Double, _ pages: inout PDFPages) {
        let count = min(5, whole.dayCount)
        for index in 0..<count {
            let part = count > 1 ? Double(index) / Double(count - 1) : 0
            let day = whole.first.advanced(by: Int((Double(whole.dayCount - 1) * part).rounded()))
            let side: PDFText.Side = index == 0 ? .left : index == count - 1 ? .right : .middle
            let place = index == count - 1 && count > 1 ? x(day.advanced(by: 1)) : x(day)
            label(EvidenceText.day(day), place, y, side, &pages)
        }
    }

    private func label(
        _ text: String, _ x: Double, _ y: Double, _ side: PDFText.Side,
        _ pages: inout PDFPages, ink: PDFInk = .soft
    ) {
        pages.put(.text(PDFText(text: text, size: 7.5, ink: ink, side: side), x: x, y: y))
    }

    // MARK: Scales

    /// The end of an axis from zero, and its round steps.
    static func scale(_ largest: Double) -> (end: Double, ticks: [Double]) {
        let rough = max(1, largest) / 3
        var size = 1.0
        while size * 10 <= rough { size *= 10 }
        let step = [1, 2, 5, 10].map { $0 * size }.first { $0 >= rough } ?? rough
        let count = max(1, (max(1, largest) / step).rounded(.up))
        return (step * count, (0...Int(count)).map { Double($0) * step })
    }

    /// `1.2 M`, `340 k`.
    static func short(_ value: Double) -> String {
        for (size, unit) in [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")]
        where value >= size {
            let tenths = Int64((value / size * 10).rounded())
            return tenths % 10 == 0
                ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
        }
        return String(Int64(value.rounded()))
    }
}
