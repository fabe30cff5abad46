internal import Spool

/// One message's recipients at one destination, as they wait: small, for there may be a million.
struct QueueEntry {
    /// What may follow stands with each.
    enum State: UInt8 {
        /// A place for a new entry → ready, waiting.
        case free
        /// Until its time → ready, free.
        case waiting
        /// For its destination to have room → running, free.
        case ready
        /// Under way → waiting, ready, free.
        case running
        /// Given up while it was in a list: freed when its turn comes.
        case dropped
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// The sender heard of the delay, or need not.
        static let isWarned = Flags(rawValue: 1)
        /// Held or deleted while it was under way: nothing follows.
        static let isCancelled = Flags(rawValue: 2)
        /// Set out while its destination had not proved itself.
        static let isUnproven = Flags(rawValue: 4)
        /// It failed in an earlier run, and its sender was not told yet.
        static let owesReport = Flags(rawValue: 8)
        /// It has taken so long that it counts apart.
        static let isSlow = Flags(rawValue: 32)
        /// In the list of those that wait for no destination.
        static let isUrgent = Flags(rawValue: 16)
    }

    var message: QueueIdentifier
    /// When we took the message, on the monotonic clock; before the start of this run it is less
    /// than the clock ever showed.
    var bornAt: Int64
    var recipients: RecipientPlaces
    var destination: Int32
    /// The next in the list that it is in; -1 at the end.
    var next: Int32 = -1
    /// The next entry of the same message; -1 at the end.
    var sibling: Int32 = -1
    var generation: UInt32 = 0
    /// Attempts that failed.
    var attempts: UInt16 = 0
    var state = State.free
    var flags: Flags = []
    /// The envelope, until the first attempt or while there is room.
    var envelope: WaitingEnvelope?
}

/// The entries, in pieces, so that growing copies nothing.
struct QueueEntries {
    private static let shift = 10
    private static let pieceCount = 1 << shift
    private var pieces: [ContiguousArray<QueueEntry>] = []
    private var free: Int32 = -1
    private var last = 0

    /// Entries in use.
    private(set) var count = 0

    /// All places that were ever in use.
    var places: Range<Int32> { 0..<Int32(last) }

    subscript(place: Int32) -> QueueEntry {
        _read { yield pieces[Int(place) >> Self.shift][Int(place) & (Self.pieceCount - 1)] }
        _modify {
            yield &pieces[Int(place) >> Self.shift][Int(place) & (Self.pieceCount - 1)]
        }
    }

    mutating func insert(_ entry: QueueEntry) -> Int32 {
        count += 1
        if free >= 0 {
            let place = free
            free = self[place].next
            let generation = self[place].generation
            self[place] = entry
            self[place].next = -1
            self[place].generation = generation
            return place
        }
        if last & (Self.pieceCount - 1) == 0 {
            pieces.append(ContiguousArray())
            pieces[pieces.count - 1].reserveCapacity(Self.pieceCount)
        }
        pieces[pieces.count - 1].append(entry)
        last += 1
        return Int32(last - 1)
    }

    mutating func remove(_ place: Int32) {
        count -= 1
        self[place].state = .free
        self[place].generation &+= 1
        self[place].envelope = nil
        self[place].recipients = RecipientPlaces(0..<0)
        self[place].next = free
        free = place
    }
}
