import MailReports
import TestSupport
import Testing

/// However the bytes of a document are cut, the result is the same.
@Suite struct AggregateChunkingTests {
    private func outcome(_ bytes: [UInt8], path: String, chunk: Int) throws -> Result<
        ParsedAggregate, ReportRefusal
    > {
        do {
            return .success(try parseAggregate(bytes, path: path, chunk: chunk))
        } catch let refusal as ReportRefusal {
            return .failure(refusal)
        }
    }

    @Test func `samples of others give the same in chunks of any size`() throws {
        let samples =
            try SharedData.files(below: "conformance/reports-parsedmarc")
            + SharedData.files(below: "conformance/reports-opendmarc")
            + SharedData.files(below: "conformance/reports-mail-auth/dmarc-feedback")
            + SharedData.files(below: "reports/dmarcrua/known-invalid")
        let documents = samples.filter { $0.hasSuffix(".xml") }
        #expect(documents.count > 50)
        for path in documents {
            let bytes = try SharedData.bytes(path)
            if bytes.count > 100_000 { continue }
            let whole = try outcome(bytes, path: path, chunk: 1 << 20)
            for chunk in [1, 2, 3, 7, 61, 1_000] {
                #expect(
                    try outcome(bytes, path: path, chunk: chunk) == whole, "\(path) by \(chunk)")
            }
        }
    }

    @Test func `broken markup gives the same in chunks of any size`() throws {
        let pieces = [
            "<", ">", "</", "/>", "<!", "<!--", "-->", "<![CDATA[", "]]>", "]", "&", "&amp", ";",
            "<?", "?>", "=", "'", "\"", "<a b='c'", "<record>", "</record>", "<row>", "</row>", " ",
            "<count>5", "</count>", "x", "\u{E9}", "<spf>", "<domain>a.b</domain>", "</feedback>",
        ]
        var seed: UInt64 = 7_489
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: seed >> 33) % bound
        }
        for _ in 0..<300 {
            var document = AggregateSample.report
            for _ in 0..<(1 + random(6)) {
                let place = document.index(
                    document.startIndex, offsetBy: random(document.count))
                document.insert(contentsOf: pieces[random(pieces.count)], at: place)
            }
            let bytes = Array(document.utf8)
            let whole = try outcome(bytes, path: "x", chunk: 1 << 20)
            for chunk in [1, 2, 5, 13] {
                let isSame = try outcome(bytes, path: "x", chunk: chunk) == whole
                #expect(isSame, "\(document)")
            }
        }
    }
}
