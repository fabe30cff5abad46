/// What a DKIM signature and its key may cost.
extension Limits {
    /// Tags of one list that are read; the RFCs together define about 20.
    public static let tagListTags = 64
    /// Octets of a tag's name.
    public static let tagNameOctets = 64
    /// Smallest RSA key that is accepted, in bits (RFC 8301 §3.2).
    public static let rsaMinimumBits = 1_024
    /// RSA keys below this many bits are reported as a risk.
    public static let rsaSafeBits = 2_048
    /// Largest RSA key that is accepted, in bits: the cost of a check grows with the square.
    public static let rsaMaximumBits = 8_192
    /// Largest RSA key that is made, in bits; one of 8192 takes minutes to make.
    public static let rsaGeneratedBits = 4_096
    /// Octets of a private key's text.
    public static let privateKeyOctets = 65_536
    /// Octets of an RSA public exponent; 65537 has three.
    public static let rsaExponentOctets = 4
    /// Octets of a key record that are read: what a DNS answer can carry.
    public static let dkimKeyRecordOctets = 65_535
    /// Key records under one name that are tried (RFC 6376 §6.1.2 leaves their number open).
    public static let dkimKeyRecords = 4
    /// Words of one list in a key record (`h=`, `s=`, `t=`) that are told apart.
    public static let dkimKeyRecordWords = 32
    /// Octets of key records under one name that are remembered; an RSA key of 8192 bits has 1,400.
    public static let dkimCachedRecordOctets = 8_192
    /// Keys that a look-up remembers in parsed form.
    public static let dkimCachedKeys = 4_096
    /// Names in one `h=`; large senders stay below 100.
    public static let dkimSignedNames = 1_024
    /// Octets of a selector: it must fit into a domain name together with `_domainkey`.
    public static let selectorOctets = 240
    /// Times that one body is read for different hashes.
    public static let dkimBodyReadings = 8
    /// Signatures of one message that are reported at all; the last report tells of the others.
    public static let dkimReportedSignatures = 64
}
