public import DNS
public import NIOCore
internal import NIOPosix

/// Talks with one server that is named: sends it a message as it stands, or asks it a question.
///
/// What the answer is worth is judged by the caller: nothing is kept, and no alias is followed.
public struct DirectExchange: Sendable {
    /// Why no answer came, in plain words that go on after "the server".
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Kind: Hashable, Sendable {
            case timeout
            /// Nothing was sent: no connection came about.
            case noConnection
            /// The connection broke, or something else than an answer came back.
            case broken
            case unreadable, cancelled
        }

        public let kind: Kind
        public let description: String

        init(_ kind: Kind, _ description: String) {
            self.kind = kind
            self.description = description
        }
    }

    private let exchange: Exchange
    private let random: @Sendable () -> UInt64

    /// Sockets are opened on the group, or on the process's own.
    public init(
        group: (any EventLoopGroup)? = nil,
        random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.random = random
        exchange = Exchange(
            group: group ?? MultiThreadedEventLoopGroup.singleton, random: random,
            register: { _ in true }, unregister: { _ in })
    }

    /// An identifier for a message that nobody can guess.
    public func identifier() -> UInt16 { UInt16(truncatingIfNeeded: random()) }

    /// Sends octets over a connection of their own; the answer is the first message that comes
    /// back, and it has to carry the same identifier.
    ///
    /// - Parameter timeout: for all of it, the connecting counted by itself.
    public func send(
        _ bytes: [UInt8], to server: ResolverAddress, timeout: Duration
    ) async throws(Failure) -> [UInt8] {
        guard (12...DNS.Limits.messageOctets).contains(bytes.count) else {
            throw Failure(.noConnection, "cannot be sent a message of this size")
        }
        let id = bytes[..<2]
        do {
            return try await exchange.overTCP(bytes, server, timeout: timeout) { answer in
                answer.count >= 12 && answer[..<2] == id && answer[2] & 0x80 != 0
            }
        } catch {
            throw Self.failure(error)
        }
    }

    /// Asks a question that the server is to answer from what it has itself; over UDP, and over TCP
    /// when the answer is cut or in doubt.
    public func ask(
        _ name: DNSName, _ type: RecordType, _ server: ResolverAddress, timeout: Duration
    ) async throws(Failure) -> DNSMessage {
        do {
            let message = try await exchange.ask(
                Query(name, type, isRecursionDesired: false, random: random), server,
                timeout: timeout)
            guard message.responseCode == .formatError, message.edns == nil else { return message }
            // RFC 6891 §6.2.2: a server older than EDNS.
            return try await exchange.ask(
                Query(name, type, hasEDNS: false, isRecursionDesired: false, random: random),
                server, timeout: timeout)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case ExchangeFailure.timeout: Failure(.timeout, "did not answer in time")
        case ExchangeFailure.noConnection:
            Failure(.noConnection, "cannot be reached: no connection comes about")
        case ExchangeFailure.unreachable(let detail):
            Failure(.broken, "gave no answer: \(detail)")
        case ExchangeFailure.cancelled, is CancellationError:
            Failure(.cancelled, "was not waited for")
        case is DNSMessageError: Failure(.unreadable, "sent what cannot be read: \(error)")
        default: Failure(.noConnection, "cannot be asked")
        }
    }
}
