import Identities
import ReportConsumer

extension Settings {
    /// Where reports are fetched from, and what is believed of them.
    struct Intake: Sendable {
        /// Mailboxes and folders; see `PlaceText`.
        var places: [PlaceText] = []
        /// Seconds between two looks into a mailbox.
        var interval = 60
        /// Servers of one's own whose Authentication-Results are believed.
        var trustedReceivers: [String] = []
        var failureReports = FailureReportChoice.passedOver

        /// The places, with what holds for all of them.
        var all: [ReportPlace] {
            places.map { text in
                switch text.place {
                case .mailbox(var mailbox):
                    mailbox.receivers = trustedReceivers
                    return .mailbox(mailbox)
                case .folder(var folder):
                    folder.receivers = trustedReceivers
                    return .folder(folder)
                }
            }
        }
    }
}
