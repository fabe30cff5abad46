/// Bounds of the intake; each is hit by a test.
public struct IntakeLimits: Hashable, Sendable {
    /// Files up to this size are read into memory; longer ones are read in one pass each, straight
    /// from the disk.
    public var wholeBytes = 4 << 20
    /// Rows of one container held in memory; with more, it is read row by row.
    public var wholeRecords = 4_000
    /// Files, and their bytes, that are made ready and stored together.
    public var filesTogether = 600
    public var bytesTogether = 24 << 20
    /// Longest message taken out of an mbox file, and longest upload.
    public var messageBytes = 64 << 20
    /// Longest stream read from standard input.
    public var streamBytes: Int64 = 2 << 30
    /// Judgements remembered while a folder is imported.
    public var judgements = 20_000
    /// Stored rows that are read, identified anew and stored in one step.
    public var identifiedTogether = 2_000
    /// Addresses of one container whose names are asked for.
    public var namesAsked = 2_000

    public init() {}
}

/// Bounds on a file of networks; each is hit by a test.
public struct NetworkLimits: Hashable, Sendable {
    /// Files asked one after the other.
    public var files = 8
    /// Largest file that is mapped.
    public var fileBytes: Int64 = 8 << 30
    /// Characters of a name that are kept.
    public var textLength = 120
    /// Nodes and entries looked at when a file is opened.
    public var sampledNodes = 20_000
    public var sampledEntries = 1_000

    public init() {}
}
