import FoundationEssentials
import Glibc
import Identities
import MailReports
import ReportConsumer
import SQLDatabase
import Storage
import TestSupport
import Testing

/// Folders of this machine: what is complete is taken in once, and nothing is followed out of them.
@Suite struct FolderPlaceTests {
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestDatabase.temporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    static func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Rounds one after the other that share what a keeper remembers.
    static func rounds(
        _ place: FolderPlace, _ intake: Intake, _ database: any SQLDatabase, count: Int,
        limits: PlaceLimits = PlaceLimits(), between: (Int) throws -> Void = { _ in }
    ) async throws -> [IntakeRound] {
        let place = ReportPlace.folder(place)
        let keeper = MailboxTests.keeper(place, intake, database, limits: limits)
        var memory = PlaceKeeper.Memory()
        var rounds: [IntakeRound] = []
        for number in 0..<count {
            switch await keeper.round(place, &memory) {
            case .done(let round): rounds.append(round)
            case .failed(let failure, _): throw failure
            }
            try between(number)
        }
        return rounds
    }

    @Test func `a file is taken once it no longer changes, and moved to done`() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("a"), folder + "/a.xml")
            try Self.write(Array("<feedback>".utf8), folder + "/b.xml")
            try Self.write(IntakeTests.xml("h"), folder + "/.hidden.xml")
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(
                    FolderPlace(path: folder, kind: .folder), intake, database, count: 4
                ) { number in
                    // The second is still being written when the first is taken.
                    if number == 0 { try Self.write(IntakeTests.xml("b"), folder + "/b.xml") }
                }
                #expect(rounds.map(\.taken) == [0, 1, 1, 0])
                #expect(try await ReportStore(database: database).statistics().reports == 2)
                let done = try FileManager.default.contentsOfDirectory(atPath: folder + "/done")
                #expect(done.sorted() == ["a.xml", "b.xml"])
                #expect(FileManager.default.fileExists(atPath: folder + "/.hidden.xml"))
            }
        }
    }

    @Test func `a second file of a name that is done keeps both`() async throws {
        try await Self.withFolder { folder in
            try await ReportTrustTests.withIntake { intake, database, _ in
                for id in ["a", "b"] {
                    try Self.write(IntakeTests.xml(id), folder + "/same.xml")
                    _ = try await Self.rounds(
                        FolderPlace(path: folder, kind: .folder), intake, database, count: 2)
                }
                let done = try FileManager.default.contentsOfDirectory(atPath: folder + "/done")
                #expect(done.count == 2)
                #expect(try await ReportStore(database: database).statistics().reports == 2)
            }
        }
    }

    @Test func `links and special files are refused and told`() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("a"), folder + ".outside")
            defer { unlink(folder + ".outside") }
            symlink(folder + ".outside", folder + "/link.xml")
            mkfifo(folder + "/pipe.xml", 0o600)
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(
                    FolderPlace(path: folder, kind: .folder), intake, database, count: 3)
                #expect(rounds.map(\.left) == [2, 2, 2])
                #expect(rounds.allSatisfy { $0.taken == 0 })
                let left = try await IntakePlaceStore(database: database).left(
                    in: "folder \(folder)", limit: 9)
                #expect(left.map(\.name) == ["link.xml", "pipe.xml"])
                #expect(left[0].remark?.contains("symbolic link") == true)
            }
        }
    }

    @Test func `files that stay are remembered, and read again when they change`() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("a"), folder + "/a.xml")
            var place = FolderPlace(path: folder, kind: .folder)
            place.afterwards = .keep
            try await ReportTrustTests.withIntake { intake, database, _ in
                let first = try await Self.rounds(place, intake, database, count: 3)
                #expect(first.map(\.taken) == [0, 1, 0])
                // A program that was started again.
                let second = try await Self.rounds(place, intake, database, count: 2)
                #expect(second.allSatisfy { $0.taken + $0.known == 0 })
                try Self.write(IntakeTests.xml("b", rows: 3), folder + "/a.xml")
                let third = try await Self.rounds(place, intake, database, count: 2)
                #expect(third.map(\.taken) == [0, 1])
            }
        }
    }

    @Test func `a Maildir gives what is new, and keeps it as read`() async throws {
        try await Self.withFolder { folder in
            for name in ["new", "cur", "tmp"] { mkdir(folder + "/" + name, 0o700) }
            try Self.write(
                MailboxTests.mail(IntakeTests.xml("a"), 1), folder + "/new/1.host")
            try Self.write(
                MailboxTests.mail(IntakeTests.xml("t"), 1), folder + "/tmp/2.host")
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(
                    FolderPlace(path: folder, kind: .maildir), intake, database, count: 2)
                #expect(rounds.map(\.taken) == [1, 0])
                #expect(FileManager.default.fileExists(atPath: folder + "/cur/1.host:2,S"))
                #expect(FileManager.default.fileExists(atPath: folder + "/tmp/2.host"))
                let report = try await ReportStore(database: database).recent(limit: 1).first
                #expect(report?.trust == .unproved)
            }
        }
    }

    @Test func `long files go straight from the disk, and too long ones stay`() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("l", rows: 300), folder + "/long.xml")
            try Self.write(IntakeTests.xml("x", rows: 900), folder + "/longer.xml")
            var limits = PlaceLimits()
            limits.bytesTogether = 1 << 10
            limits.fileBytes = 300 << 10
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(
                    FolderPlace(path: folder, kind: .folder), intake, database, count: 2,
                    limits: limits)
                #expect(rounds.map(\.taken) == [0, 1])
                #expect(rounds.map(\.left) == [1, 1])
            }
        }
    }

    @Test func `a round takes so many files, and the next goes on`() async throws {
        try await Self.withFolder { folder in
            for number in 0..<7 {
                try Self.write(IntakeTests.xml("n\(number)"), folder + "/\(number).xml")
            }
            var limits = PlaceLimits()
            limits.itemsInRound = 3
            limits.itemsTogether = 2
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(
                    FolderPlace(path: folder, kind: .folder), intake, database, count: 4,
                    limits: limits)
                #expect(rounds.map(\.taken) == [0, 3, 3, 1])
                #expect(rounds.map(\.hasMore) == [false, true, true, false])
            }
        }
    }

    @Test func `a folder that is not there is a failure in plain words`() async throws {
        try await ReportTrustTests.withIntake { intake, database, _ in
            let failure = await #expect(throws: PlaceFailure.self) {
                try await Self.rounds(
                    FolderPlace(path: "/nowhere/at/all", kind: .folder), intake, database, count: 1)
            }
            #expect(failure?.code == .folder)
        }
    }

    @Test func `a place takes reports about its own domains alone`() async throws {
        try await Self.withFolder { folder in
            try Self.write(IntakeTests.xml("a", domain: "other.example"), folder + "/a.xml")
            var place = FolderPlace(path: folder, kind: .folder)
            place.domains = [try #require(DomainName("example.com"))]
            try await ReportTrustTests.withIntake { intake, database, _ in
                let rounds = try await Self.rounds(place, intake, database, count: 2)
                #expect(rounds.map(\.refused) == [0, 1])
                let item = try await IntakeStore(database: database).quarantined(limit: 1).first
                #expect(item?.refusal.code == .foreignDomain)
            }
        }
    }
}
