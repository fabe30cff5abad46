import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The demonstration and its primary server: one does not outlive the other, and without a server
/// the rest is there.
@Suite(.serialized)
struct DemonstrationWalkTests {
    @Test("its primary server ends with the demonstration, also when that is killed")
    func endings() throws {
        for signal in [SIGTERM, SIGKILL] {
            try withScratchFolder { folder in
                let console = try DemonstrationConsole(folder: folder)
                let knot = try #require(
                    Int32(
                        String(contentsOfFile: console.data + "/knot/knot.pid", encoding: .utf8)
                            .filter(\.isNumber)))
                #expect(kill(knot, 0) == 0)
                #expect(
                    try DNSPython.records(
                        "_dmarc.ledger-pay.example", "TXT", port: console.primaryPort
                    ).first?.contains("p=reject") == true)
                kill(console.pid, signal)
                // It writes its journal first.
                for _ in 0..<1_200 where kill(knot, 0) == 0 { usleep(50_000) }
                #expect(kill(knot, 0) != 0, "signal \(signal)")
            }
        }
    }

    @Test("a folder with a path too long for Knot is told, and the rest is there")
    func longPath() throws {
        try withScratchFolder { folder in
            let console = try DemonstrationConsole(
                folder: folder, data: String(repeating: "long", count: 20))
            #expect(console.said.contains("is too long for Knot"), "\(console.said)")
            #expect(console.primaryPort == 0)
        }
    }

    @Test("without Knot it says in a line what is missing, and shows the rest")
    func withoutKnot() throws {
        try withScratchFolder { folder in
            // A name space in which nothing that can be run lies at its place.
            let console = try DemonstrationConsole(
                folder: folder,
                through: [
                    "unshare", "-m", "sh", "-c",
                    "mount --bind /dev/null /usr/sbin/knotd && exec \"$@\"", "sh",
                ])
            #expect(console.said.contains("apt install knot"), "\(console.said)")
            #expect(console.primaryPort == 0)
            try Command.run(
                ["curl", "-sf", "-o", folder + "/page", console.address + "/sign-in"])
        }
    }
}
