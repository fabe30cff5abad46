/// Which connections are open, to whom, and who waits for one.
struct PoolState: Sendable {
    /// What somebody who wants a connection gets.
    enum Turn: Sendable {
        /// A connection that was idle.
        case connection(ServerConnection)
        /// The right to open one.
        case place
        case closed
        case overloaded
        case cancelled
    }

    typealias Waiter = CheckedContinuation<Turn, Never>

    /// Who waits, in order of arrival.
    private struct WaitingLine {
        private var waiters: [Int: Waiter] = [:]
        /// Their tickets, and those of some who have left.
        private var line: [Int] = []
        /// Those before it have had their turn.
        private var first = 0

        var count: Int { waiters.count }
        var all: [Waiter] { Array(waiters.values) }

        mutating func append(_ ticket: Int, _ waiter: Waiter) {
            waiters[ticket] = waiter
            line.append(ticket)
        }

        mutating func removeFirst() -> Waiter? {
            while first < line.count {
                let waiter = waiters.removeValue(forKey: line[first])
                first += 1
                if first * 2 > line.count {
                    line.removeFirst(first)
                    first = 0
                }
                if let waiter { return waiter }
            }
            return nil
        }

        mutating func remove(_ ticket: Int) -> Waiter? {
            let waiter = waiters.removeValue(forKey: ticket)
            if waiters.isEmpty { (line, first) = ([], 0) }
            return waiter
        }
    }

    private struct Host {
        var idle: [ServerConnection] = []
        /// Connections and the rights to open one.
        var places = 0
        var waiting = WaitingLine()
    }

    private var hosts: [DeliveryTarget: Host] = [:]
    private var inUse: [ObjectIdentifier: ServerConnection] = [:]
    private var idleCount = 0
    private var tickets = 0
    private let idleLimit: Int
    private(set) var isClosed = false

    init(idleLimit: Int) {
        self.idleLimit = idleLimit
    }

    /// Connections that are open and idle, for statistics.
    var idleConnections: Int { idleCount }
    /// Connections that carry a message.
    var busyConnections: Int { inUse.count }

    /// Nil when the caller must wait.
    mutating func take(_ target: DeliveryTarget, limit: Int) -> Turn? {
        if isClosed { return .closed }
        var host = hosts[target] ?? Host()
        defer { hosts[target] = host }
        // The one used last is the least likely to have been closed by the server.
        if let connection = host.idle.popLast() {
            idleCount -= 1
            inUse[ObjectIdentifier(connection)] = connection
            return .connection(connection)
        }
        if host.places < max(1, limit) {
            host.places += 1
            return .place
        }
        return host.waiting.count < Limits.waitingDeliveries ? nil : .overloaded
    }

    mutating func ticket() -> Int {
        tickets += 1
        return tickets
    }

    /// Queues a waiter, unless its turn has come meanwhile.
    mutating func wait(
        _ target: DeliveryTarget, _ ticket: Int, _ waiter: Waiter, limit: Int
    ) -> Turn? {
        if let turn = take(target, limit: limit) { return turn }
        hosts[target]?.waiting.append(ticket, waiter)
        return nil
    }

    /// Takes a waiter out of the queue, who is then told by the caller.
    mutating func leave(_ target: DeliveryTarget, _ ticket: Int) -> Waiter? {
        hosts[target]?.waiting.remove(ticket)
    }

    /// A connection was opened in a place.
    mutating func opened(_ connection: ServerConnection) {
        inUse[ObjectIdentifier(connection)] = connection
    }

    /// A connection broke while in use; its holder keeps the place.
    mutating func lost(_ connection: ServerConnection) {
        inUse[ObjectIdentifier(connection)] = nil
    }

    /// What is to be done with a connection that was given back.
    enum Return {
        case kept
        case handOver(Waiter, Turn)
        case close
    }

    /// A connection in good order comes back.
    mutating func giveBack(_ connection: ServerConnection, _ target: DeliveryTarget) -> Return {
        guard !isClosed, var host = hosts[target] else {
            inUse[ObjectIdentifier(connection)] = nil
            return .close
        }
        if let first = host.waiting.removeFirst() {
            hosts[target] = host
            return .handOver(first, .connection(connection))
        }
        inUse[ObjectIdentifier(connection)] = nil
        guard idleCount < idleLimit else { return .close }
        host.idle.append(connection)
        idleCount += 1
        hosts[target] = host
        return .kept
    }

    /// A place becomes free: the first who waits gets it.
    mutating func free(_ target: DeliveryTarget) -> Waiter? {
        guard var host = hosts[target] else { return nil }
        defer { hosts[target] = host.places == 0 && host.waiting.count == 0 ? nil : host }
        if !isClosed, let first = host.waiting.removeFirst() { return first }
        host.places -= 1
        return nil
    }

    /// A connection was closed; whether it was idle, and its place is to be freed.
    mutating func closed(_ connection: ServerConnection, _ target: DeliveryTarget) -> Bool {
        guard let index = hosts[target]?.idle.firstIndex(where: { $0 === connection }) else {
            return false
        }
        hosts[target]?.idle.remove(at: index)
        idleCount -= 1
        return true
    }

    /// Ends everything; what is idle and in use is returned, and those who wait.
    mutating func close() -> (
        idle: [ServerConnection], inUse: [ServerConnection], waiting: [Waiter]
    ) {
        isClosed = true
        let rest = (
            hosts.values.flatMap(\.idle), Array(inUse.values),
            hosts.values.flatMap(\.waiting.all)
        )
        for target in hosts.keys { hosts[target]?.waiting = WaitingLine() }
        return rest
    }

    /// The idle connections of some targets.
    func idle(where isWanted: (DeliveryTarget) -> Bool) -> [ServerConnection] {
        hosts.filter { isWanted($0.key) }.values.flatMap(\.idle)
    }
}
