import FoundationEssentials
public import SQLDatabase

/// An engine a storage test runs on: every such test runs on each.
public enum TestEngine: String, CaseIterable, Sendable {
    case sqlite
    case postgresql
}

/// A fresh database for one test.
public enum TestDatabase {
    /// Opens an empty database on the engine, and closes and removes it after the body.
    public static func each(
        _ engine: TestEngine, _ body: (any SQLDatabase) async throws -> Void
    ) async throws {
        try await address(engine) { address in
            let database = try await openDatabase(address)
            do {
                try await body(database)
            } catch {
                try? await database.close()
                throw error
            }
            try await database.close()
        }
    }

    /// The address of an empty database, for a test that opens it itself, or several times.
    public static func address(
        _ engine: TestEngine, _ body: (String) async throws -> Void
    ) async throws {
        switch engine {
        case .sqlite:
            let folder = temporaryFolder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await body(folder + "/test.sqlite")
        case .postgresql:
            let server = try PostgreSQLServer.shared
            let name = try server.freshDatabase()
            defer { try? server.drop(name) }
            try await body(server.address(of: name))
        }
    }

    /// A path for a folder of one's own; it is not created.
    public static func temporaryFolder() -> String {
        "/tmp/sealgate-test-\(UUID().uuidString)"
    }
}
