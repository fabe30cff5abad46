import SQLDatabase
import TestSupport
import Testing

@Suite struct PostgreSQLTests {
    @Test func `the password is in no label and in no error`() async throws {
        let server = try PostgreSQLServer.shared
        let name = try server.freshDatabase()
        defer { try? server.drop(name) }
        let secret = "s3cr3t-and-wrong"
        let right = try await openDatabase(server.address(of: name))
        #expect(right.label == "PostgreSQL, 127.0.0.1:\(server.port)/\(name)")
        try await right.close()

        let broken = [
            "postgres://sealgate:\(secret)@127.0.0.1:\(server.port)/\(name)",
            "postgres://sealgate:\(secret)@127.0.0.1:1/\(name)",
            "postgres://sealgate:\(secret)@127.0.0.1:x/\(name)",
            "postgres://sealgate:\(secret)%zz@127.0.0.1/\(name)",
            "postgres://sealgate:\(secret)@[::1/\(name)",
            "postgres://sealgate@127.0.0.1/\(name)?password=\(secret)&nonsense=1",
        ]
        for address in broken {
            let error = await #expect(throws: SQLError.self) { try await openDatabase(address) }
            #expect(error?.code == .cannotOpen)
            #expect(error?.message.contains(secret) == false, "\(address)")
            #expect(error?.message.contains("3cr3t") == false)
        }
    }

    @Test func `a missing database is named`() async throws {
        let server = try PostgreSQLServer.shared
        let error = await #expect(throws: SQLError.self) {
            try await openDatabase(server.address(of: "nowhere"))
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("nowhere") == true)
    }

    @Test func `a local socket serves as well`() async throws {
        let server = try PostgreSQLServer.shared
        let name = try server.freshDatabase()
        defer { try? server.drop(name) }
        let database = try await openDatabase(server.socketAddress(of: name))
        let rows = try await database.read { try $0.rows("SELECT 1") }
        #expect(rows[0].integer(0) == 1)
        try await database.close()
    }

    @Test func `an address that demands TLS is refused by a server without it`() async throws {
        let server = try PostgreSQLServer.shared
        let error = await #expect(throws: SQLError.self) {
            try await openDatabase(server.address(of: "postgres") + "?sslmode=require")
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("SSL") == true)
    }

    @Test func `a database in another encoding is refused with the cure`() async throws {
        let server = try PostgreSQLServer.shared
        try server.run(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc "
                + "LOCALE 'C'")
        defer { try? server.drop("latin") }
        let error = await #expect(throws: SQLError.self) {
            try await openDatabase(server.address(of: "latin"))
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.message.contains("UTF8") == true)
    }

    @Test func `the server dies in the middle of a write, and comes back`() async throws {
        let server = try PostgreSQLServer()
        let database = try await openDatabase(server.address(of: "postgres"))
        try await database.write { transaction in
            try transaction.execute("CREATE TABLE note (id {id})")
            try transaction.execute("INSERT INTO note VALUES (1)")
        }
        let error = await #expect(throws: SQLError.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO note VALUES (2)")
                try server.kill()
                try transaction.execute("INSERT INTO note VALUES (3)")
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.isTemporary == true)

        let absent = await #expect(throws: SQLError.self) {
            try await database.read { _ = try $0.rows("SELECT 1") }
        }
        #expect(absent?.code == .connectionLost)
        #expect(absent?.isTemporary == true)

        try server.start()
        let ids = try await database.write { transaction in
            try transaction.execute("INSERT INTO note VALUES (4)")
            return try transaction.rows("SELECT id FROM note ORDER BY id").map { $0.integer(0) }
        }
        #expect(ids == [1, 4])

        // Restarted while the connection was idle: the caller notices nothing.
        try server.kill()
        try server.start()
        let count = try await database.read { try $0.rows("SELECT COUNT(*) FROM note")[0] }
        #expect(count.integer(0) == 2)

        // While rows are copied in, and while they stream out.
        let values: [SQLValue] = (10..<300_000).map { .integer($0) }
        let copying = await #expect(throws: SQLError.self) {
            try await database.write { transaction in
                try transaction.insert(into: "note", columns: ["id"], values: values)
                try server.kill()
                try transaction.insert(into: "note", columns: ["id"], values: values)
            }
        }
        #expect(copying?.code == .connectionLost)
        try server.start()
        let streaming = await #expect(throws: SQLError.self) {
            try await database.read { transaction in
                var isCut = false
                try transaction.forEachRow(
                    "SELECT n FROM generate_series(1, 100000) AS s(n)", []
                ) { _ in
                    if !isCut { try server.kill() }
                    isCut = true
                    return true
                }
            }
        }
        #expect(streaming?.code == .connectionLost)
        try await database.close()
    }
}
