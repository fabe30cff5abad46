import DNS
import Foundation
import Testing

/// Inputs that once broke a parser, and the seeds of the fuzz targets, as ordinary tests.
struct `Inputs of the fuzz targets` {
    private static func files(_ folder: String) throws -> [URL] {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(folder)")
        return try FileManager.default.contentsOfDirectory(
            at: fixtures, includingPropertiesForKeys: nil
        ).filter { !$0.lastPathComponent.hasPrefix(".") }
    }

    @Test func `messages are read and come back the same`() throws {
        let files = try Self.files("messages")
        #expect(files.count == 7)
        for file in files {
            let message = try DNSMessage.parse(Array(Data(contentsOf: file)))
            #expect(try DNSMessage.parse(message.render()) == message, "\(file.lastPathComponent)")
            #expect(
                try DNSMessage.parse(message.render(compressing: false)) == message,
                "\(file.lastPathComponent)")
            let text = ZoneFile.render(message.answers)
            #expect(try ZoneFile.parse(text) == message.answers, "\(file.lastPathComponent)")
        }
    }

    @Test func `what once broke a parser does so no more`() throws {
        for file in try Self.files("FailCases") {
            let bytes = Array(try Data(contentsOf: file))
            if let message = try? DNSMessage.parse(bytes) {
                _ = try DNSMessage.parse(message.render())
            }
            if let records = try? ZoneFile.parse(bytes, origin: .root) {
                #expect(try ZoneFile.parse(ZoneFile.render(records)) == records)
            }
        }
    }
}
