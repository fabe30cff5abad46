import FoundationEssentials
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import Synchronization
import TestSupport
import Testing

/// Folders, mbox files and Maildirs are taken in whole, in any order, and again without effect.
struct ImporterTests {
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    static func write(_ bytes: [UInt8], _ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    static func mail(_ report: [UInt8]) -> [UInt8] {
        Array(
            """
            From: r@reporter.example
            Subject: Report
            MIME-Version: 1.0
            Content-Type: text/xml; name="r.xml"


            """.utf8) + report + [10]
    }

    @Test(
        "a folder with files, a Maildir and an mbox is taken in once",
        arguments: TestEngine.allCases)
    func folder(engine: TestEngine) async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("1"), folder + "/plain.xml")
            try Self.write(Self.mail(IntakeTests.xml("2")), folder + "/deep/er/mail.eml")
            for (number, part) in ["cur", "new", "tmp"].enumerated() {
                try Self.write(
                    Self.mail(IntakeTests.xml("m\(number)")),
                    folder + "/Maildir/\(part)/1.host\(part == "cur" ? ":2,S" : "")")
            }
            var mbox: [UInt8] = []
            for number in 0..<300 {
                mbox += Array("From r@reporter.example Thu Jan  1 00:00:00 2026\n".utf8)
                mbox += Self.mail(IntakeTests.xml("b\(number)")) + [10]
            }
            try Self.write(mbox, folder + "/box.mbox")
            try Self.write(Array("hidden".utf8), folder + "/.hidden")
            try Self.write([], folder + "/empty.xml")

            var limits = IntakeLimits()
            limits.filesTogether = 100
            try await IntakeTests.withRooms(engine, limits: limits) { rooms in
                let importer = Importer(pipeline: rooms.pipeline, width: 2)
                let seen = Mutex<[Int64]>([])
                let result = try await importer.run([folder], door: "test") { progress in
                    seen.withLock { $0.append(progress.bytesDone) }
                }
                // The Maildir's tmp is still being written and is passed over.
                #expect(result.counts.reports == 304)
                #expect(result.counts.messages == 304 * 3)
                #expect(result.counts.refused == 1)
                #expect(result.refusals.map(\.code) == [.empty])
                #expect(seen.withLock { $0 == $0.sorted() && $0.count >= 2 })
                let again = try await importer.run([folder], door: "test") { _ in }
                #expect(again.counts.reports == 0)
                #expect(again.counts.knownFiles == again.counts.files)
                #expect(try await rooms.reports.statistics().reports == 304)
            }
        }
    }

    @Test("a path that is not there is named, and the rest is taken in")
    func missing() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("1"), folder + "/a.xml")
            try await IntakeTests.withRooms { rooms in
                let result = try await Importer(pipeline: rooms.pipeline, width: 1).run(
                    [folder + "/nothing", folder + "/a.xml"], door: "test"
                ) { _ in }
                #expect(result.unreadable.map(\.code) == [.unreadableFile])
                #expect(result.counts.reports == 1)
            }
        }
    }

    @Test("a file longer than memory allows is read from the disk, row by row")
    func longFile() async throws {
        var limits = IntakeLimits()
        limits.wholeBytes = 10_000
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("1", rows: 5_000), folder + "/long.xml")
            try await IntakeTests.withRooms(limits: limits) { rooms in
                let importer = Importer(pipeline: rooms.pipeline, width: 1)
                let result = try await importer.run([folder], door: "test") { _ in }
                #expect(result.counts.records == 5_000)
                let again = try await importer.run([folder], door: "test") { _ in }
                #expect(again.counts.knownFiles == 1)
            }
        }
    }

    @Test("a database that goes away during an import is told, and a repetition completes it")
    func lostDatabase() async throws {
        let server = try PostgreSQLServer()
        let name = try server.freshDatabase()
        let database = try await openDatabase(server.address(of: name))
        try await Schema.prepare(database)
        var limits = IntakeLimits()
        limits.filesTogether = 5
        let rooms = IntakeTests.Rooms(database, limits: limits)
        try await Self.withFolder { folder in
            for number in 0..<60 {
                try Self.write(IntakeTests.xml("\(number)"), folder + "/\(number + 100).xml")
            }
            let importer = Importer(pipeline: rooms.pipeline, width: 2)
            let acknowledged = Mutex<Int64>(0)
            await #expect(throws: SQLError.self) {
                _ = try await importer.run([folder], door: "test") { progress in
                    acknowledged.withLock { $0 = progress.counts.reports }
                    if progress.counts.reports >= 20 { try? server.kill() }
                }
            }
            try server.start()
            let kept = try await rooms.reports.statistics().reports
            #expect(kept >= acknowledged.withLock { $0 })
            #expect(kept < 60)
            let result = try await importer.run([folder], door: "test") { _ in }
            #expect(result.counts.reports == 60 - kept)
            #expect(try await rooms.reports.statistics().messages == 180)
        }
        try await database.close()
    }
}
