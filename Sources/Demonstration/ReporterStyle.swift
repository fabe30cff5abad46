import MailReports

/// How one reporter writes its reports: the form and the quirks of real ones.
struct ReporterStyle {
    enum Container {
        case xml, gzip, zip, mail
    }

    var name: String
    var email: String
    var extraContact: String?
    /// Its part of a domain's mail.
    var share: Double
    var container: Container
    var isRFC9990 = false
    var hasVersion = true
    /// `np` in an otherwise RFC 7489 report.
    var hasNonexistentPolicy = false
    var hasEnvelopeTo = false
    /// Reports leave out `adkim` and `aspf`.
    var leavesOutAlignment = false
    /// An empty `<result/>` where a signature was not checked.
    var emptyDKIMResult = false
    var emptyReasonType = false
    var messageIDStyle = false
    /// Days in one report.
    var daysTogether = 1

    static let all: [ReporterStyle] = [
        .init(
            name: "google.com", email: "noreply-dmarc-support@google.com",
            extraContact: "https://support.google.com/a/answer/2466580", share: 0.44,
            container: .zip, hasVersion: false, hasNonexistentPolicy: true),
        .init(
            name: "Outlook.com", email: "dmarcreport@microsoft.com", share: 0.2,
            container: .gzip, hasEnvelopeTo: true),
        .init(
            name: "Enterprise Outlook", email: "dmarcreport@microsoft.com", share: 0.13,
            container: .mail, hasEnvelopeTo: true),
        .init(
            name: "Yahoo", email: "dmarchelp@yahooinc.com", share: 0.11, container: .gzip,
            hasVersion: false, messageIDStyle: true),
        .init(
            name: "GMX", email: "noreply-dmarc@sicher.gmx.net", share: 0.04, container: .xml),
        .init(
            name: "Mail.Ru", email: "dmarc_support@corp.mail.ru", share: 0.03,
            container: .zip, leavesOutAlignment: true),
        .init(
            name: "gosecure.net", email: "dmarc@gosecure.net", share: 0.02, container: .gzip,
            emptyDKIMResult: true),
        .init(
            name: "kddi.com", email: "dmarc@kddi.com", share: 0.015, container: .xml,
            emptyReasonType: true),
        .init(
            name: "mailbox.example", email: "reports@mailbox.example", share: 0.01,
            container: .gzip, isRFC9990: true),
        .init(
            name: "artfiles.example", email: "dmarc@artfiles.example", share: 0.005,
            container: .xml, daysTogether: 2),
    ]
}
