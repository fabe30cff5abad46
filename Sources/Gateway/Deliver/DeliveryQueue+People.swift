internal import Spool

/// What people ask of the queue.
extension DeliveryQueue {
    /// Takes a message out: held or deleted. What is under way ends, and nothing follows it.
    mutating func remove(_ message: QueueIdentifier) {
        var place = byMessage[message] ?? -1
        while place >= 0 {
            let next = entries[place].sibling
            switch entries[place].state {
            case .waiting: free(place)
            case .ready: entries[place].state = .dropped
            case .running: entries[place].flags.insert(.isCancelled)
            case .free, .dropped: break
            }
            place = next
        }
    }

    /// Makes what is here of a message due at once, also what was being given up.
    ///
    /// - Returns: the recipients that are here.
    mutating func revive(_ message: QueueIdentifier) -> Set<Int> {
        var covered: Set<Int> = []
        var place = byMessage[message] ?? -1
        while place >= 0 {
            covered.formUnion(entries[place].recipients.places)
            switch entries[place].state {
            case .waiting: makeReady(place)
            case .running: entries[place].flags.remove(.isCancelled)
            // It stands in its list still.
            case .dropped: entries[place].state = .ready
            case .ready, .free: break
            }
            place = entries[place].sibling
        }
        return covered
    }

    /// Makes everything due at once, and wakes every destination that rests.
    mutating func flush() {
        for place in entries.places where entries[place].state == .waiting { makeReady(place) }
        for index in destinations.indices where destinations[index].window.restsUntil != nil {
            destinations[index].window.wake()
            enrol(index)
        }
    }

    /// Forgets all plans, for the routes have changed.
    mutating func forgetPlans() {
        for index in destinations.indices { destinations[index].box = nil }
    }

    /// What is remembered of a destination.
    func memory(of destination: Int32) -> DestinationMemory {
        destinations[Int(destination)].memory ?? DestinationMemory()
    }

    mutating func remember(_ destination: Int32, _ change: (inout DestinationMemory) -> Void) {
        var memory = memory(of: destination)
        change(&memory)
        destinations[Int(destination)].box = DestinationMemoryBox(memory)
    }
}
