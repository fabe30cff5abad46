import Identities
import MailReports
public import Storage

/// The words of alerts.
public enum AlertText {
    static func clean(_ text: String) -> String { SafeText.line(text, limit: 1_000) }
    static func name(_ text: String) -> String { SafeText.line(text, limit: 120) }
    static func domain(_ domain: DomainName) -> String { EvidenceText.domain(domain) }

    /// A kind in a few words, for a title.
    public static func title(_ kind: Alert.Kind) -> String {
        switch kind {
        case .newSender: "New sender"
        case .failingSender: "A sender fails"
        case .spoofWave: "Forged mail"
        case .changedOutside: "DNS changed by others"
        case .brokenRecord: "SPF record in error"
        case .silentDomain: "No reports"
        case .silentReporter: "A receiver fell silent"
        }
    }

    /// What is sent about an alert, or about those that are too many to tell one by one.
    public static func notice(_ alert: Alert?, more: Int) -> AlertNotice.Content {
        guard let alert else {
            let count = EvidenceText.counted(Int64(more), "alert", "alerts")
            return AlertNotice.Content(
                .summary, title: "\(count) more today",
                text: "\(count) more today, about which no single notice is sent.\n\n"
                    + "All of them: sealgate alert list, or the page Alerts of the console.")
        }
        let finding = alert.finding
        return AlertNotice.Content(
            .alert, title: "\(title(finding.key.kind)): \(finding.what)",
            text: """
                \(finding.what)

                Since: \(EvidenceText.day(finding.since)) (UTC)
                What was seen: \(finding.evidence)
                What to do: \(finding.advice)

                This is alert \(alert.id). Say that you know: sealgate alert ack \(alert.id)
                """)
    }
}
