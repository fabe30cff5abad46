import DNS
import TestSupport
import Testing

/// The records and the wrong lines of one zone file.
private func read(_ path: String, origin: String) throws -> (
    records: [ResourceRecord], errors: [ZoneFileError]
) {
    var reader = ZoneFileReader(try SharedData.bytes(path), origin: DNSName(origin)) { _ in [] }
    var records: [ResourceRecord] = []
    var errors: [ZoneFileError] = []
    while true {
        do {
            guard let record = try reader.next() else { return (records, errors) }
            records.append(record)
        } catch {
            errors.append(error)
        }
    }
}

struct `Zone files of other servers` {
    /// Files with lines that we refuse: how many, and why.
    private static let refused: [String: (count: Int, reason: String)] = [
        "failure-cases.zone": (21, "every line is wrong by RFC 9460, as the file says"),
        "ipseckey.zone": (8, "IPSECKEY is read in the generic form only"),
        "rr-test.nsap.int.zone": (6, "NSAP-PTR is obsolete (RFC 1706 is historic)"),
        "rr-test.zone": (
            52,
            "WKS, NSAP, APL, LOC and types without use in mail are read in the generic form "
                + "only; one line has a quote inside a word"
        ),
        "rr-wks.zone": (3, "WKS is obsolete"),
        "unknown_rr.zone": (1, "NULL may not stand in zone files (RFC 1035 §3.3.10)"),
        "crypto.cloudflare.com.zone": (1, "echconfig was the draft's name of ech"),
        "svcb.success-cases.zone": (1, "echconfig was the draft's name of ech"),
        "svcb.test-vectors-pf.zone": (9, "parameters registered after RFC 9460"),
        "example.com.zone": (2, "ANAME never became a standard"),
        "deleg_apex.zone": (1, "DELEG is a draft"),
    ]

    @Test(arguments: [
        "conformance/dns-nsd", "conformance/dns-hickory/tests",
        "conformance/dns-knot/tests/knot/semantic_check_data",
    ])
    func `are read, and rendered to the same records`(folder: String) throws {
        var files = 0
        var count = 0
        for path in try SharedData.files(below: folder) {
            let file = String(path.split(separator: "/").last ?? "")
            guard !file.hasPrefix("_LICENSE"), !file.hasSuffix(".txt") else { continue }
            let (records, errors) = try read(path, origin: "example.com.")
            files += 1
            count += records.count
            let expected = Self.refused[file]
            #expect(errors.count == expected?.count ?? 0, "\(file): \(errors)")
            if let expected {
                print("  \(file): \(errors.count) lines refused: \(expected.reason)")
            }
            let again = try ZoneFile.parse(ZoneFile.render(records))
            #expect(again == records, "\(file)")
            for record in records {
                let wire = record.data.wire
                #expect(try RecordData(type: record.type, wire: wire) == record.data)
            }
        }
        print("\(folder): \(count) records in \(files) files")
    }

    @Test func `Knot's names are read from text and written back`() throws {
        let folder = "conformance/dns-knot/tests-fuzz"
        var count = 0
        for path in try SharedData.files(below: folder) where path.hasSuffix(".txt") {
            let file = String((path.split(separator: "/").last ?? "").dropLast(4))
            var text = try SharedData.bytes(path)
            while text.last == 0x0A { text.removeLast() }
            let wire = try SharedData.bytes(
                try SharedData.path("\(folder)/fuzz_dname_to_str.in/\(file).bin"))
            let name = DNSName(String(decoding: text, as: UTF8.self))
            #expect(name?.wire == wire, "\(file)")
            #expect(name.flatMap { DNSName($0.description) }?.wire == wire, "\(file)")
            count += 1
        }
        #expect(count == 20)
    }
}
