import DNS
import Gateway
import Identities
import SMTP
import SMTPClient
import Spool
import Synchronization
import Testing

/// A scheduler with its spool, its DNS and servers that do what a test says, in virtual time.
final class DeliveryWorld: Sendable {
    /// One call of the client.
    struct Call: Sendable {
        var at: Int64
        var target: DeliveryTarget
        var recipients: [String]
        var queue: String
        /// Others to the same target at that moment, this one counted.
        var together: Int
    }

    typealias Server = @Sendable (OutgoingMessage, DeliveryTarget) async -> DeliveryResult

    private struct State {
        var server: Server
        var calls: [Call] = []
        var running: [String: Int] = [:]
        var observations: [TLSObservation] = []
        var log: [String] = []
    }

    let time: VirtualTime
    let spool: SimulatedSpool
    let lookup = TableLookup()
    let scheduler: DeliveryScheduler
    private let shared: Shared

    init(
        _ time: VirtualTime, spool: SimulatedSpool? = nil, routes: RouteTable = RouteTable(),
        seed: UInt64 = 1, change: (inout DeliveryOptions) -> Void, server: @escaping Server
    ) throws {
        self.time = time
        let spool = spool ?? SimulatedSpool(time)
        self.spool = spool
        var options = DeliveryOptions(hostName: try domain("gate.example"), deliveries: 40)
        change(&options)
        let shared = Shared(server)
        self.shared = shared
        scheduler = DeliveryScheduler(
            spool: spool, planner: RoutePlanner(routes: routes, lookup: lookup),
            options: options, clock: time.clock, seed: seed,
            sinks: DeliveryScheduler.Sinks(
                observe: { shared.observe($0) }, log: { shared.log($0) })
        ) { message, target in await shared.deliver(message, target, time) }
    }

    /// What the closures of the scheduler hold.
    private final class Shared: Sendable {
        let state: Mutex<State>

        init(_ server: @escaping Server) { state = Mutex(State(server: server)) }

        func observe(_ observation: TLSObservation) {
            state.withLock { $0.observations.append(observation) }
        }

        func log(_ line: String) { state.withLock { $0.log.append(line) } }

        func deliver(
            _ message: OutgoingMessage, _ target: DeliveryTarget, _ time: VirtualTime
        ) async -> DeliveryResult {
            let queue = message.queue
            let server = state.withLock { state in
                let together = state.running[target.name, default: 0] + 1
                state.running[target.name] = together
                state.calls.append(
                    Call(
                        at: time.now, target: target,
                        recipients: message.envelope.recipients.map(\.path.description),
                        queue: queue, together: together))
                return state.server
            }
            let result = await server(message, target)
            state.withLock { $0.running[target.name, default: 1] -= 1 }
            return result
        }
    }

    convenience init(
        _ time: VirtualTime, spool: SimulatedSpool? = nil, routes: RouteTable = RouteTable(),
        server: @escaping Server = { message, _ in .accepted(message) }
    ) throws {
        try self.init(time, spool: spool, routes: routes, change: { _ in }, server: server)
    }

    var calls: [Call] { shared.state.withLock { $0.calls } }
    var observations: [TLSObservation] { shared.state.withLock { $0.observations } }
    var log: [String] { shared.state.withLock { $0.log } }
    func set(_ server: @escaping Server) { shared.state.withLock { $0.server = server } }

    /// Runs the scheduler while the body goes on.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.scheduler.run() }
            group.addTask {
                defer { self.scheduler.stop() }
                try await body()
            }
            try await group.waitForAll()
        }
    }

    /// Waits until nothing is left to do, or for so many milliseconds.
    func settle(_ milliseconds: Int64 = 1_000_000_000) async {
        let end = time.now + milliseconds
        while time.now < end, !spool.isQuiet { await time.sleep(500) }
    }

    /// A domain with one mail host, `mx.` before it.
    func addDomain(_ name: String, _ address: String = "192.0.2.1") throws {
        try lookup.setExchanges(name, [(10, "mx.\(name)")])
        try lookup.setAddresses("mx.\(name)", [address])
    }

    func message(
        _ recipients: [String], from sender: String? = "sender@back.example",
        content: String = "Subject: hello\r\nMessage-ID: <1@back.example>\r\n\r\nText\r\n",
        change: (inout SpoolMessage) -> Void = { _ in }
    ) throws -> SpoolMessage {
        var message = SpoolMessage(
            id: spool.nextIdentifier(), receivedAt: time.wall,
            envelope: Envelope(
                reversePath: try sender.map {
                    ReversePath(Mailbox(try #require(EmailAddress($0))))
                } ?? .null,
                recipients: try recipients.map {
                    EnvelopeRecipient(ForwardPath(Mailbox(try #require(EmailAddress($0)))))
                }), content: .memory(Array(content.utf8)))
        change(&message)
        return message
    }

    @discardableResult
    func send(
        _ recipients: [String], from sender: String? = "sender@back.example",
        change: (inout SpoolMessage) -> Void = { _ in }
    ) async throws -> QueueIdentifier {
        let message = try message(recipients, from: sender, change: change)
        try await spool.accept(message)
        scheduler.enqueue(message)
        return message.id
    }

    /// Reports in the spool, as text.
    var reports: [String] {
        spool.messages.values.sorted { $0.message.id < $1.message.id }
            .filter(\.message.envelope.reversePath.isNull).compactMap { kept in
                guard case .memory(let octets) = kept.message.content else { return nil }
                let text = String(decoding: octets, as: UTF8.self)
                return text.contains("multipart/report") ? text : nil
            }
    }
}

extension OutgoingMessage {
    /// The identifier that the simulated spool puts first.
    var queue: String {
        var octets: [UInt8] = []
        try? content.forEachPiece(in: 0..<min(22, content.count)) { octets += $0 }
        return String(decoding: octets.dropFirst(9), as: UTF8.self)
    }
}

extension DeliveryResult {
    static func accepted(
        _ message: OutgoingMessage, _ connection: ConnectionFacts = ConnectionFacts()
    ) -> DeliveryResult {
        DeliveryResult(
            recipients: message.envelope.recipients.map { _ in
                .delivered(SMTPReply(250, EnhancedStatusCode(2, 0, 0), "taken"))
            }, connection: connection)
    }

    static func refused(_ message: OutgoingMessage, _ code: Int, _ text: String) -> DeliveryResult {
        DeliveryResult(
            recipients: message.envelope.recipients.map { _ in
                .refused(SMTPReply(code, EnhancedStatusCode(code / 100, 1, 1), text))
            })
    }

    static func unreachable(
        _ message: OutgoingMessage, uncertain: Bool = false, stage: SMTPStage = .connect
    ) -> DeliveryResult {
        DeliveryResult(
            DeliveryFailure(
                stage: stage, isTemporary: true, status: EnhancedStatusCode(4, 4, 1),
                text: "The server does not answer."),
            recipients: message.envelope.recipients.count, uncertain: uncertain)
    }
}
