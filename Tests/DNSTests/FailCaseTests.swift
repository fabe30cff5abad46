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

    /// What can be read of a zone file; lines with a fault are passed over, as the target does.
    private static func records(in bytes: [UInt8]) -> [ResourceRecord] {
        var reader = ZoneFileReader(bytes, origin: DNSName("example.test")) { _ in
            Array("included A 192.0.2.1\n".utf8)
        }
        var records: [ResourceRecord] = []
        for _ in 0..<10_000 {
            do {
                guard let record = try reader.next() else { break }
                records.append(record)
            } catch {}
        }
        return records
    }

    @Test func `messages are read and come back the same`() throws {
        let files = try Self.files("messages")
        #expect(files.count == 9)
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
            let records = Self.records(in: bytes)
            #expect(try ZoneFile.parse(ZoneFile.render(records)) == records)
        }
    }
}
