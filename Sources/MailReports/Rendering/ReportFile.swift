public import Identities

/// A report as a file to send: compressed, and named as its specification asks.
public struct ReportFile: Hashable, Sendable {
    /// Who reports about whom and about which time: `receiver!domain!begin!end!id.xml.gz`
    /// (RFC 9990 §3.5.2, RFC 8460 §5.1).
    public var name: String
    /// `application/gzip` for an aggregate report, `application/tlsrpt+gzip` for a TLS report.
    public var mediaType: String
    /// The file's content, in the gzip format (RFC 1952).
    public var octets: [UInt8]

    /// Puts together a file that was made before.
    public init(name: String, mediaType: String, octets: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.octets = octets
    }

    /// Packs the document of an aggregate report.
    ///
    /// - Parameters:
    ///   - document: the XML, as `AggregateReportRenderer` writes it.
    ///   - submitter: the domain name of the receiver that reports.
    ///   - uniqueID: tells apart reports about the same domain and time: letters and digits.
    public init(
        aggregate document: [UInt8], _ report: AggregateReport, submitter: DomainName,
        uniqueID: String? = nil
    ) {
        self.init(
            name: Self.name(
                [submitter.text, report.policy.domain, String(report.begin), String(report.end)],
                uniqueID, "xml.gz"),
            mediaType: "application/gzip", octets: ReportGzip.pack(document))
    }

    /// Packs a TLS report about a policy domain.
    public init(
        _ report: TLSReport, about domain: DomainName, submitter: DomainName,
        uniqueID: String? = nil
    ) {
        self.init(
            name: Self.name(
                [submitter.text, domain.text, String(report.begin), String(report.end)], uniqueID,
                "json.gz"),
            mediaType: "application/tlsrpt+gzip",
            octets: ReportGzip.pack(TLSReportRenderer().render(report)))
    }

    private static func name(
        _ parts: [String], _ uniqueID: String?, _ ending: String
    ) -> String {
        // The grammar has letters and digits only.
        let unique = uniqueID.map {
            String(decoding: $0.utf8.filter(isAlphanumeric), as: UTF8.self)
        }
        let all = parts + [unique].compactMap { $0 }.filter { !$0.isEmpty }
        return all.joined(separator: "!") + "." + ending
    }

    private static func isAlphanumeric(_ octet: UInt8) -> Bool {
        octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 26
    }
}
