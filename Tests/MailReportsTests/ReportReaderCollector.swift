import CZlib
import MailReports

/// Keeps what a reader tells, one line for each document.
struct Collector: ReportVisitor {
    struct Aggregate {
        var path: String
        var report: AggregateReport
        var records: [AggregateRecord]
    }

    var begun: [String] = []
    var aggregates: [Aggregate] = []
    var tls: [TLSReport] = []
    var failures: [FailureReport] = []
    var refusals: [ReportRefusal] = []
    /// `aggregate`, `tls`, `failure` or a refusal's code, in order.
    var outcomes: [String] = []
    private var records: [AggregateRecord] = []

    mutating func begin(path: String) {
        begun.append(path)
        records = []
    }

    mutating func aggregateRecord(_ record: AggregateRecord) { records.append(record) }

    mutating func aggregateReport(_ report: AggregateReport) {
        let path = begun.last ?? ""
        aggregates.append(Aggregate(path: path, report: report, records: records))
        outcomes.append("aggregate")
    }

    mutating func tlsReport(_ report: TLSReport) {
        tls.append(report)
        outcomes.append("tls")
    }

    mutating func failureReport(_ report: FailureReport) {
        failures.append(report)
        outcomes.append("failure")
    }

    mutating func refused(_ refusal: ReportRefusal) {
        refusals.append(refusal)
        outcomes.append(refusal.code.rawValue)
    }

    /// Reads bytes and gives what was told.
    static func read(
        _ bytes: [UInt8], name: String = "file", limits: ArchiveLimits = ArchiveLimits(),
        reportLimits: ReportLimits = ReportLimits()
    ) throws -> Collector {
        var collector = Collector()
        try ReportReader(limits: limits, reportLimits: reportLimits)
            .read(bytes, name: name, into: &collector)
        return collector
    }
}

/// Containers for tests, made in memory.
enum Pack {
    /// Compresses with zlib; `windowBits` chooses the wrapping: 31 gzip, 15 zlib, -15 none.
    static func deflate(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
        var stream = z_stream()
        let size = CInt(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(
                &stream, 9, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
                == Z_OK
        else { return [] }
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](
            repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))) + 64)
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                _ = CZlib.deflate(&stream, Z_FINISH)
                return output.count - Int(stream.avail_out)
            }
        }
        return Array(output[..<written])
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, windowBits: 31) }

    /// A zip with deflated entries (APPNOTE 4.3).
    static func zip(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var all: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in entries {
            let packed = deflate(bytes, windowBits: -15)
            let sum = bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
            let facts =
                little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + little(Int(sum), 4)
                + little(packed.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2)
                + little(0, 2)
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + facts + little(0, 10)
            directory += little(all.count, 4) + Array(name.utf8)
            all += [0x50, 0x4B, 3, 4] + facts + Array(name.utf8) + packed
        }
        let start = all.count
        all += directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(entries.count, 2)
        all += little(entries.count, 2) + little(directory.count, 4) + little(start, 4)
        return all + little(0, 2)
    }

    /// A tar with regular files (POSIX ustar).
    static func tar(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var all: [UInt8] = []
        for (name, bytes) in entries {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at offset: Int) {
                header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
            }
            let size = String(bytes.count, radix: 8)
            put(name, at: 0)
            put("0000644", at: 100)
            put("0000000", at: 108)
            put("0000000", at: 116)
            put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
            put("00000000000", at: 136)
            put("        0", at: 148)
            put("ustar", at: 257)
            put("00", at: 263)
            let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
            put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
            all += header + bytes
            all += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        }
        return all + [UInt8](repeating: 0, count: 1_024)
    }

    /// A mail whose attachments carry these bytes as base64.
    static func mail(_ attachments: [(name: String, bytes: [UInt8])], body: String = "See there.")
        -> [UInt8]
    {
        var text = "From: r@reporter.example\r\nSubject: Report domain: a.example\r\n"
        text += "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n"
        text += "--=_b\r\nContent-Type: text/plain\r\n\r\n\(body)\r\n"
        for (name, bytes) in attachments {
            text += "--=_b\r\nContent-Type: application/octet-stream; name=\"\(name)\"\r\n"
            text += "Content-Transfer-Encoding: base64\r\n\r\n\(base64(bytes))\r\n"
        }
        return Array((text + "--=_b--\r\n").utf8)
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : 0x3D)
            }
            if start % 57 == 54 { text += [0x0D, 0x0A] }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }
}

/// Reports for tests.
enum Sample {
    static func record(source: String = "192.0.2.1", count: Int64 = 2) -> String {
        """
        <record><row><source_ip>\(source)</source_ip><count>\(count)</count><policy_evaluated>\
        <disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row>\
        <identifiers><header_from>a.example</header_from></identifiers><auth_results>\
        <dkim><domain>a.example</domain><selector>s1</selector><result>pass</result></dkim>\
        <spf><domain>esp.example</domain><scope>mfrom</scope><result>pass</result></spf>\
        </auth_results></record>

        """
    }

    static func report(id: String = "id-1", records: String = record()) -> [UInt8] {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <feedback xmlns="http://dmarc.org/dmarc-xml/0.1"><version>1.0</version>
            <report_metadata><org_name>reporter.example</org_name><email>r@reporter.example</email>
            <report_id>\(id)</report_id>
            <date_range><begin>1700006400</begin><end>1700092799</end></date_range></report_metadata>
            <policy_published><domain>a.example</domain><adkim>r</adkim><aspf>r</aspf><p>none</p>
            <sp>none</sp><pct>100</pct></policy_published>
            \(records)</feedback>
            """
        return Array(text.utf8)
    }

    static let tls = Array(
        """
        {"organization-name":"reporter.example","date-range":{"start-datetime":\
        "2024-01-01T00:00:00Z","end-datetime":"2024-01-01T23:59:59Z"},"contact-info":\
        "r@reporter.example","report-id":"t-1","policies":[{"policy":{"policy-type":"sts",\
        "policy-string":["version: STSv1"],"policy-domain":"a.example","mx-host":["mx.a.example"]},\
        "summary":{"total-successful-session-count":5,"total-failure-session-count":0}}]}
        """.utf8)
}
