public import Identities

/// The record at `_smtp._tls` that says where to send reports about failed encryption (RFC 8460
/// §3).
public struct TLSRPTRecord: Hashable, Sendable {
    /// Where a report may go.
    public enum Destination: Hashable, Sendable {
        case mail(EmailAddress)
        /// A report is sent there by HTTPS POST.
        case web(host: DomainName)
    }

    /// One address of `rua`.
    public struct ReportURI: Hashable, Sendable {
        /// As written.
        public var text: String
        public var destination: Destination

        public init(text: String, destination: Destination) {
            self.text = text
            self.destination = destination
        }
    }

    /// `rua`: those that can be used, in order; at least one.
    public var reportURIs: [ReportURI]
    /// Unknown fields, in order.
    public var extensions: [MTASTSRecord.Extension]
    /// What a person who looks after the record should know, in plain words.
    public var warnings: [String]

    public init(
        reportURIs: [ReportURI], extensions: [MTASTSRecord.Extension] = [], warnings: [String] = []
    ) {
        self.reportURIs = reportURIs
        self.extensions = extensions
        self.warnings = warnings
    }

    /// The record as text.
    public func render() -> String {
        let addresses = reportURIs.map(\.text).joined(separator: ",")
        return (["v=TLSRPTv1", "rua=\(addresses)"] + extensions.map { "\($0.name)=\($0.value)" })
            .joined(separator: "; ")
    }
}
