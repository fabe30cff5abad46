public import SQLDatabase

/// The tables of Sealgate's memory, step by step; a released step is never edited.
public enum Schema {
    public static let migrations: [Migration] = [
        reports, accounts, rebuilding, messages, gatewayReports, people, intakePlaces, changes,
        programme, way, alerts, signIn, export, changedDomains, recordFaults,
    ]

    /// Opens a store: brings its tables to the newest step.
    public static func prepare(_ database: any SQLDatabase) async throws {
        try await database.migrate(migrations)
    }
}
