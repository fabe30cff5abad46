/// What the doctor waits for and looks at, and where it begins to worry.
extension Limits {
    /// Seconds that an answer is waited for.
    public static let doctorSeconds = 3
    /// Octets of an answer that are read.
    public static let doctorAnswerOctets = 4_096
    /// Domains whose mail hosts are asked for.
    public static let doctorDomains = 20
    /// Writes by which the disk's speed is measured.
    public static let doctorSyncs = 25
    /// Seconds that two clocks may be apart.
    public static let doctorClockSeconds = 60
    /// Days before a certificate's end from which on somebody should look.
    public static let doctorCertificateDays: Int64 = 21
    /// Open files that 10,000 connections, their contents and deliveries need.
    public static let wantedOpenFiles = 24_576
}
