/// Bounds on what a provider of identities sends; each is hit by a test.
public enum Limits {
    /// Octets of a token, and of any other answer.
    public static let token = 16 << 10
    public static let answer = 256 << 10
    /// Keys of a set.
    public static let keys = 100
    /// Bits of an RSA key.
    public static let rsaBits = 2_048...8_192
    /// Seconds within which a request must be answered.
    public static let seconds: Int64 = 10
    /// Seconds that the provider's clock may be off.
    public static let skew: Int64 = 60
    /// Seconds since a token was issued: it comes straight from the provider.
    public static let tokenAge: Int64 = 600
    /// Characters of a subject (OpenID Connect Core 1.0 §2), and of an address of the provider.
    public static let subject = 255
    public static let address = 2_000
    /// Octets of a code that a browser brings back.
    public static let code = 2_048
    /// Seconds that metadata and keys are kept; keys are fetched anew for an unknown one, but no
    /// sooner than after the pause.
    public static let kept: Int64 = 3_600
    public static let keysPause: Int64 = 60
    /// Requests to the provider at the same time; more sign-ins are told to come back.
    public static let requestsAtOnce = 16
}
