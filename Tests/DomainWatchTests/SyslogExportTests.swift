import DomainWatch
import Foundation
import Identities
import SQLDatabase
import Storage
import TestSupport
import Testing

/// What a log server is told, taken by a real rsyslogd.
@Suite(.serialized) struct SyslogExportTests {
    private static let hostile = "Eve\r\n<0>1 - - forged\u{0}\u{1B}[31m\u{2028}\"}, 😀"

    /// A port that nobody of ours has.
    private static func port(_ number: Int) -> Int {
        24_000 + (Int(ProcessInfo.processInfo.processIdentifier) * 7 + number) % 20_000
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func database() async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase.inMemory()
        try await Schema.prepare(database)
        return database
    }

    private func export(
        _ database: any SQLDatabase, _ server: RsyslogFolder, authority: String? = nil
    ) throws -> SyslogExport {
        var destination = try #require(SyslogDestination(server.address))
        destination.authority = authority
        return SyslogExport(
            store: ExportStore(database: database),
            line: ExportLine(organisation: .first) { _ in ["message": .text(Self.hostile)] },
            to: destination)
    }

    private func change(_ database: any SQLDatabase, _ name: String) async throws {
        try await AuditStore(database: database, organisation: .first).append(
            AuditChange(
                by: AuditActor(.person, id: 1, name: name), "token.make", name,
                after: String(repeating: "\u{1}", count: 4_000)), at: 1_795_348_800)
    }

    private func message(_ database: any SQLDatabase, _ id: Int64) async throws {
        var batch = MessageBatch()
        batch.add(
            MessageEntry(
                id: id, receivedAt: 1_795_348_800_123, state: .refused, reason: "policy-reject",
                record: [], recipients: [], terms: []))
        try await MessageStore(database: database).write(batch)
    }

    /// Tells what there is, again and again while the server is not there yet.
    private func tell(_ export: SyslogExport) async throws {
        for attempt in 0... {
            do {
                while try await export.step() {}
                return
            } catch {
                guard attempt < 600 else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func wait(_ server: RsyslogFolder, for count: Int) async throws -> [String] {
        for _ in 0..<1_200 where server.told.count < count {
            try await Task.sleep(for: .milliseconds(50))
        }
        return server.told
    }

    private func object(_ line: String) throws -> [String: Any] {
        let start = try #require(line.firstIndex(of: "{"))
        return try #require(
            try JSONSerialization.jsonObject(with: Data(line[start...].utf8)) as? [String: Any])
    }

    @Test(arguments: [RsyslogFolder.Transport.tcp, .tls])
    func `changes and verdicts arrive whole, and again only where nobody knows`(
        _ transport: RsyslogFolder.Transport
    ) async throws {
        try await withFolder { folder in
            let certificates = try CertificateFolder(folder)
            try certificates.make("log", for: ["localhost"], addresses: ["127.0.0.1"])
            let server = try RsyslogFolder(
                folder, transport, port: Self.port(transport == .tcp ? 1 : 2),
                certificates: transport == .tls ? certificates : nil)
            let database = try await database()
            let export = try export(
                database, server, authority: transport == .tls ? certificates.authority : nil)
            // Named for the first time: told from here on.
            try await change(database, "before")
            _ = try await export.step()
            try await change(database, Self.hostile)
            try await message(database, 7)
            // Nobody listens: it is told, and nothing is lost by it.
            await #expect(throws: (any Error).self) { try await export.step() }
            var process = try server.start()
            try await tell(export)
            let first = try await wait(server, for: 2)
            #expect(first.count == 2, "\(first)")
            #expect(
                first[0].hasPrefix("audit info sealgate audit 2026-11-22T12:00:00.000Z {")
                    || first[0].contains(" sealgate audit 2026-11-22T12:00:00.000Z {"), "\(first)")
            #expect(first[1].hasPrefix("mail warning sealgate mail 2026-11-22T12:00:00.123Z {"))
            for line in first {
                let object = try object(line)
                #expect((object["message"] as? String)?.hasPrefix("Eve\r\n<0>1 - -") == true)
                #expect(line.utf8.count < 8_192)
            }
            // The server is killed, and started again.
            ChildProgram.end(process)
            try await change(database, "later")
            await #expect(throws: (any Error).self) { try await export.step() }
            process = try server.start()
            defer { ChildProgram.end(process) }
            try await tell(export)
            let told = try await wait(server, for: 3)
            #expect(told.count == 3 && told.last?.contains("\"later\"") == true, "\(told)")
            let ids = try told.map { try (object($0)["event"] as? [String: Any])?["id"] as? String }
            #expect(ids == ["audit-1-2", "mail-1-1", "audit-1-3"])
            try await database.close()
        }
    }

    @Test func `a server that others vouch for is told nothing`() async throws {
        try await withFolder { folder in
            let certificates = try CertificateFolder(folder)
            try certificates.make("log", for: ["localhost"], addresses: ["127.0.0.1"])
            let server = try RsyslogFolder(
                folder, .tls, port: Self.port(3), certificates: certificates)
            let process = try server.start()
            defer { ChildProgram.end(process) }
            let database = try await database()
            let trusted = try export(database, server, authority: certificates.authority)
            _ = try await trusted.step()
            try await change(database, "secret")
            let strange = try export(database, server)
            for _ in 0..<20 {
                await #expect(throws: (any Error).self) { try await strange.step() }
            }
            try await tell(trusted)
            #expect(try await wait(server, for: 1).count == 1)
            try await database.close()
        }
    }

    @Test func `datagrams hold an event each`() async throws {
        try await withFolder { folder in
            let server = try RsyslogFolder(folder, .udp, port: Self.port(4))
            let process = try server.start()
            defer { ChildProgram.end(process) }
            let database = try await database()
            let export = try export(database, server)
            _ = try await export.step()
            // Nobody says when it listens: what comes before that is lost.
            for _ in 0..<1_200 where server.told.isEmpty {
                try await change(database, Self.hostile)
                while try await export.step() {}
                try await Task.sleep(for: .milliseconds(50))
            }
            let line = try #require(server.told.first)
            #expect((try object(line)["user"] as? [String: Any])?["id"] as? String == "1")
            try await database.close()
        }
    }

    @Test func `a line is short enough for a log server, and many are told in parts`()
        async throws
    {
        let database = try await database()
        for number in 0...Limits.syslogRows { try await change(database, "x\(number)") }
        let store = ExportStore(database: database)
        let destination = try #require(SyslogDestination("tcp://127.0.0.1:1"))
        let export = SyslogExport(
            store: store, line: ExportLine(organisation: .first) { _ in [:] }, to: destination)
        #expect(try await store.move("x", from: nil, to: .start))
        #expect(try await !store.move("x", from: nil, to: .start))
        for row in try await store.rows(after: .start, limit: Limits.syslogRows) {
            let message = try #require(export.message(row))
            #expect(message.count <= Limits.syslogOctets + 100)
        }
        try await database.close()
    }
}
