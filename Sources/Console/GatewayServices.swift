public import Gateway
public import Identities
public import MailReports
public import Spool
public import Storage

/// What the pages about messages read.
public protocol MessageReading: Sendable {
    func search(
        _ search: MessageSearch, limit: Int, from place: MessagePage.Place?
    ) async throws -> MessagePage
    func history(of id: Int64) async throws -> MessageHistory?
    func counts(_ days: ClosedRange<MailReports.UTCDay>) async throws -> [MessageCount]
}

extension MessageStore: MessageReading {}

/// What the pages about mail read and ask for. Edges and rooms are joined by whoever starts the
/// console; it knows of neither.
public struct GatewayServices: Sendable {
    let messages: any MessageReading
    let queue: @Sendable () async throws -> QueueSnapshot
    let carryOut: @Sendable (QueueRequest) async throws -> QueueAnswer
    /// Nil where nobody can say how the servers around the gateway are set up.
    let setup: SetupServices?

    /// - Parameters:
    ///   - queue: the queue as it is now.
    ///   - carryOut: does what a person asks for; when it returns, it is durable.
    public init(
        messages: any MessageReading, queue: @escaping @Sendable () async throws -> QueueSnapshot,
        carryOut: @escaping @Sendable (QueueRequest) async throws -> QueueAnswer,
        setup: SetupServices? = nil
    ) {
        self.messages = messages
        self.queue = queue
        self.carryOut = carryOut
        self.setup = setup
    }
}

/// What the pages about the servers around the gateway read and ask for.
public struct SetupServices: Sendable {
    let facts: @Sendable () async -> SetupFacts
    /// Whose servers the mail goes on to, as far as the gateway can tell.
    let provider: MailboxProvider?
    let check: @Sendable (DomainName, MailboxProvider) async -> [BypassFinding]

    /// - Parameter check: looks for ways around the gateway; it connects to servers.
    public init(
        provider: MailboxProvider?, facts: @escaping @Sendable () async -> SetupFacts,
        check: @escaping @Sendable (DomainName, MailboxProvider) async -> [BypassFinding]
    ) {
        self.provider = provider
        self.facts = facts
        self.check = check
    }
}

/// What a person asks of the queue.
public struct QueueRequest: Hashable, Sendable {
    public enum Act: String, Sendable, CaseIterable {
        /// Lets held mail go.
        case release
        /// Keeps waiting mail back.
        case hold
        /// Tries at once.
        case retry
        /// Deletes for good.
        case delete
    }

    public enum Scope: Hashable, Sendable {
        case message(QueueIdentifier)
        /// Everything for one destination, by the name that the snapshot gives it.
        case destination(String)
        case everything
    }

    public var act: Act
    public var scope: Scope
    /// The name of the person's account.
    public var person: String

    public init(_ act: Act, _ scope: Scope, by person: String) {
        self.act = act
        self.scope = scope
        self.person = person
    }
}

/// What became of a request.
public enum QueueAnswer: Hashable, Sendable {
    /// It was done to so many messages.
    case done(messages: Int)
    /// It was not done; the sentence says why.
    case refused(String)
}

/// The queue at one moment.
public struct QueueSnapshot: Hashable, Sendable {
    /// Mail for one destination.
    public struct Destination: Hashable, Sendable {
        /// The next server's or the recipients' domain, as requests name it.
        public var name: String
        /// Messages that wait, and those being delivered right now.
        public var waiting: Int
        public var underway: Int
        public var held: Int
        /// When the oldest of them came in; milliseconds since 1970, as all instants here.
        public var oldestAt: Int64?
        /// When it is tried next, where it is left alone for now.
        public var nextAt: Int64?
        /// What went wrong last, in one sentence.
        public var lastError: String?

        public init(
            name: String, waiting: Int, underway: Int = 0, held: Int = 0, oldestAt: Int64? = nil,
            nextAt: Int64? = nil, lastError: String? = nil
        ) {
            self.name = name
            self.waiting = waiting
            self.underway = underway
            self.held = held
            self.oldestAt = oldestAt
            self.nextAt = nextAt
            self.lastError = lastError
        }
    }

    /// The destinations with the most mail first.
    public var destinations: [Destination]
    /// Destinations that are not listed.
    public var otherDestinations: Int
    public var waiting: Int
    public var held: Int
    public var oldestAt: Int64?

    public init(
        destinations: [Destination], otherDestinations: Int = 0, waiting: Int, held: Int,
        oldestAt: Int64? = nil
    ) {
        self.destinations = destinations
        self.otherDestinations = otherDestinations
        self.waiting = waiting
        self.held = held
        self.oldestAt = oldestAt
    }
}
