import DomainAnalysis
import FoundationEssentials
import Glibc
import Identities
import ReportConsumer
import Storage
import TestSupport
import Testing

/// Which network an address belongs to, by a file that the operator gives.
struct NetworkLookupTests {
    typealias Network = SourceObservation.Network
    typealias Value = NetworksFile.Value

    static let octets: [UInt8] = [192, 0, 2, 0]

    /// Writes files, opens them, and takes them away again.
    static func withFiles<Result>(
        _ contents: [[UInt8]], limits: NetworkLimits = NetworkLimits(),
        _ body: (NetworkLookup) async throws -> Result
    ) async throws -> Result {
        let paths = contents.map { _ in "/tmp/networks-\(UUID().uuidString).mmdb" }
        defer { for path in paths { unlink(path) } }
        for (path, bytes) in zip(paths, contents) {
            try Data(bytes).write(to: URL(filePath: path))
        }
        return try await body(
            try #require(try NetworkLookup(paths: paths, limits: limits)))
    }

    static func file(_ value: Value) -> [UInt8] {
        var file = NetworksFile()
        file.add(octets, 24, value)
        return file.bytes
    }

    static let inside = "192.0.2.7"

    struct Form: CustomTestStringConvertible, Sendable {
        var maker: String
        var value: @Sendable () -> Value
        var expected: Network
        var testDescription: String { maker }
    }

    static let makers: [Form] = [
        Form(
            maker: "GeoLite2-ASN, DB-IP ASN", value: { .system(64_500, "Example Net") },
            expected: .init(number: 64_500, organisation: "Example Net", country: nil)),
        Form(
            maker: "GeoLite2-Country", value: { .country("SE") },
            expected: .init(number: nil, organisation: nil, country: "SE")),
        Form(
            maker: "a country only by registration",
            value: { .map([("registered_country", .map([("iso_code", .text("NO"))]))]) },
            expected: .init(number: nil, organisation: nil, country: "NO")),
        Form(
            maker: "GeoIP2-Enterprise",
            value: {
                .map([
                    ("country", .map([("iso_code", .text("FI"))])),
                    ("traits", .system(64_501, "Traits Net")),
                ])
            }, expected: .init(number: 64_501, organisation: "Traits Net", country: "FI")),
        Form(
            maker: "IPinfo Lite",
            value: {
                .map([
                    ("as_name", .text("Lite Net")), ("asn", .text("AS64502")),
                    ("country", .text("Sweden")), ("country_code", .text("SE")),
                ])
            }, expected: .init(number: 64_502, organisation: "Lite Net", country: "SE")),
        Form(
            maker: "a country as two letters, a number of 16 bits",
            value: {
                .map([
                    ("autonomous_system_number", .uint16(64_503)), ("country", .text("DK")),
                ])
            }, expected: .init(number: 64_503, organisation: nil, country: "DK")),
    ]

    @Test("the forms of the usual makers are all understood", arguments: makers)
    func forms(form: Form) async throws {
        try await Self.withFiles([Self.file(form.value())]) { lookup in
            #expect(lookup[Self.inside] == form.expected)
            #expect(lookup["198.51.100.1"] == nil)
        }
    }

    @Test(
        "IPv4 and IPv6 addresses are found in trees of every width", arguments: [24, 28, 32],
        [true, false])
    func trees(recordBits: Int, holdsIPv6: Bool) async throws {
        var file = NetworksFile(recordBits: recordBits, holdsIPv6: holdsIPv6)
        file.add([192, 0, 2, 0], 24, .system(64_500, "Wide"))
        file.add([203, 0, 113, 128], 25, .system(64_501, "Narrow"))
        if holdsIPv6 {
            file.add([0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 12), 32, .country("SE"))
        }
        try await Self.withFiles([file.bytes]) { lookup in
            #expect(lookup["192.0.2.255"]?.number == 64_500)
            #expect(lookup["203.0.113.129"]?.number == 64_501)
            #expect(lookup["203.0.113.127"] == nil)
            let six = lookup["2001:db8::1"]
            #expect(six?.country == (holdsIPv6 ? "SE" : nil))
            #expect(lookup.damaged.isEmpty)
        }
    }

    @Test("files made by others' programs are read")
    func foreignFiles() throws {
        let folder = "conformance/detection-spamassassin/t/data/geodb/"
        let lookup = try #require(
            try NetworkLookup(paths: [
                SharedData.path(folder + "GeoIP2-ISP.mmdb"),
                SharedData.path(folder + "GeoIP2-Country.mmdb"),
            ]))
        #expect(
            lookup["8.8.8.8"]
                == .init(number: 15_169, organisation: "GOOGLE - Google LLC, US", country: "US"))
    }

    @Test("of several files the first that knows counts, and a number keeps its own name")
    func severalFiles() async throws {
        let files = [
            Self.file(.map([("autonomous_system_number", .uint32(64_500))])),
            Self.file(.system(64_501, "Other")), Self.file(.country("SE")),
            Self.file(.country("NO")),
        ]
        try await Self.withFiles(files) { lookup in
            #expect(
                lookup[Self.inside]
                    == .init(number: 64_500, organisation: nil, country: "SE"))
        }
    }

    @Test("the number 0, which is nobody's, names no network")
    func numberZero() async throws {
        let value = Value.map([
            ("autonomous_system_number", .uint32(0)), ("country_code", .text("SE")),
        ])
        try await Self.withFiles([Self.file(value)]) { lookup in
            #expect(
                lookup[Self.inside]
                    == .init(number: nil, organisation: nil, country: "SE"))
        }
    }

    @Test("many tasks may ask one file at once")
    func manyTasks() async throws {
        try await Self.withFiles([Self.file(.system(64_500, "Example Net"))]) { lookup in
            let address = try #require(IPAddress(Self.inside))
            let answers = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (0..<2_000).reduce(0) { sum, _ in
                            sum + (lookup.network(of: address)?.number == 64_500 ? 1 : 0)
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(answers == 16_000)
        }
    }

    @Test("a missing file, a folder, junk and a file about something else are told in words")
    func refusals() async throws {
        let none = try NetworkLookup(paths: [])
        #expect(none == nil)
        func sentence(_ path: String) -> String {
            do {
                _ = try NetworkLookup(paths: [path])
                return ""
            } catch {
                return error.description
            }
        }
        #expect(sentence("/tmp/no-such.mmdb").contains("There is no networks file /tmp/no-such"))
        #expect(sentence("/tmp").contains("is not a file"))
        for (bytes, words) in [
            ([], "damaged"), (Array("not an MMDB file".utf8), "damaged"),
            (Self.file(.map([("is_anonymous", .uint16(1))])), "neither networks nor countries"),
        ] {
            let path = "/tmp/networks-\(UUID().uuidString).mmdb"
            defer { unlink(path) }
            try Data(bytes).write(to: URL(filePath: path))
            #expect(sentence(path).contains(words), "\(sentence(path))")
        }
    }

    @Test("a file cut off anywhere is refused or answers, and never ends the program")
    func cutOff() async throws {
        let whole = Self.file(.system(64_500, "Example Net"))
        var refused = 0
        for length in 0..<whole.count {
            do {
                try await Self.withFiles([Array(whole.prefix(length))]) { lookup in
                    _ = lookup[Self.inside]
                }
            } catch is NetworkFileError {
                refused += 1
            }
        }
        #expect(refused == whole.count, "all of the metadata is at the end")
    }

    @Test("a file with any one byte changed is refused or answers, and never ends the program")
    func changed() async throws {
        let whole = Self.file(.system(64_500, "Example Net"))
        for index in whole.indices {
            for flip: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] ^= flip
                do {
                    try await Self.withFiles([bytes]) { lookup in
                        _ = lookup[Self.inside]
                        _ = lookup["2001:db8::1"]
                    }
                } catch is NetworkFileError {
                    continue
                }
            }
        }
    }

    @Test("an entry that cannot be read leaves its addresses without network, and is told")
    func damagedEntry() async throws {
        var file = NetworksFile()
        file.add([10, 0, 0, 0], 8, .system(64_500, "Sound"))
        // A text of 200 octets, of which three are there.
        file.add(
            Self.octets, 24,
            .raw([0xE1, 0x43] + Array("asn".utf8) + [0x5D, 0xFF, 1, 2, 3]))
        try await Self.withFiles([file.bytes]) { lookup in
            #expect(lookup["10.1.2.3"]?.number == 64_500)
            #expect(lookup.damaged.isEmpty)
            #expect(lookup[Self.inside] == nil)
            #expect(lookup.damaged.count == 1)
        }
    }

    @Test("every limit holds: files, size, length of a name, what is looked at when opening")
    func limits() async throws {
        let bytes = Self.file(.system(64_500, String(repeating: "n", count: 1_000)))
        var limits = NetworkLimits()
        limits.textLength = 10
        try await Self.withFiles([bytes], limits: limits) { lookup in
            #expect(lookup[Self.inside]?.organisation?.count == 10)
        }
        func reason(
            _ files: [[UInt8]], _ change: (inout NetworkLimits) -> Void
        ) async throws -> NetworkFileError.Reason? {
            var limits = NetworkLimits()
            change(&limits)
            do {
                try await Self.withFiles(files, limits: limits) { _ in }
                return nil
            } catch let error as NetworkFileError {
                return error.reason
            }
        }
        #expect(try await reason([bytes, bytes]) { $0.files = 1 } == .tooMany(1))
        #expect(try await reason([bytes]) { $0.fileBytes = 100 } == .tooLarge(100))
        // The first entry lies 120 nodes deep.
        #expect(try await reason([bytes]) { $0.sampledNodes = 100 } == .holdsOther("Test-ASN"))
        #expect(try await reason([bytes]) { $0.sampledNodes = 130 } == nil)
        var twice = NetworksFile()
        twice.add([10, 0, 0, 0], 8, .map([("other", .uint16(1))]))
        twice.add(Self.octets, 24, .country("SE"))
        #expect(
            try await reason([twice.bytes]) { $0.sampledEntries = 1 } == .holdsOther("Test-ASN"))
        #expect(try await reason([twice.bytes]) { $0.sampledEntries = 2 } == nil)
    }
}

