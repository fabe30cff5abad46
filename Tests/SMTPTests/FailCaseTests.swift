import Foundation
import SMTP
import Testing

/// The seeds of the fuzz targets, and inputs that once broke a parser, as ordinary tests.
struct `Inputs of the fuzz targets of SMTP` {
    private static func files(_ folder: String) throws -> [URL] {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(folder)")
        guard FileManager.default.fileExists(atPath: fixtures.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(
            at: fixtures, includingPropertiesForKeys: nil
        ).filter { !$0.lastPathComponent.hasPrefix(".") }
    }

    @Test func `a stream of commands means the same in any pieces`() throws {
        let seeds = try Self.files("streams")
        #expect(seeds.count == 8)
        for file in try seeds + Self.files("FailCases/SMTPCommandStreamFuzz") {
            let octets = Array(try Data(contentsOf: file).dropFirst())
            for maximum in [20, 200] {
                var options = Dialogue.options
                options.maximumMessageOctets = maximum
                options.offersStartTLS = true
                options.offersXClient = true
                var whole = Dialogue(options)
                whole.feed(octets)
                for length in [1, 2, 5] {
                    var pieces = Dialogue(options)
                    pieces.feed(octets, inPiecesOf: [length])
                    #expect(
                        pieces.events.filter { $0 != "unused" }
                            == whole.events.filter { $0 != "unused" }, "\(file.lastPathComponent)")
                    #expect(pieces.messages == whole.messages)
                }
            }
        }
    }

    @Test func `a PROXY header is whole or not`() throws {
        let seeds = try Self.files("proxies")
        #expect(seeds.count == 7)
        for file in try seeds + Self.files("FailCases/ProxyHeaderFuzz") {
            let octets = Array(try Data(contentsOf: file))
            guard case .header(_, let length) = ProxyHeader.parse(octets) else { continue }
            for end in 0..<length {
                #expect(ProxyHeader.parse(Array(octets[..<end])) == .incomplete)
            }
        }
    }
}
