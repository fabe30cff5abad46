import DomainWatch
import Gateway
import Logging
import Storage

extension House {
    /// Tells the log server that the settings name what happens in the first organisation; nil
    /// where none is named.
    func exportService(_ settings: Settings, logger: Logger) -> LoopService? {
        guard var destination = settings.export.syslog else { return nil }
        destination.authority = settings.export.authority
        let export = SyslogExport(
            store: accounts.export(of: .first),
            line: ExportLine(organisation: .first, verdict: MessageRecord.exported),
            to: destination)
        return LoopService(
            pause: .seconds(2), longestPause: .seconds(120),
            complaint: "The log server could not be told, and is tried again", logger: logger
        ) {
            while try await export.step() { try Task.checkCancellation() }
        }
    }
}
