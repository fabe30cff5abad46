public import Identities

/// The mail that carries a report to those who asked for it (RFC 9990 §3.5.2, RFC 8460 §5.3).
///
/// It is made of given values only: the same values always give the same octets, so that a report
/// which is sent once more is recognised.
public struct ReportMessage: Hashable, Sendable {
    /// What the mail carries.
    public enum Kind: String, Hashable, Sendable {
        /// A DMARC aggregate report.
        case aggregate
        /// A TLS report.
        case tls
    }

    /// Which report it carries.
    public var kind: Kind
    /// Whom the report is about.
    public var domain: DomainName
    /// The receiver that reports.
    public var submitter: DomainName
    /// The report's identifier without angle brackets (RFC 9990 §3.5.1).
    public var reportID: String
    /// Who writes, for the From field and the text.
    public var organisation: String
    /// From.
    public var sender: EmailAddress
    /// To.
    public var recipient: EmailAddress
    /// Message-ID without angle brackets.
    public var messageID: String
    /// When it was written, in seconds since 1970-01-01T00:00:00Z.
    public var date: Int64
    /// First and last second that the report covers.
    public var period: ClosedRange<Int64>
    /// The report itself.
    public var file: ReportFile

    /// Puts a mail together; nothing is sent.
    public init(
        _ kind: Kind, about domain: DomainName, submitter: DomainName, reportID: String,
        organisation: String, sender: EmailAddress, recipient: EmailAddress, messageID: String,
        date: Int64, period: ClosedRange<Int64>, file: ReportFile
    ) {
        self.kind = kind
        self.domain = domain
        self.submitter = submitter
        self.reportID = reportID
        self.organisation = organisation
        self.sender = sender
        self.recipient = recipient
        self.messageID = messageID
        self.date = date
        self.period = period
        self.file = file
    }

    /// Whether it needs SMTPUTF8 (RFC 6531 §3.3).
    public var isInternational: Bool {
        !(sender.description + recipient.description).utf8.allSatisfy { $0 < 0x80 }
    }

    /// The whole message with CRLF line ends, unsigned.
    public func render() -> [UInt8] {
        var writer = ReportMessageWriter(room: file.octets.count / 57 * 78 + 4_096)
        header(&writer)
        writer.line("--\(boundary)")
        writer.field("Content-Type", "text/plain; charset=utf-8")
        writer.field("Content-Transfer-Encoding", "quoted-printable")
        writer.line()
        writer.quotedPrintable(text)
        writer.line("--\(boundary)")
        // Names of files are domain names, digits and marks: nothing in them needs an encoding.
        writer.folded("Content-Type", ["\(file.mediaType);", "name=\"\(file.name)\""])
        writer.field("Content-Transfer-Encoding", "base64")
        writer.folded("Content-Disposition", ["attachment;", "filename=\"\(file.name)\""])
        writer.line()
        writer.base64(file.octets)
        writer.line("--\(boundary)--")
        return writer.output
    }

    private func header(_ writer: inout ReportMessageWriter) {
        writer.field("From", writer.mailbox(organisation, sender))
        writer.field("To", "<\(recipient)>")
        writer.folded(
            "Subject",
            ["Report Domain: \(domain)", "Submitter: \(submitter)", "Report-ID: <\(reportID)>"])
        writer.field("Date", ReportTime.mailDate(date))
        writer.folded("Message-ID", ["<\(messageID)>"])
        // RFC 3834 §5: nobody is to answer it.
        writer.field("Auto-Submitted", "auto-generated")
        writer.field("MIME-Version", "1.0")
        switch kind {
        case .aggregate:
            writer.folded("Content-Type", ["multipart/mixed;", "boundary=\"\(boundary)\""])
        case .tls:
            writer.field("TLS-Report-Domain", domain.text)
            writer.field("TLS-Report-Submitter", submitter.text)
            writer.folded(
                "Content-Type",
                ["multipart/report; report-type=\"tlsrpt\";", "boundary=\"\(boundary)\""])
        }
        writer.line()
    }

    /// `=_` stands neither in base64 nor in quoted-printable.
    private var boundary: String { "=_report_\(date)" }

    private var text: [String] {
        let name = kind == .aggregate ? "DMARC aggregate report" : "TLS report"
        let subject =
            kind == .aggregate
            ? "what we saw of mail in the name of \(domain)"
            : "how mail to \(domain) could be delivered under TLS"
        return [
            "This is a \(name) from \(organisation): \(subject).", "",
            "From: \(ReportTime.plain(period.lowerBound)) UTC",
            "To: \(ReportTime.plain(period.upperBound)) UTC",
            "Report-ID: \(reportID)", "",
            "The report is the attached file, which is made for programs. You are sent it because",
            "the DNS records of \(domain) ask for it; change them, and the reports stop.",
        ]
    }
}