extension NetworkLookup {
    /// The network of an address in writing.
    fileprivate subscript(text: String) -> SourceObservation.Network? {
        IPAddress(text).flatMap(network(of:))
    }
}

/// The network on a report's way through the intake.
struct NetworkIntakeTests {
    @Test("a network is kept as evidence, in memory and row by row", arguments: [10_000, 1])
    func evidence(wholeRecords: Int) async throws {
        var limits = IntakeLimits()
        limits.wholeRecords = wholeRecords
        var file = NetworksFile()
        file.add(
            NetworkLookupTests.octets, 24,
            .map([
                ("autonomous_system_number", .uint32(64_500)),
                ("autonomous_system_organization", .text("Example Net")),
                ("country_code", .text("SE")),
            ]))
        try await NetworkLookupTests.withFiles([file.bytes]) { networks in
            let facts = SourceFacts(lookup: nil, networks: networks)
            try await IntakeTests.withRooms(limits: limits, facts: facts) { rooms in
                let outcome = try await rooms.intake.accept(
                    IntakeTests.xml("a"), name: "a.xml", door: "test")
                #expect(outcome.accepted.count == 1)
                let domain = try #require(DomainName("example.com"))
                let overview = try #require(
                    try await rooms.domains.overview(
                        of: domain, days: 30, until: nil, now: IntakeTests.now))
                // Row 0 is signed by the domain itself; of row 1 nothing but the network is known.
                let senders = overview.senders.sorted { $0.key < $1.key }
                #expect(senders.map(\.key) == ["network:AS64500", "own:example.com"])
                #expect(senders.map(\.name) == ["Example Net", "Servers of example.com"])
                #expect(senders.map(\.confidence) == [.weak, .strong])
                for sender in senders {
                    let evidence = try #require(sender.evidence.first { $0.kind == .network })
                    #expect(
                        evidence.observation
                            == "The address is in AS64500 (Example Net), country SE")
                }
            }
        }
    }
}
