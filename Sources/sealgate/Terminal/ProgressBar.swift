import Glibc
import ReportConsumer

/// One line on standard error that shows how far a long work is; silent where nobody watches.
final class ProgressBar: Sendable {
    private let isShown: Bool
    private let started: ContinuousClock.Instant
    private let width = 28

    init() {
        self.isShown = isatty(2) == 1
        self.started = ContinuousClock.now
    }

    func show(_ progress: Importer.Progress) {
        show(
            Double(progress.bytesDone), of: Double(progress.bytesInAll),
            "\(grouped(progress.counts.files)) of \(grouped(progress.filesInAll)) files, "
                + "\(grouped(progress.counts.records)) records")
    }

    /// - Parameter words: what is done so far.
    func show(_ done: Double, of whole: Double, _ words: String) {
        guard isShown else { return }
        let share = whole > 0 ? min(1, done / whole) : 1
        let filled = Int(share * Double(width))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let elapsed = ContinuousClock.now - started
        let seconds = Double(elapsed.components.seconds)
        let left =
            share > 0.02 && seconds > 1 ? ", about \(Int(seconds / share - seconds)) s left" : ""
        writeToStandardError("\r\(bar) \(Int(share * 100)) %  \(words)\(left)   ")
    }

    func end() {
        guard isShown else { return }
        writeToStandardError("\r\u{1B}[K")
    }
}
