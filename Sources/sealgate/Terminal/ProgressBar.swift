import Glibc
import ReportConsumer

/// One line on standard error that shows how far an import is; silent where nobody watches.
final class ProgressBar: Sendable {
    private let isShown: Bool
    private let started: ContinuousClock.Instant
    private let width = 28

    init() {
        self.isShown = isatty(2) == 1
        self.started = ContinuousClock.now
    }

    func show(_ progress: Importer.Progress) {
        guard isShown else { return }
        let share =
            progress.bytesInAll > 0
            ? min(1, Double(progress.bytesDone) / Double(progress.bytesInAll)) : 1
        let filled = Int(share * Double(width))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let elapsed = ContinuousClock.now - started
        let seconds = Double(elapsed.components.seconds)
        let left =
            share > 0.02 && seconds > 1 ? ", about \(Int(seconds / share - seconds)) s left" : ""
        writeToStandardError(
            "\r\(bar) \(Int(share * 100)) %  \(grouped(progress.counts.files)) of "
                + "\(grouped(progress.filesInAll)) files, \(grouped(progress.counts.records)) "
                + "records\(left)   ")
    }

    func end() {
        guard isShown else { return }
        writeToStandardError("\r\u{1B}[K")
    }
}
