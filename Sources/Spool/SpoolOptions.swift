/// How a spool keeps its messages. The defaults are right for a server.
public struct SpoolOptions: Sendable {
    /// Octets of one segment file; within `SpoolLimits.segmentOctets`, and whole pages.
    public var segmentOctets = 64 << 20 {
        didSet {
            let limits = SpoolLimits.segmentOctets
            let kept = min(max(segmentOctets, limits.lowerBound), limits.upperBound)
            segmentOctets = (kept + 4_095) & ~4_095
        }
    }
    /// Segments kept ready, one of them in reserve for changes alone.
    public var readySegments = 3
    /// Content up to this many octets lies in the segments, more in a file of its own.
    public var inlineOctets = 1 << 20
    /// Octets that one write and one sync take at most.
    public var batchOctets = 4 << 20
    /// Octets that must stay free on the disk: below, messages are refused.
    public var minimumFreeOctets = 256 << 20
    /// How long a change given to `note` may wait for company. What waits when the program is
    /// killed is delivered again; a write of its own costs a disk without mail to write nothing.
    public var noteDelay: Duration = .milliseconds(2)
    /// Segments in use before messages are carried out of the oldest.
    public var segmentsBeforeCarry = 4
    /// Whether segments wait for `projected(upTo:)` before they are used again.
    public var awaitsProjection = true
    /// Whether a start reads every live content and compares its digest.
    public var verifiesContents = true
    /// Acceptances this close to the end of a program that was killed are recorded as
    /// `duplicateRisk`: their clients may not have read the 250.
    public var acknowledgementWindow: Duration = .seconds(1)
    /// How long a disk that refused is left alone.
    public var retryDelay: Duration = .seconds(1)
    /// Milliseconds since 1970.
    public var now: @Sendable () -> Int64
    /// The numbers that mark the segments: nobody who sends mail can know them.
    public var random: @Sendable () -> UInt64

    /// The defaults, with the system's clock and randomness unless others are given.
    public init(
        now: @escaping @Sendable () -> Int64 = SystemTime.milliseconds,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) }
    ) {
        self.now = now
        self.random = random
    }
}
