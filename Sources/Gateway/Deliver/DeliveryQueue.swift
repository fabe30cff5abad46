internal import Spool

/// Everything that waits to be delivered, and whose turn it is: no clock, no I/O, no tasks.
///
/// Destinations take turns, each with as many deliveries as its window allows, so that a slow or
/// dead one keeps nobody waiting but its own mail. Those that have not proved themselves together
/// get no more than three quarters of all deliveries, and a delivery that has taken long counts
/// apart: ten thousand dead domains still leave room for the living, also for those never tried.
struct DeliveryQueue {
    /// What a delivery showed of its destination.
    enum Feedback {
        case success
        /// It answers, and does not want this message now.
        case neutral
        /// It cannot be reached, or does not work.
        case failure
    }

    /// What follows for an entry.
    enum Conclusion {
        case done
        /// Some recipients wait until a monotonic millisecond.
        case retry(RecipientPlaces, due: Int64)
        /// Nothing was tried; its turn comes again.
        case again
    }

    /// An entry whose turn it is.
    struct Turn {
        var place: Int32
        var message: QueueIdentifier
        var recipients: RecipientPlaces
        var destination: Int32
        var bornAt: Int64
        var attempts: Int
        var isWarned: Bool
        var owesReport: Bool
        /// It is not to be delivered, but to be looked at: too old, or the sender is to be warned.
        var isUrgent: Bool
        var envelope: WaitingEnvelope?
    }

    var entries = QueueEntries()
    var destinations: [DestinationState] = []
    var runningCount = 0
    var envelopeCount = 0
    /// Those under way that have taken long; they are not in `runningCount`.
    var slowCount = 0
    let capacity: Int
    let slowCapacity: Int
    let bounds: DestinationWindow.Bounds
    var byMessage: [QueueIdentifier: Int32] = [:]
    var byKey: [DeliveryDestination: Int32] = [:]
    var freeDestinations: [Int32] = []
    var idle = Ring()
    var due = DueHeap()
    var resting = DueHeap()
    var proven = Ring()
    var unproven = Ring()
    var urgent = Ring()
    var unprovenRunning = 0
    /// What set out when, the first first.
    var started = StartLine()
    var isUnprovenTurn = false

    init(capacity: Int, slowCapacity: Int, bounds: DestinationWindow.Bounds) {
        self.capacity = max(1, capacity)
        self.slowCapacity = max(0, slowCapacity)
        self.bounds = bounds
    }

    /// Entries that wait or run.
    var count: Int { entries.count }

    /// Messages that wait or run.
    var messageCount: Int { byMessage.count }

    func contains(_ message: QueueIdentifier) -> Bool { byMessage[message] != nil }

    /// Puts recipients in; `due` is nil for at once.
    mutating func insert(
        _ message: QueueIdentifier, _ recipients: RecipientPlaces,
        to key: DeliveryDestination, bornAt: Int64, due: Int64? = nil, attempts: Int = 0,
        flags: QueueEntry.Flags = [], envelope: WaitingEnvelope? = nil
    ) {
        let destination = destination(for: key)
        var entry = QueueEntry(
            message: message, bornAt: bornAt, recipients: recipients, destination: destination)
        entry.attempts = UInt16(clamping: attempts)
        entry.flags = flags
        if let envelope, envelopeCount < Limits.envelopesInMemory {
            entry.envelope = envelope
            envelopeCount += 1
        }
        entry.sibling = byMessage[message] ?? -1
        let place = entries.insert(entry)
        byMessage[message] = place
        destinations[Int(destination)].entryCount += 1
        if let due { wait(place, until: due) } else { makeReady(place) }
    }

    private mutating func destination(for key: DeliveryDestination) -> Int32 {
        if let known = byKey[key] { return known }
        let place: Int32
        if let free = freeDestinations.popLast() {
            place = free
            let generation = destinations[Int(place)].generation
            destinations[Int(place)] = DestinationState(key: key)
            destinations[Int(place)].generation = generation &+ 1
        } else {
            place = Int32(destinations.count)
            destinations.append(DestinationState(key: key))
        }
        byKey[key] = place
        return place
    }

    mutating func wait(_ place: Int32, until time: Int64) {
        entries[place].state = .waiting
        entries[place].generation &+= 1
        due.insert(
            DueHeap.Item(due: time, place: place, generation: entries[place].generation))
    }

    mutating func makeReady(_ place: Int32) {
        let index = Int(entries[place].destination)
        entries[place].state = .ready
        entries[place].generation &+= 1
        entries[place].next = -1
        if destinations[index].tail >= 0 {
            entries[destinations[index].tail].next = place
        } else {
            destinations[index].head = place
        }
        destinations[index].tail = place
        destinations[index].readyCount += 1
        enrol(index)
    }

    /// Gives a destination its place in the ring when it may have a turn.
    mutating func enrol(_ index: Int) {
        guard !destinations[index].isInRing, destinations[index].isEligible else { return }
        destinations[index].isInRing = true
        if destinations[index].window.isProven {
            proven.append(Int32(index))
        } else {
            unproven.append(Int32(index))
        }
    }

    /// Moves what has become due.
    ///
    /// - Parameters:
    ///   - expiry: entries born before it are too old.
    ///   - warning: senders of entries born before it may be told of the delay.
    mutating func tick(now: Int64, expiry: Int64, warning: Int64) {
        while let item = due.popFirst(dueAt: now) {
            guard entries[item.place].generation == item.generation,
                entries[item.place].state == .waiting
            else { continue }
            makeReady(item.place)
        }
        while let item = resting.popFirst(dueAt: now) {
            let index = Int(item.place)
            guard destinations[index].generation == item.generation,
                let until = destinations[index].window.restsUntil, until <= now
            else { continue }
            wake(index, expiry: expiry, warning: warning)
        }
        setApart(now)
    }

    /// Counts deliveries apart that have taken long, while there is room for them.
    private mutating func setApart(_ now: Int64) {
        while let item = started.popFirst(before: now - Limits.slowSeconds * 1_000) {
            guard slowCount < slowCapacity, entries[item.place].generation == item.generation,
                entries[item.place].state == .running
            else { continue }
            entries[item.place].flags.insert(.isSlow)
            slowCount += 1
            runningCount -= 1
            if entries[item.place].flags.remove(.isUnproven) != nil { unprovenRunning -= 1 }
        }
    }

    private mutating func wake(_ index: Int, expiry: Int64, warning: Int64) {
        destinations[index].window.wake()
        sweep(index, expiry: expiry, warning: warning)
        enrol(index)
    }

    /// Takes out of a dead destination's list what must not wait for it any longer.
    private mutating func sweep(_ index: Int, expiry: Int64, warning: Int64) {
        var previous: Int32 = -1
        var place = destinations[index].head
        while place >= 0 {
            let next = entries[place].next
            let isOld =
                entries[place].bornAt <= expiry
                || (entries[place].bornAt <= warning && !entries[place].flags.contains(.isWarned))
            guard isOld, entries[place].state == .ready else {
                previous = place
                place = next
                continue
            }
            if previous >= 0 {
                entries[previous].next = next
            } else {
                destinations[index].head = next
            }
            if next < 0 { destinations[index].tail = previous }
            destinations[index].readyCount -= 1
            entries[place].next = -1
            entries[place].flags.insert(.isUrgent)
            urgent.append(place)
            place = next
        }
    }

    /// When something becomes due next.
    var nextDue: Int64? {
        switch (due.first?.due, resting.first?.due) {
        case (let first?, let second?): min(first, second)
        case (let first, let second): first ?? second
        }
    }
}
