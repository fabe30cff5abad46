/// The bounds of DKIM2.
extension Limits {
    /// DKIM2-Signature fields that one message may have; more are a permanent error.
    public static let dkim2Hops = 32
    /// Message-Instance fields that one message may have.
    public static let dkim2Instances = 32
    /// Octets of all Message-Instance and DKIM2-Signature fields together. Every signature covers
    /// all fields before it, so the work grows with hops times octets.
    public static let dkim2FieldOctets = 1 << 20
    /// Tags of one field; unknown ones count too.
    public static let dkim2Tags = 64
    /// Characters of a tag's or an algorithm's name, and of a field's name in a recipe.
    public static let dkim2NameCharacters = 128
    /// Octets of a path in `mf=` or `rt=`; RFC 5321 §4.5.3.1.3 has 256.
    public static let dkim2PathOctets = 512
    /// Signatures in one `s=` tag, hashes in one `h=` tag.
    public static let dkim2Alternatives = 8
    /// Addresses in one `rt=` tag.
    public static let dkim2Recipients = 2_000
    /// Characters of a nonce (draft-ietf-dkim-dkim2-spec-04 §8.3).
    public static let dkim2NonceCharacters = 64
    /// Octets of one recipe, decoded.
    public static let dkim2RecipeOctets = 256 << 10
    /// Steps of one recipe, those of all its fields and of the body together.
    public static let dkim2RecipeSteps = 8_192
    /// Levels of arrays and objects in what a recipe holds beside the draft's forms.
    public static let dkim2RecipeDepth = 16
    /// Octets of body that are read again in order to check former instances.
    public static let dkim2RereadOctets = 256 << 20
    /// Octets of a former instance's body that are put together in memory when someone asks for it.
    public static let dkim2RestoredBodyOctets = 32 << 20
    /// Octets of a body that a signer compares line by line with the former one.
    public static let dkim2ComparedBodyOctets = 8 << 20
    /// Keys that are looked up for one message.
    public static let dkim2KeyLookups = 64
}
