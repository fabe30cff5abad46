extension Limits {
    /// Octets of an encoded record, as the spool takes it.
    public static let recordOctets = 256 << 10
    /// Octets of a record's recipients; those beyond are only counted.
    public static let recordRecipientOctets = 160 << 10
    /// Octets of a subject that a record keeps.
    public static let recordSubjectOctets = 1_000
    /// Octets of any other text from a message, and of the words in a reason.
    public static let recordTextOctets = 512
    /// Results that a record keeps: a message may carry any number of signatures.
    public static let recordChecks = 48
    /// Reasons of a decision that a record keeps.
    public static let recordReasons = 16
    /// Acts that a record keeps, and octets of the sentence of each.
    public static let recordActs = 6
    public static let recordActOctets = 240
    /// DKIM domains that a record keeps.
    public static let recordDomains = 32
    /// Entries of the spool's log that are carried into the database in one transaction.
    public static let projectedAtOnce = 8_192
    /// Octets of it, roughly.
    public static let projectedOctets = 16 << 20
    /// Entries that are read from the log at once.
    public static let projectedPiece = 256
    /// Records of refused messages that wait to be written, and their octets.
    public static let waitingRecords = 16_384
    public static let waitingRecordOctets = 32 << 20
    /// Records of refused messages written in one transaction.
    public static let recordsAtOnce = 1_000
    /// Kinds of refusals that are counted apart while records wait.
    public static let countedRefusals = 4_096
    /// Days of sums and of who wrote to whom that are kept: as many as are counted at once.
    public static let historyDays = 800
    /// Words of a question that are looked for.
    public static let questionWords = 8
}
