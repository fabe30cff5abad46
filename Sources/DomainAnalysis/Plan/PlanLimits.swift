/// The numbers by which a plan decides, and the bounds on what it prints.
public enum PlanLimits {
    /// Days at `p=none`, and again at `p=quarantine`, before the next step (RFC 9989 §7.4: at
    /// least a month each).
    public static let daysPerStage = 30
    /// Days without own mail after which a domain without MX counts as parked.
    public static let daysUntilParked = 30
    /// A misconfigured sender with less than this share of the legitimate mail stops no progress.
    public static let senderShareThatBlocks = 0.001
    /// Beyond this share of lost legitimate mail a policy is a high risk.
    public static let lossThatIsHigh = 0.01
    /// Undecided mail with less than this share of the legitimate mail stops no progress.
    public static let undecidedShareThatBlocks = 0.005
    /// A sender whose compliant mail lacks aligned DKIM for more than this share leans on SPF.
    public static let unsignedShareThatCounts = 0.1
    /// Forwarded mail beyond this share of the mail that is not forged makes `p=reject` a risk.
    public static let forwardedShareThatWarns = 0.02
    /// Undecided senders that get a step of their own; the others share one.
    public static let undecidedSteps = 5
    /// Senders of one plan that get a step of their own.
    public static let senderSteps = 200
    /// Pieces of evidence that a step lists.
    public static let evidenceLines = 6
    /// Look-ups that an SPF record may cause (RFC 7208 §4.6.4).
    public static let spfLookups = 10
    /// Characters of a record or a name that a sentence quotes.
    public static let quotedLength = 300
}
