/// The bounds of names, messages and zone files; each is kept by the parser that it names.
public enum Limits {
    /// Octets of a name on the wire with its root label (RFC 1035 §2.3.4).
    public static let nameOctets = 255
    /// Octets of one label (RFC 1035 §2.3.4).
    public static let labelOctets = 63
    /// Octets of a message or of the data of one record: both lengths have 16 bits on the wire.
    public static let messageOctets = 65_535
    /// Compression pointers followed for one name; each must point before the last, and a name of
    /// 255 octets has at most 127 labels.
    public static let compressionPointers = 127
    /// Places in a message up to which a compression pointer reaches (14 bits).
    public static let compressionReach = 0x3FFF
    /// Questions read from one message. Every server in use refuses more than one.
    public static let questions = 16
    /// Prerequisites, and again instructions, of one update.
    public static let updateRecords = 1_000
    /// Records read from one zone file, its includes counted with it.
    public static let zoneRecords = 20_000_000
    /// Octets of one entry of a zone file, brackets and comments counted.
    public static let zoneEntryOctets = 1 << 20
    /// Files open inside one another through `$INCLUDE`.
    public static let includeDepth = 8
    /// Aliases followed for one question.
    public static let aliases = 16
}
