public import Identities
public import MailAuthentication

/// What the operator chooses about the reports that are sent to other domains.
///
/// Off until it is turned on: reports tell strangers which mail came in.
public struct ReportOptions: Sendable {
    /// Whether reports are made and sent, and what goes into them is kept.
    public var isEnabled = false
    /// Your organisation's name, as the readers of the reports shall see it.
    public var organisation: String
    /// The address that reports come from. Its domain must be one that you sign for.
    public var sender: EmailAddress
    /// Where readers of a report may write to with questions.
    public var contact: EmailAddress
    /// The domain name under which you report; the sender's domain unless it is set.
    public var submitter: DomainName
    /// The time that one DMARC report covers, in seconds: a day, or a part of a day that days can
    /// be divided into (at least an hour). TLS reports always cover a day.
    public var interval: Int64 = 86_400
    /// Within so many seconds after the end of that time the reports are sent, each at a random
    /// moment, so that not everybody's reports arrive everywhere at midnight.
    public var spread: Int64 = 4 * 3_600
    /// The keys that sign the mails. Without a signature of the sender's domain nobody may trust a
    /// report (RFC 9990 §3.5.2), so at least one is needed.
    public var signers: [DKIMSigner]

    public init(
        organisation: String, sender: EmailAddress, contact: EmailAddress? = nil,
        submitter: DomainName? = nil, signers: [DKIMSigner]
    ) {
        self.organisation = organisation
        self.sender = sender
        self.contact = contact ?? sender
        self.submitter = submitter ?? sender.domain
        self.signers = signers
    }

    /// What keeps reports from being sent, in plain words; nil when all is well.
    public var problem: String? {
        if organisation.isEmpty { return "Reports need the name of your organisation." }
        if interval < 3_600 || interval > 86_400 || 86_400 % interval != 0 {
            return
                "The time that a report covers must be a day or divide one, and an hour at least."
        }
        if spread < 0 || spread > 86_400 {
            return "Reports must be sent within a day."
        }
        let isSigned = signers.contains {
            sender.domain.isEqualOrBelow($0.domain) || $0.domain.isEqualOrBelow(sender.domain)
        }
        if !isSigned {
            return "Reports need a DKIM key of \(sender.domain), the domain that they come from."
        }
        return nil
    }

    /// The signatures to put on top of a message.
    func sign(_ message: [UInt8], now: Int64) throws(DKIMSigningError) -> [UInt8] {
        let raw = RawMessage(message, lineEnds: .asSent)
        let signers = signers.map { signer in
            var signer = signer
            // RFC 8460 §5.3: the fields that name domain and submitter belong to the report.
            signer.signedFields.present += [
                "tls-report-domain", "tls-report-submitter", "auto-submitted",
            ]
            return signer
        }
        return try DKIMSigner.sign(raw, with: signers, now: now).flatMap {
            Array($0.octets) + [0x0D, 0x0A]
        }
    }
}
