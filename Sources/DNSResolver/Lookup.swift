internal import DNS
internal import Identities

/// One look-up from its question to its answer: over servers, attempts and aliases, within the
/// configured time.
struct Lookup {
    let configuration: ResolverConfiguration
    let exchange: Exchange
    let random: @Sendable () -> UInt64
    let now: @Sendable () -> Duration
    /// The place in the list of the server to ask first.
    var preferred: Int

    mutating func run(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        let deadline = now() + configuration.totalTimeout
        var chain = AnswerChain(name, type)
        for _ in 0..<Limits.questionsPerLookup {
            switch await ask(chain.name, type, until: deadline) {
            case .failure(let failure):
                return DNSAnswer(
                    .failure(failure.sentence), aliases: chain.aliases,
                    timeToLive: Limits.failureTimeToLive)
            case .success(let reply):
                if let answer = chain.take(reply.message, isTrusted: reply.isTrusted) {
                    return answer
                }
            }
        }
        return chain.tooLong
    }

    struct Reply {
        let message: DNSMessage
        let isTrusted: Bool
    }

    struct Failure: Error {
        let sentence: String
    }

    private mutating func ask(
        _ name: DNSName, _ type: RecordType, until deadline: Duration
    ) async -> Result<Reply, Failure> {
        let servers = configuration.servers
        guard !servers.isEmpty else {
            return .failure(Failure(sentence: "No resolver is configured."))
        }
        var reason = "No resolver answered in time."
        for _ in 0..<max(1, configuration.attempts) {
            for _ in servers.indices {
                let server = servers[preferred % servers.count]
                let timeout = min(configuration.timeout, deadline - now())
                guard timeout > .zero else { return .failure(Failure(sentence: reason)) }
                do {
                    let message = try await answer(name, type, server, timeout: timeout)
                    if message.responseCode == .noError || message.responseCode == .nameError {
                        let isTrusted = server.isLoopback || configuration.trustsAuthenticatedData
                        return .success(Reply(message: message, isTrusted: isTrusted))
                    }
                    reason = "The resolver \(server) answered \(message.responseCode)."
                } catch ExchangeFailure.cancelled {
                    return .failure(Failure(sentence: "The look-up was cancelled."))
                } catch ExchangeFailure.closed {
                    return .failure(Failure(sentence: "The resolver has been shut down."))
                } catch ExchangeFailure.timeout {
                    reason = "The resolver \(server) did not answer in time."
                } catch ExchangeFailure.noConnection {
                    reason = "The resolver \(server) cannot be reached: no socket leads there."
                } catch ExchangeFailure.unreachable(let detail) {
                    reason = "The resolver \(server) cannot be reached: \(detail)."
                } catch {
                    reason = "The resolver \(server) cannot be asked."
                }
                preferred = (preferred + 1) % servers.count
            }
        }
        return .failure(Failure(sentence: reason))
    }

    /// RFC 6891 §6.2.2: a server older than EDNS answers FORMERR, and is asked again without.
    private func answer(
        _ name: DNSName, _ type: RecordType, _ server: ResolverAddress, timeout: Duration
    ) async throws -> DNSMessage {
        let message = try await exchange.ask(
            Query(name, type, random: random), server, timeout: timeout)
        guard message.responseCode == .formatError || message.responseCode == .notImplemented,
            message.edns == nil
        else { return message }
        return try await exchange.ask(
            Query(name, type, hasEDNS: false, random: random), server, timeout: timeout)
    }
}
