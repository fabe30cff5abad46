public import Identities

/// All that authentication found out about one message. What was not asked for is nil or empty.
public struct MessageAuthentication: Sendable {
    /// SPF of MAIL FROM, or of `postmaster` at the HELO name where MAIL FROM is empty: the one that
    /// DMARC goes by.
    public var spf: SPFEvaluation?
    /// SPF of the HELO name.
    public var helo: SPFEvaluation?
    /// One per signature, in the order of the message; one with result `none` for a message without
    /// signatures.
    public var dkim: [DKIMVerification]
    public var dkim2: DKIM2Verification?
    public var arc: ARCValidation?
    public var dmarc: DMARCEvaluation?
    /// Which record BIMI has for the message. Logo and certificate are judged by `BIMIEvaluator`
    /// once somebody has fetched them.
    public var bimi: BIMIEvaluation?
    /// The address of the SMTP client.
    public var client: IPAddress?
    /// The address of MAIL FROM as given.
    public var mailFrom: String
    /// The name of HELO as given.
    public var heloName: String
    /// Questions that were put to the DNS, each counted once.
    public var questions: Int
    /// What kept the message's header from being read whole.
    public var defects: Set<RawMessage.Defect>

    public init(
        spf: SPFEvaluation? = nil, helo: SPFEvaluation? = nil, dkim: [DKIMVerification] = [],
        dkim2: DKIM2Verification? = nil, arc: ARCValidation? = nil, dmarc: DMARCEvaluation? = nil,
        bimi: BIMIEvaluation? = nil, client: IPAddress? = nil, mailFrom: String = "",
        heloName: String = "", questions: Int = 0, defects: Set<RawMessage.Defect> = []
    ) {
        self.spf = spf
        self.helo = helo
        self.dkim = dkim
        self.dkim2 = dkim2
        self.arc = arc
        self.dmarc = dmarc
        self.bimi = bimi
        self.client = client
        self.mailFrom = mailFrom
        self.heloName = heloName
        self.questions = questions
        self.defects = defects
    }
}
