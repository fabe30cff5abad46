/// What evidence, alerts and what is sent about them may cost.
public enum Limits {
    /// Characters of one cell of a table, of a name and of a sentence.
    public static let cell = 240
    /// Pages of a PDF; what does not fit is counted on the last one.
    public static let pages = 500
    /// Octets of a PDF.
    public static let document = 64 << 20
    /// Scalars of a mail's subject.
    public static let subject = 200
    /// Seconds that a web server and a log server are waited for, and octets read of an answer.
    public static let webhookSeconds: Int64 = 30
    public static let webhookAnswer = 64 << 10
    public static let syslogSeconds: Int64 = 10
    /// Scalars of a line for a log server: a datagram holds it (RFC 5424 §6.1).
    public static let syslogText = 1_000
    /// Events that a log server is told at once, and octets of one of them: servers take 8,192 with
    /// what stands in front.
    public static let syslogRows = 600
    public static let syslogOctets = 8_000
}
