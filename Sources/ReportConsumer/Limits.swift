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

/// Bounds on places that reports are fetched from; each is hit by a test.
public struct PlaceLimits: Hashable, Sendable {
    /// Longest mail that is fetched; longer ones stay where they are, and it is told.
    public var messageBytes = 32 << 20
    /// Longest file that is taken out of a folder.
    public var fileBytes: Int64 = 2 << 30
    /// Mails or files taken in one round; the next round begins at once.
    public var itemsInRound = 2_000
    /// Mails fetched and stored together, and their bytes as the server counts them.
    public var itemsTogether = 100
    public var bytesTogether = 4 << 20
    /// Mails or files of a place that are looked at; more are told of and left for later.
    public var itemsListed = 200_000
    /// Mails asked about by one command.
    public var listedTogether = 1_000
    /// Bytes of one line of a server's answer, pieces of one answer, and answers to one command.
    public var lineBytes = 64 << 10
    public var answerPieces = 64
    public var answers = 10_000
    /// Time for connecting and signing in, for one command, and for a round.
    public var connecting: Duration = .seconds(30)
    public var command: Duration = .seconds(60)
    public var round: Duration = .seconds(300)
    /// Wait after the first failure; it doubles with each up to the longest.
    public var firstPause: Duration = .seconds(30)
    public var longestPause: Duration = .seconds(1_800)
    /// Bytes of a password or a token in a file.
    public var secretBytes = 16 << 10

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
