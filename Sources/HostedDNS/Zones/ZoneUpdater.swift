public import DNS
public import DNSResolver

/// Asks a zone's primary server for an update, and says in plain words what became of it.
public struct ZoneUpdater: Sendable {
    private let exchange: DirectExchange
    private let timeout: Duration
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970, which signatures carry.
    public init(
        exchange: DirectExchange = DirectExchange(), timeout: Duration = Limits.timeout,
        now: @escaping @Sendable () -> Int64
    ) {
        self.exchange = exchange
        self.timeout = timeout
        self.now = now
    }

    public enum Outcome: Hashable, Sendable {
        case done
        /// A prerequisite does not hold; nothing was changed.
        case changedMeanwhile
        /// Nothing was changed.
        case refused(String)
        /// An answer says no, or nothing, and is not proved to come from the server.
        case unproved(String)
        /// The request was sent, and no answer came back.
        case uncertain(String)
    }

    /// - Parameters:
    ///   - key: without one, only a server on this machine is asked.
    public func send(
        _ update: DNSUpdate, to server: ResolverAddress, key: TransactionKey?
    ) async -> Outcome {
        // Servers that compress nothing themselves have been seen to misread compressed updates.
        let message = update.message(id: exchange.identifier())
        let bytes = message.render(compressing: false)
        guard let whole = try? DNSMessage.parse(bytes), !whole.isTruncated else {
            return .refused("The change does not fit into one message. Make several of it.")
        }
        guard let key else {
            guard server.isLoopback else {
                return .refused(
                    "A change is only sent with a key (TSIG): name its file with --tsig-keys. "
                        + "Without one, only a server on this machine is asked.")
            }
            return await converse(bytes, server) { answer in Self.read(answer, server: server) }
        }
        let signer = TransactionSigner(key: key)
        guard let request = signer.sign(bytes, now: UInt64(clamping: now())) else {
            return .refused("The change does not fit into one message. Make several of it.")
        }
        return await converse(request.bytes, server) { answer in
            do throws(TransactionSigner.Fault) {
                let proved = try signer.verify(answer, of: request, now: UInt64(clamping: now()))
                return Self.read(proved, server: server)
            } catch {
                let code = (try? DNSMessage.parse(answer))?.responseCode ?? .noError
                return UpdateWords.fault(error, code: code, key: key, server: server, now: now())
            }
        }
    }

    private func converse(
        _ bytes: [UInt8], _ server: ResolverAddress, _ judge: ([UInt8]) -> Outcome
    ) async -> Outcome {
        do {
            return judge(try await exchange.send(bytes, to: server, timeout: timeout))
        } catch {
            let sentence = "The server \(server) \(error)."
            return error.kind == .noConnection ? .refused(sentence) : .uncertain(sentence)
        }
    }

    private static func read(_ answer: [UInt8], server: ResolverAddress) -> Outcome {
        guard let message = try? DNSMessage.parse(answer), message.isResponse,
            message.operation == DNSUpdate.operation
        else {
            return .uncertain("The server \(server) sent back what is no answer to an update.")
        }
        return UpdateWords.outcome(message.responseCode, server: server)
    }
}
