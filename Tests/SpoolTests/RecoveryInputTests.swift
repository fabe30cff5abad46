import Crypto
import Glibc
import Spool
import Testing

/// Inputs of the fuzz target SpoolRecoveryFuzz, real ones and those that once failed: opening a
/// spool of them ends, and what is accepted then stays.
@Suite struct RecoveryInputTests {
    static var fixtures: String {
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
            + "/Fixtures"
    }

    static var inputs: [String] {
        let disk = FileDisk()
        let seeds = (try? disk.list(fixtures + "/segments")) ?? []
        let fails = ((try? disk.list(fixtures + "/FailCases")) ?? [])
            .filter { $0.hasPrefix("SpoolRecoveryFuzz") }
        return seeds.map { "segments/" + $0 } + fails.map { "FailCases/" + $0 }
    }

    @Test func `there are inputs`() { #expect(Self.inputs.count >= 3) }

    @Test(arguments: inputs)
    func `a spool opens on any segments`(_ name: String) throws {
        let disk = FileDisk()
        let file = try disk.open(Self.fixtures + "/" + name, .read)
        defer { disk.close(file) }
        var octets = [UInt8](repeating: 0, count: try disk.size(of: file))
        let count = octets.count
        let read = try octets.withUnsafeMutableBytes { try disk.read(file, into: $0, at: 0) }
        #expect(read == count)
        try Self.run(octets)
        // And on every part of them.
        for length in stride(from: 1, to: octets.count, by: 97) {
            try Self.run(Array(octets[..<length]))
        }
    }

    static func run(_ octets: [UInt8]) throws {
        guard let mode = octets.first else { return }
        let disk = SimulatedDisk(seed: 1, time: 1_795_305_600_000)
        let rest = octets.dropFirst()
        let middle = rest.startIndex + (mode & 2 == 0 ? rest.count : rest.count / 2)
        for (index, part) in [rest[..<middle], rest[middle...]].enumerated() where !part.isEmpty {
            disk.put(
                "/s/segments/00000\(index + 1).segment",
                segment(Array(part), seals: mode & 1 == 0))
        }
        var options = SpoolBed.options(on: disk)
        options.segmentOctets = 16 << 10
        let (core, recovery) = try SpoolCore.open("/s", options: options, disk: disk)
        for message in recovery.messages {
            _ = try? core.message(message.id)
            _ = try? core.content(of: message.id).read(0..<4_096)
        }
        _ = try core.verifyChain()
        let id = core.nextIdentifier()
        let isAccepted = core.commit([try core.prepare(SpoolBed.message(id))]) == [nil]
        core.maintain()
        core.unlock()
        let (again, second) = try SpoolCore.open("/s", options: options, disk: disk)
        #expect(!isAccepted || second.messages.contains { $0.id == id })
        again.unlock()
    }

    /// As the fuzz target makes it: header twice, records, checksums made right.
    private static func segment(_ input: [UInt8], seals: Bool) -> [UInt8] {
        let header = 128
        let records = 8_192
        let length = max(0, input.count - header)
        var octets = [UInt8](repeating: 0, count: records + (length + 511) / 512 * 512)
        octets.replaceSubrange(0..<min(header, input.count), with: input.prefix(header))
        if length > 0 {
            octets.replaceSubrange(records..<(records + length), with: input.dropFirst(header))
        }
        if seals {
            octets.replaceSubrange(96..<128, with: Array(SHA256.hash(data: octets[..<96])))
            let marker = Array(octets[16..<24])
            for place in stride(from: records, through: octets.count - 96, by: 8)
            where Array(octets[place..<(place + 8)]) == marker {
                let body = Int(octets[place + 24]) | Int(octets[place + 25]) << 8
                guard place + 96 + body <= octets.count else { continue }
                var hash = SHA256()
                hash.update(data: octets[(place + 8)..<(place + 80)])
                hash.update(data: octets[(place + 96)..<(place + 96 + body)])
                octets.replaceSubrange(
                    (place + 80)..<(place + 96), with: Array(hash.finalize()).prefix(16))
            }
        }
        octets.replaceSubrange(4_096..<(4_096 + header), with: octets[..<header])
        return octets
    }
}
