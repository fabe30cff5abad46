/// Where a database lies: a server's address or the path of a file.
public enum SQLDatabaseAddress: Hashable, Sendable {
    case sqlite(path: String)
    case postgresql(url: String)

    /// `postgres://…` and `postgresql://…` name a server, everything else is a path; `sqlite:`
    /// before a path may be written and is dropped.
    public init(_ address: String) {
        let scheme = address.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "postgres", "postgresql": self = .postgresql(url: address)
        case "sqlite" where address.utf8.count > 7:
            self = .sqlite(path: String(address.dropFirst(7)))
        default: self = .sqlite(path: address)
        }
    }
}

/// Opens the database at an address and makes sure that it answers.
public func openDatabase(_ address: String) async throws(SQLError) -> any SQLDatabase {
    switch SQLDatabaseAddress(address) {
    case .sqlite(let path): return try SQLiteDatabase(path: path)
    case .postgresql(let url):
        let database = try PostgreSQLDatabase(url: url)
        do {
            _ = try await database.read { try $0.rows("SELECT 1") }
        } catch let error as SQLError {
            throw error
        } catch {
            throw SQLError(.cannotOpen, "\(database.label) cannot be opened: \(error)")
        }
        return database
    }
}
