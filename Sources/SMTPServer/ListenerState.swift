internal import Identities
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SMTP
internal import Synchronization

/// What the connections of a listener share.
final class ListenerState: Sendable {
    let configuration: ListenerConfiguration
    let folder: String
    let memory: MemoryBudget
    let logger: Logger
    let now: @Sendable () -> Int64
    let policy: @Sendable (ClientConnection) -> any ReceptionPolicy
    let table: ConnectionTable
    let pool = NIOThreadPool.singleton
    private let counts = Mutex(ListenerStatistics())
    private let open = Mutex(Open())

    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var emptied: [EventLoopPromise<Void>] = []
    }

    init(
        _ configuration: ListenerConfiguration, folder: String, memory: MemoryBudget,
        logger: Logger, now: @escaping @Sendable () -> Int64,
        policy: @escaping @Sendable (ClientConnection) -> any ReceptionPolicy
    ) {
        self.configuration = configuration
        self.folder = folder
        self.memory = memory
        self.logger = logger
        self.now = now
        self.policy = policy
        table = ConnectionTable(configuration.limits)
    }

    var statistics: ListenerStatistics {
        var result = counts.withLock { $0 }
        result.open = open.withLock { $0.channels.count }
        return result
    }

    func count(_ change: (inout ListenerStatistics) -> Void) { counts.withLock { change(&$0) } }

    /// Remembers a connection; false when there are too many, or the end has come.
    func add(_ channel: any Channel) -> Bool {
        open.withLock {
            guard !$0.isDraining, $0.channels.count < configuration.limits.connections else {
                return false
            }
            $0.channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    /// Forgets a connection: it is closed, and the policy has nothing more in hand for it.
    func remove(_ connection: ObjectIdentifier) {
        let promises = open.withLock { open -> [EventLoopPromise<Void>] in
            guard open.channels.removeValue(forKey: connection) != nil, open.channels.isEmpty else {
                return []
            }
            defer { open.emptied = [] }
            return open.emptied
        }
        for promise in promises { promise.succeed() }
    }

    /// Takes no more; the promise is kept when nobody is left. Returns who is there.
    func drain(_ emptied: EventLoopPromise<Void>) -> [any Channel] {
        let channels = open.withLock { open -> [any Channel] in
            open.isDraining = true
            if !open.channels.isEmpty { open.emptied.append(emptied) }
            return Array(open.channels.values)
        }
        if channels.isEmpty { emptied.succeed() }
        return channels
    }

    var channels: [any Channel] { open.withLock { Array($0.channels.values) } }

    /// What the dialogue with this client offers and bears.
    func options(for client: ClientConnection, peer: IPAddress) -> SMTPServerOptions {
        let limits = configuration.limits
        let isExempt = configuration.exempt.contains { $0.contains(client.address) }
        var options = SMTPServerOptions(hostName: configuration.hostName)
        options.maximumMessageOctets = configuration.maximumMessageOctets
        options.recipients = limits.recipients
        options.nullSenderRecipients = limits.nullSenderRecipients
        options.messages = limits.messages
        options.idleCommands = isExempt ? .max : limits.idleCommands
        options.errors = isExempt ? .max : limits.errors
        options.errorsBeforeTarpit =
            isExempt || limits.tarpit <= .zero ? .max : limits.errorsBeforeTarpit
        options.takesBareLineFeed = configuration.bareLineFeed == .normalize
        options.offersStartTLS = configuration.tls != nil
        options.requiresTLS = configuration.requiresTLS
        options.offersBinary = configuration.offersBinary
        options.offersXClient = configuration.xclientPeers.contains { $0.contains(peer) }
        return options
    }
}
