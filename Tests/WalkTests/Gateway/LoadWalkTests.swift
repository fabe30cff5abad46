import Foundation
import TestSupport
import Testing

/// The gateway with little room and with many clients; downstream is Postfix's smtp-sink.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LoadWalkTests {
    private static let sink = "11.0.0.65"

    private static func with(
        before: String = "", _ options: [String] = [],
        _ body: (SmallInternet, WalkingGateway) throws -> Void
    ) throws {
        try SmallInternet.run([sink]) { internet in
            try internet.startDNS([])
            try FileManager.default.createDirectory(
                atPath: internet.folder + "/sink", withIntermediateDirectories: false)
            try Command.run(["chmod", "0777", internet.folder + "/sink"])
            // No domains: all mail goes one way.
            let gateway = try WalkingGateway(
                internet, before: before,
                ["--own-network", "11.0.0.0/24", "--next-hop", "\(sink):25"] + options)
            try body(internet, gateway)
        }
    }

    /// Starts smtp-sink, which keeps each mail in a file.
    private static func startSink(_ internet: SmallInternet) throws {
        try internet.start(
            [
                "smtp-sink", "-u", "nobody", "-d", internet.folder + "/sink/%H.", "\(sink):25",
                "500",
            ],
            log: "sink.log")
        try internet.wait(sink, 25, log: "sink.log")
    }

    /// The numbers of the messages that arrived, each as often as it did.
    private static func arrived(_ internet: SmallInternet) throws -> [Int] {
        let found = try internet.run([
            "grep", "-rhao", "^Subject: number [0-9]*", internet.folder + "/sink",
        ]).output
        return found.split(separator: "\n").compactMap { line in
            line.split(separator: " ").last.flatMap { Int($0) }
        }.sorted()
    }

    private static func load(
        _ internet: SmallInternet, _ act: String, _ numbers: [Int]
    ) throws -> [[String]] {
        let script = SharedData.packageRoot + "/Tests/WalkTests/Gateway/Peers/smtp_load.py"
        let said = try internet.must(
            ["python3", script, act, WalkingGateway.address, "587"] + numbers.map(String.init))
        return said.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    /// Sends large messages until one is refused, at most so many; the numbers that were taken.
    private static func fill(
        _ internet: SmallInternet, from first: Int, atMost count: Int
    ) throws -> (taken: [Int], refusals: Set<String>) {
        var taken: [Int] = []
        var number = first
        while number < first + count {
            let replies = try load(internet, "send", [number, 5, 2_000_000])
            taken += replies.filter { $0[1] == "250" }.compactMap { Int($0[0]) }
            let refusals = Set(replies.filter { $0[1] != "250" }.map { $0[1] })
            if !refusals.isEmpty { return (taken, refusals) }
            number += 5
        }
        return (taken, [])
    }

    private static func freeOctets(_ internet: SmallInternet, _ folder: String) throws -> Int {
        let said = try internet.must(["df", "--output=avail", "-B1", folder])
        return said.split(separator: "\n").last.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    @Test func `a disk that fills up is told with 452 before it is full, and nothing is lost`()
        throws
    {
        // Four segments of 64 MiB, 256 MiB that stay free, and some room for messages.
        let spool = "/mnt/spool"
        let before = "mount -t tmpfs -o size=584m none /mnt && mkdir \(spool)"
        try Self.with(before: before, ["--spool", spool]) { internet, gateway in
            let (first, refusals) = try Self.fill(internet, from: 0, atMost: 100)
            #expect(refusals == ["452"])
            #expect(first.count > 10)
            #expect(try Self.freeOctets(internet, spool) > 200 << 20)
            // Another program takes the rest: still no error but that one, and no crash.
            _ = try internet.run(["dd", "if=/dev/zero", "of=/mnt/other", "bs=1M"])
            #expect(try Self.freeOctets(internet, spool) < 1 << 20)
            let (none, others) = try Self.fill(internet, from: 1_000, atMost: 5)
            #expect(none.isEmpty && others == ["452"])

            // Downstream comes back: what was promised goes out, though there is hardly room for
            // the wish to try it now.
            try internet.must(["truncate", "-s", "-1M", "/mnt/other"])
            try Self.startSink(internet)
            #expect(try gateway.ask(["queue", "flush"]).status == 0)
            _ = try internet.eventually("all arrive: \(gateway.said)") {
                try Self.arrived(internet).count >= first.count ? true : nil
            }
            try internet.must(["rm", "/mnt/other"])
            // Mail is taken again as soon as there is room.
            let second = try internet.eventually("mail is taken again") { () -> [Int]? in
                let (taken, _) = try Self.fill(internet, from: 2_000, atMost: 5)
                return taken.isEmpty ? nil : taken
            }
            _ = try internet.eventually("the rest arrives: \(gateway.said)") {
                try Self.arrived(internet).count >= first.count + second.count ? true : nil
            }
            #expect(try Self.arrived(internet).filter { $0 < 1_000 } == first)
            let told = try gateway.ask(["balance"])
            #expect(told.status == 0, "\(told.output)")
            #expect(told.output.contains("The sum comes out even."))
        }
    }

    @Test func `thousands of clients are there at once, and all are served`() throws {
        // As a service the gateway begins with 1,024 files, and takes what it may have.
        let limit = "ulimit -Hn 65536 2> /dev/null; ulimit -Sn 1024"
        try Self.with(before: limit) { internet, gateway in
            try Self.startSink(internet)
            let said = try internet.must(["sh", "-c", "\(limit); ulimit -Hn"])
            let files = Int(said.filter(\.isNumber)) ?? 0
            // Each of the two doors has a quarter of what is not kept for all else.
            let clients = min(10_000, (files - 4_096) / 4) / 100 * 100
            try #require(clients >= 2_000, "This test needs 12,096 files; ulimit says \(files).")
            let senders = clients / 10
            let facts = try Self.load(internet, "hold", [clients, senders])
            #expect(facts.contains(["greeted", "\(clients)"]), "\(facts) \(gateway.said)")
            #expect(facts.contains(["taken", "\(senders)"]), "\(facts)")
            #expect(facts.contains(["there", "\(clients)"]), "\(facts)")
            try gateway.settle()
            #expect(try Self.arrived(internet) == (0..<senders).map { $0 * clients / senders })
            let balance = try gateway.balance()
            #expect(balance.delivered == senders && balance.isBalanced && balance.isChainWhole)
        }
    }
}
