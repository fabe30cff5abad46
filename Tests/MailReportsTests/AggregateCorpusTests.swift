import FoundationEssentials
import MailReports
import TestSupport
import Testing

/// The 2,277 real reports of danielsen/DmarcRua.
@Suite struct AggregateCorpusTests {
    private struct Expected: Decodable {
        var reports: Int
        var records: Int
        var messages: Int64
        var files: [String: [Int64]]
        var invalid: [String]
    }

    private static func expected() throws -> Expected {
        let bytes = try SharedData.bytes(SharedData.path("reports/dmarcrua/EXPECTED.json"))
        return try JSONDecoder().decode(Expected.self, from: Data(bytes))
    }

    @Test func `every well-formed report is read to its counts, and none is repaired`() throws {
        let expected = try Self.expected()
        #expect(expected.files.count == 2_241)
        var records = 0
        var messages: Int64 = 0
        for (file, counts) in expected.files.sorted(by: { $0.key < $1.key }) {
            let bytes = try SharedData.bytes(SharedData.path("reports/dmarcrua/" + file))
            do {
                let parsed = try parseAggregate(bytes, path: file, chunk: 65_536)
                #expect(
                    [Int64(parsed.records.count), parsed.report.messageCount] == counts, "\(file)")
                #expect(parsed.report.recordCount == parsed.records.count, "\(file)")
                #expect(!parsed.report.isRepaired, "\(file): \(parsed.repairs)")
                records += parsed.records.count
                messages += parsed.records.reduce(0) { $0 + $1.count }
            } catch {
                Issue.record("\(file): \(error)")
            }
        }
        #expect(records == expected.records)
        #expect(messages == expected.messages)
    }

    @Test func `every invalid report is refused with a reason or its repairs are shown`() throws {
        let expected = try Self.expected()
        #expect(expected.invalid.count == 36)
        var outcomes: [String: Int] = [:]
        for file in expected.invalid {
            let bytes = try SharedData.bytes(SharedData.path("reports/dmarcrua/" + file))
            do {
                let parsed = try parseAggregate(bytes, path: file)
                #expect(parsed.report.isRepaired, "\(file)")
                outcomes["repaired", default: 0] += 1
            } catch let refusal as ReportRefusal {
                #expect(!refusal.explanation.isEmpty, "\(file)")
                outcomes[refusal.code.rawValue, default: 0] += 1
            }
        }
        // wp.pl's order of the metadata, docomo.ne.jp's hardfail and Mail.Ru's nil are repaired;
        // the others are skeletons without a record.
        #expect(outcomes == ["repaired": 3, "noRecords": 33])
    }
}
