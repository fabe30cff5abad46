internal import SMTP

extension DeliveryFailure {
    /// In the session's words.
    init(_ failure: SMTPClientFailure, tlsFailure: TLSFailure? = nil) {
        self.init(
            stage: failure.stage, isTemporary: failure.isTemporary, status: failure.status,
            text: failure.text, reply: failure.reply, tlsFailure: tlsFailure)
    }

    /// TLS was required and did not come about: the message stays until it does.
    init(_ tlsFailure: TLSFailure, stage: SMTPStage, _ text: String) {
        self.init(
            stage: stage, isTemporary: true,
            status: EnhancedStatusCode(4, 7, tlsFailure == .startTLSNotSupported ? 4 : 5),
            text: text, tlsFailure: tlsFailure)
    }

    /// Something on our side keeps us from trying.
    init(local text: String) {
        self.init(
            stage: .connect, isTemporary: true, status: EnhancedStatusCode(4, 3, 2), text: text)
    }

    static func unreachable(_ text: String) -> DeliveryFailure {
        DeliveryFailure(
            stage: .connect, isTemporary: true, status: EnhancedStatusCode(4, 4, 1), text: text)
    }

    static let cancelled = DeliveryFailure(SMTPClientFailure(.connect, .cancelled))
}
