/// Bounds of one change.
public enum ChangeLimits {
    /// Names and types that one change may touch.
    public static let sets = 50
    /// Records of one name and type.
    public static let records = 100
    /// Characters of its reason and of a person's name.
    public static let reason = 500
    public static let person = 200
    /// Sentences about what follows.
    public static let consequences = 20
    /// Bytes of a change in JSON that is read.
    public static let json = 1 << 20
    /// Seconds that a record may be kept where none was there before; an hour, so that a mistake is
    /// gone soon.
    public static let newTimeToLive: UInt32 = 3_600
    /// Letters of one record in a sentence.
    public static let quoted = 300
}
