internal import Spool

/// Whose turn it is, and what follows a turn.
extension DeliveryQueue {
    /// The entry whose turn it is, or nil when none may set out.
    mutating func next(now: Int64) -> Turn? {
        guard runningCount < capacity, let turn = nextTurn() else { return nil }
        started.append(
            DueHeap.Item(
                due: now, place: turn.place, generation: entries[turn.place].generation))
        return turn
    }

    private mutating func nextTurn() -> Turn? {
        while let place = urgent.popFirst() {
            if let turn = start(place, isUrgent: true) { return turn }
        }
        isUnprovenTurn.toggle()
        return isUnprovenTurn
            ? nextUnproven() ?? nextProven() : nextProven() ?? nextUnproven()
    }

    private mutating func nextProven() -> Turn? {
        while let index = proven.popFirst() {
            if let turn = take(Int(index)) { return turn }
        }
        return nil
    }

    private mutating func nextUnproven() -> Turn? {
        guard unprovenRunning < max(1, capacity * 3 / 4) else { return nil }
        while let index = unproven.popFirst() {
            if let turn = take(Int(index)) { return turn }
        }
        return nil
    }

    private mutating func take(_ index: Int) -> Turn? {
        destinations[index].isInRing = false
        while destinations[index].isEligible {
            let place = destinations[index].head
            destinations[index].head = entries[place].next
            if destinations[index].head < 0 { destinations[index].tail = -1 }
            destinations[index].readyCount -= 1
            if let turn = start(place, isUrgent: false) {
                enrol(index)
                return turn
            }
        }
        return nil
    }

    private mutating func start(_ place: Int32, isUrgent: Bool) -> Turn? {
        guard entries[place].state == .ready else {
            if entries[place].state == .dropped { free(place) }
            return nil
        }
        let index = Int(entries[place].destination)
        entries[place].state = .running
        entries[place].generation &+= 1
        entries[place].next = -1
        runningCount += 1
        if !isUrgent {
            destinations[index].runningCount += 1
            if !destinations[index].window.isProven {
                entries[place].flags.insert(.isUnproven)
                unprovenRunning += 1
            }
        }
        let entry = entries[place]
        return Turn(
            place: place, message: entry.message, recipients: entry.recipients,
            destination: entry.destination, bornAt: entry.bornAt, attempts: Int(entry.attempts),
            isWarned: entry.flags.contains(.isWarned),
            owesReport: entry.flags.contains(.owesReport), isUrgent: isUrgent,
            envelope: entry.envelope)
    }

    /// Ends a turn.
    mutating func finish(
        _ turn: Turn, _ conclusion: Conclusion, _ feedback: Feedback, isWarned: Bool = false,
        now: Int64
    ) {
        let place = turn.place
        let index = Int(turn.destination)
        leave(turn)
        learn(index, feedback, now)
        if isWarned { entries[place].flags.insert(.isWarned) }
        if entries[place].flags.contains(.isCancelled) {
            free(place)
        } else {
            switch conclusion {
            case .done: free(place)
            case .again: makeReady(place)
            case .retry(let recipients, let due):
                entries[place].recipients = recipients
                if entries[place].attempts < .max { entries[place].attempts += 1 }
                dropEnvelope(place)
                wait(place, until: due)
            }
        }
        enrol(index)
    }

    private mutating func leave(_ turn: Turn) {
        let place = turn.place
        if entries[place].flags.remove(.isSlow) != nil {
            slowCount -= 1
        } else {
            runningCount -= 1
        }
        if entries[place].flags.remove(.isUnproven) != nil { unprovenRunning -= 1 }
        if turn.isUrgent {
            entries[place].flags.remove(.isUrgent)
        } else {
            destinations[Int(turn.destination)].runningCount -= 1
        }
    }

    private mutating func learn(_ index: Int, _ feedback: Feedback, _ now: Int64) {
        switch feedback {
        case .neutral: break
        case .success:
            destinations[index].window.succeeded(
                running: destinations[index].runningCount + 1, bounds)
        case .failure:
            guard let until = destinations[index].window.failed(now: now) else { return }
            resting.insert(
                DueHeap.Item(
                    due: until, place: Int32(index), generation: destinations[index].generation))
        }
    }

    private mutating func dropEnvelope(_ place: Int32) {
        guard entries[place].envelope != nil else { return }
        entries[place].envelope = nil
        envelopeCount -= 1
    }

    mutating func free(_ place: Int32) {
        dropEnvelope(place)
        let message = entries[place].message
        let index = Int(entries[place].destination)
        unlink(place, of: message)
        entries.remove(place)
        destinations[index].entryCount -= 1
        guard destinations[index].entryCount == 0, !destinations[index].isIdle else { return }
        destinations[index].isIdle = true
        idle.append(Int32(index))
        if idle.count > Limits.rememberedDestinations, let oldest = idle.popFirst() {
            forget(Int(oldest))
        }
    }

    /// Gives up what was learned of a destination that has had no mail for long.
    private mutating func forget(_ index: Int) {
        destinations[index].isIdle = false
        guard destinations[index].entryCount == 0 else { return }
        guard !destinations[index].isInRing else {
            destinations[index].isIdle = true
            return idle.append(Int32(index))
        }
        byKey[destinations[index].key] = nil
        destinations[index].box = nil
        destinations[index].generation &+= 1
        freeDestinations.append(Int32(index))
    }

    private mutating func unlink(_ place: Int32, of message: QueueIdentifier) {
        guard var current = byMessage[message] else { return }
        if current == place {
            byMessage[message] = entries[place].sibling >= 0 ? entries[place].sibling : nil
            return
        }
        while entries[current].sibling >= 0 {
            if entries[current].sibling == place {
                entries[current].sibling = entries[place].sibling
                return
            }
            current = entries[current].sibling
        }
    }
}
