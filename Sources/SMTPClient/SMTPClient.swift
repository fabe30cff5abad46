public import Logging
public import NIOCore
internal import NIOPosix
public import SMTP

/// Hands messages to servers over SMTP, keeps connections for the next message, and asks servers
/// whether they would take mail.
public final class SMTPClient: Sendable {
    private let options: SMTPClientOptions
    private let group: any EventLoopGroup
    private let material: TLSMaterial
    private let pool: ConnectionPool
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameters:
    ///   - group: where connections live; the process's own by default.
    ///   - now: milliseconds since 1970, to tell whether certificates are in force.
    public init(
        options: SMTPClientOptions, group: (any EventLoopGroup)? = nil,
        now: @escaping @Sendable () -> Int64, logger: Logger
    ) {
        self.options = options
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        material = TLSMaterial(options)
        pool = ConnectionPool(
            limit: options.connectionsPerTarget, idle: options.idleConnections)
        self.now = now
        self.logger = logger
    }

    /// Hands a message to a server. Never throws: what went wrong is in the result. A connection
    /// that went stale while it was idle is replaced by a new one before any content was sent, or
    /// when the server surely took nothing. A cancelled task ends the conversation at once.
    public func deliver(
        _ message: OutgoingMessage, to target: DeliveryTarget
    ) async -> DeliveryResult {
        let count = message.envelope.recipients.count
        guard count > 0 else { return DeliveryResult(recipients: []) }
        let carried = await carry(to: target) { await $0.deliver(message) }
        switch carried.end {
        case .failure(let failure):
            return DeliveryResult(failure, recipients: count, connection: carried.facts)
        case .success(let outcome):
            var facts = carried.facts
            facts.sentUndeclaredEightBit = outcome.sentUndeclaredEightBit
            return DeliveryResult(
                recipients: outcome.recipients.map(Self.result), connection: facts,
                uncertain: outcome.isUncertain)
        }
    }

    /// Asks a server whether it would take mail for a recipient: MAIL FROM:<>, RCPT TO, RSET. Its
    /// reply to RCPT; nil when it could not be asked or would not take mail from nobody.
    public func verifyRecipient(
        _ path: ForwardPath, from target: DeliveryTarget
    ) async -> SMTPReply? {
        let carried = await carry(to: target) { await $0.probe(path) }
        switch try? carried.end.get().recipients.first {
        case .accepted(let reply), .refused(let reply, at: .recipient): return reply
        default: return nil
        }
    }

    /// Opens a connection of its own to a server and says goodbye at once: what it offers, and what
    /// its certificate proves.
    public func examine(
        _ target: DeliveryTarget
    ) async -> Result<ConnectionFacts, DeliveryFailure> {
        let opening = ConnectionOpening(
            target: target, options: options, group: group, material: material, now: now() / 1_000)
        do throws(ConnectionOpening.Failed) {
            let connection = try await opening.open()
            connection.quit()
            return .success(connection.facts)
        } catch {
            return .failure(error.failure)
        }
    }

    /// Reads client certificates and trust roots again. Connections opened from now on use them,
    /// and idle ones that showed a certificate are closed. When a file cannot be used, all stays as
    /// it was.
    ///
    /// - Parameter identities: from now on, instead of those at hand.
    public func reload(identities: [String: SMTPClientOptions.Identity]? = nil) throws {
        try material.reload(identities: identities)
        pool.retire { $0.clientCertificate != nil }
    }

    /// Connections that wait for a message, and those that carry one.
    public var connections: (idle: Int, busy: Int) {
        (pool.idleConnections, pool.busyConnections)
    }

    /// Says goodbye on idle connections and cuts off the others: deliveries should have ended.
    /// Later deliveries fail at once.
    public func shutDown() async {
        await pool.close()
    }

    private typealias Carried = (
        end: Result<SMTPTransactionOutcome, DeliveryFailure>, facts: ConnectionFacts
    )

    /// Runs a transaction over a kept connection, and over a new one when that was stale.
    private func carry(
        to target: DeliveryTarget, _ run: (ServerConnection) async -> DeliveryJob.End
    ) async -> Carried {
        switch await pool.take(target) {
        case .closed: return (.failure(DeliveryFailure(local: Self.closedText)), ConnectionFacts())
        case .overloaded:
            return (.failure(DeliveryFailure(local: Self.overloadedText)), ConnectionFacts())
        case .cancelled: return (.failure(.cancelled), ConnectionFacts())
        case .connection(let connection):
            var facts = connection.facts
            facts.wasReused = connection.isUsed
            let end = await run(connection)
            if case .ended(let outcome, let isReusable) = end, !Self.isStale(outcome) {
                pool.giveBack(connection, target, isReusable: isReusable)
                return (.success(outcome), facts)
            }
            connection.cancel()
            pool.lost(connection)
            return await carryAnew(to: target, run)
        case .place: return await carryAnew(to: target, run)
        }
    }

    /// The caller holds a place for a new connection.
    private func carryAnew(
        to target: DeliveryTarget, _ run: (ServerConnection) async -> DeliveryJob.End
    ) async -> Carried {
        let opening = ConnectionOpening(
            target: target, options: options, group: group, material: material, now: now() / 1_000)
        do throws(ConnectionOpening.Failed) {
            let connection = try await opening.open()
            pool.opened(connection, target)
            switch await run(connection) {
            case .ended(let outcome, let isReusable):
                pool.giveBack(connection, target, isReusable: isReusable)
                return (.success(outcome), connection.facts)
            case .notBegun:
                pool.giveBack(connection, target, isReusable: false)
                let failure = DeliveryFailure(SMTPClientFailure(.mail, .closed))
                return (.failure(Task.isCancelled ? .cancelled : failure), connection.facts)
            }
        } catch {
            pool.free(target)
            logger.debug(
                "no connection",
                metadata: [
                    "host": "\(target.name)", "address": "\(target.address)",
                    "stage": "\(error.failure.stage)", "why": "\(error.failure.text)",
                ])
            return (.failure(error.failure), error.facts)
        }
    }

    /// Whether the server had given the connection up: nothing of the message was sent, or 421 says
    /// that it was not taken.
    private static func isStale(_ outcome: SMTPTransactionOutcome) -> Bool {
        guard !outcome.isUncertain else { return false }
        return outcome.recipients.contains { recipient in
            switch recipient {
            case .failed(let failure):
                failure.reason == .refused && failure.reply?.code == 421
                    || failure.stage == .reset && failure.reason != .cancelled
                    || failure.reason == .closed && !outcome.sentContent
            case .refused(let reply, at: .content): reply.code == 421
            case .accepted, .refused: false
            }
        }
    }

    private static func result(
        _ recipient: SMTPTransactionOutcome.Recipient
    ) -> DeliveryResult.RecipientResult {
        switch recipient {
        case .accepted(let reply): .delivered(reply)
        case .refused(let reply, at: _): .refused(reply)
        case .failed(let failure): .failed(DeliveryFailure(failure))
        }
    }

    private static let closedText = "The client has been shut down."
    private static let overloadedText = "Too many deliveries wait for this server."
}
