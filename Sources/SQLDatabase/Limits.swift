/// The bounds this target works within.
public enum Limits {
    /// Octets of a page of a new SQLite file.
    public static let pageOctets = 8_192
    /// Pages SQLite's writing connection keeps in memory, in KiB.
    public static let writerCacheKiB = 8_192
    /// Pages each of SQLite's reading connections keeps in memory, in KiB.
    public static let readerCacheKiB = 2_048
    /// Connections that read a SQLite file at the same time.
    public static let readers = 4
    /// Memory a SQLite connection's prepared statements may take before they are dropped, in bytes.
    public static let statementBytes = 4_194_304
    /// Rows that one statement of SQLite inserts where there are many.
    public static let rowsTogether = 16
    /// Seconds a statement waits for another process that writes to the same SQLite file.
    public static let busySeconds = 10.0
    /// Size to which SQLite's write-ahead log is cut back after a big transaction, in bytes.
    public static let logBytes = 67_108_864

    /// Connections held to a PostgreSQL server; further calls wait for one of them.
    public static let connections = 8
    /// Seconds to wait for a PostgreSQL server that does not answer the first packet.
    public static let connectSeconds = 10
    /// Attempts at a transaction that lost a race; the second already runs without our own others.
    public static let attempts = 5
    /// Statements a PostgreSQL connection keeps prepared.
    public static let preparedStatements = 256
    /// Bytes a cursor aims at in one fetch: what `forEachRow` holds in memory.
    public static let fetchBytes = 1_048_576
    /// Rows a cursor asks for at most in one fetch.
    public static let fetchRows = 4_096
    /// Bytes sent at once while copying rows in.
    public static let copyBytes = 65_536
    /// Rows merged by one statement in `accumulate`.
    public static let mergeRows = 8_192
    /// Parameters a statement may take, SQLite's own default.
    public static let parameters = 32_766
}
