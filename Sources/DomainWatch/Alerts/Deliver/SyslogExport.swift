public import Storage

/// Tells a log server what happens: changes and verdicts on mail, each at least once.
///
/// How far it came stands in the database, and moves only once the server has read what was sent.
public struct SyslogExport: Sendable {
    private let store: ExportStore
    private let line: ExportLine
    private let destination: SyslogDestination

    public init(store: ExportStore, line: ExportLine, to destination: SyslogDestination) {
        self.store = store
        self.line = line
        self.destination = destination
    }

    private var name: String { "syslog \(destination)" }

    /// Tells what comes next. A server that is named for the first time is told what comes from
    /// then on.
    ///
    /// - Returns: whether there may be more.
    @discardableResult
    public func step() async throws -> Bool {
        guard let known = try await store.position(of: name) else {
            _ = try await store.move(name, from: nil, to: try await store.end())
            return false
        }
        let rows = try await store.rows(after: known, limit: Limits.syslogRows)
        guard let last = rows.last else { return false }
        // Alerts have a way of their own.
        let messages = rows.compactMap(message)
        if !messages.isEmpty {
            try await SyslogSending(destination: destination, messages: messages)
                .send(confirmed: true)
        }
        _ = try await store.move(name, from: known, to: last.cursor)
        return true
    }

    /// Priority, time, names, no structured data, and one object of JSON (RFC 5424 §6); nil for
    /// what is not told here.
    public func message(_ row: ExportRow) -> [UInt8]? {
        let (priority, kind): (Int, String)
        switch row.content {
        case .alert: return nil
        // The log of changes (facility 13), for information.
        case .audit: (priority, kind) = (13 * 8 + 6, "audit")
        case .message(let recorded):
            let isStopped = [.refused, .held, .deferred].contains(recorded.message.state)
            (priority, kind) = (2 * 8 + (isStopped ? 4 : 6), "mail")
        }
        let head = "<\(priority)>1 \(row.time) \(destination.hostName) sealgate - \(kind) - "
        return Array((head + line.render(row, most: Limits.syslogOctets)).utf8)
    }
}
