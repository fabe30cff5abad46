import Demonstration
import Foundation
import MailReports
import Testing

/// The days that are let pass tell what the DNS holds by then, and nothing else.
@Suite struct FutureTests {
    private static let bank = "harbour-bank.example"
    private static let day = UTCDay(number: 20_000)

    /// Seven days of the bank's reports that are plain files.
    private func week(
        _ policy: String?, keys: Set<String> = [], future: inout DemonstrationFuture
    ) throws -> [String] {
        let folder =
            FileManager.default.temporaryDirectory.path()
            + "/sealgate-future-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try future.write(
            days: 7,
            records: [
                Self.bank: DemonstrationFuture.Records(policy: policy, keyNames: keys)
            ], to: folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".xml") }.sorted()
            .map { try String(contentsOfFile: folder + "/" + $0, encoding: .utf8) }
    }

    private func week(_ policy: String?, keys: Set<String> = []) throws -> [String] {
        var future = DemonstrationFuture(after: DemonstrationPortfolio(lastDay: Self.day))
        return try week(policy, keys: keys, future: &future)
    }

    private func messages(_ reports: [String], from network: String) -> Int {
        reports.joined().split(separator: "<record>").filter {
            $0.contains("<source_ip>\(network)")
        }.reduce(0) { sum, row in
            let text = row.components(separatedBy: "<count>").dropFirst().first ?? ""
            return sum + (Int(text.prefix(while: \.isNumber)) ?? 0)
        }
    }

    @Test func `the policy decides what receivers did, and test mode takes one level off`()
        throws
    {
        let rua = "rua=mailto:dmarc@\(Self.bank)"
        for (policy, done, other) in [
            ("v=DMARC1; p=none; \(rua)", "none", "reject"),
            ("v=DMARC1; p=reject; \(rua)", "reject", "quarantine"),
            ("v=DMARC1; p=quarantine; \(rua)", "quarantine", "reject"),
            ("v=DMARC1; p=reject; t=y; \(rua)", "quarantine", "reject"),
            ("v=DMARC1; p=quarantine; t=y; \(rua)", "none", "quarantine"),
        ] {
            let text = try week(policy).joined()
            #expect(text.contains("<disposition>\(done)</disposition>"), "\(policy)")
            #expect(!text.contains("<disposition>\(other)</disposition>"), "\(policy)")
        }
    }

    @Test func `without a record that asks for reports there are none`() throws {
        #expect(try week(nil).isEmpty)
        #expect(try week("v=DMARC1; p=reject").isEmpty)
        #expect(try week("rua=mailto:dmarc@\(Self.bank)").isEmpty)
    }

    @Test func `a service signs as the domain once one of its keys is published`() throws {
        let record = "v=DMARC1; p=reject; rua=mailto:dmarc@\(Self.bank)"
        let signed = "<domain>\(Self.bank)</domain><selector>litesrv</selector>"
        #expect(!(try week(record).joined().contains(signed)))
        let with = try week(record, keys: ["litesrv._domainkey.\(Self.bank)"]).joined()
        #expect(with.contains(signed))
        #expect(!with.contains("<domain>mlsend.com</domain>"))
        #expect(with.contains("<domain>zendesk.com</domain>"))
    }

    @Test func `whoever is refused gives up, and days follow one another`() throws {
        var future = DemonstrationFuture(after: DemonstrationPortfolio(lastDay: Self.day))
        let record = "v=DMARC1; p=reject; rua=mailto:dmarc@\(Self.bank)"
        let first = try week(record, future: &future)
        #expect(future.lastDay.number == Self.day.number + 7)
        let second = try week(record, future: &future)
        #expect(future.lastDay.number == Self.day.number + 14)
        #expect(messages(first, from: "198.18.") > 50 * messages(second, from: "198.18."))
        let begins = (first + second).compactMap { report in
            report.components(separatedBy: "<begin>").dropFirst().first
                .flatMap { Int64($0.prefix(while: \.isNumber)) }
        }
        #expect(begins.allSatisfy { $0 > Self.day.firstSecond })
        #expect(Set(begins).count >= 14)
    }

    @Test func `every zone stands by itself, and names its server`() {
        let zones = DemonstrationPortfolio(lastDay: Self.day).primaryZones
        #expect(zones.count == 5)
        for zone in zones {
            #expect(zone.text.contains("\(zone.name). IN SOA ns1.\(zone.name)."))
            #expect(zone.text.contains("ns1.\(zone.name). IN A 127.0.0.1"))
            for line in zone.text.split(separator: "\n").dropFirst() {
                let owner = line.prefix { $0 != " " }
                #expect(owner == "\(zone.name)." || owner.hasSuffix(".\(zone.name)."), "\(line)")
            }
        }
    }
}
