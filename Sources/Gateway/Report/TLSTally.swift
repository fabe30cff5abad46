import Identities
import MailReports
import SMTPClient
public import Storage
import Synchronization

/// Adds up what attempts at delivery showed about transport security, until it is stored.
public final class TLSTally: Sendable {
    private struct State {
        var counts: [TLSObservation: Int64] = [:]
        var refused: Int64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    public init(limit: Int = Limits.observedSessions) {
        self.limit = limit
    }

    /// Counts one attempt.
    public func add(_ observation: TLSObservation) {
        var key = observation
        // RFC 8460 §4.1: reports cover whole days in UTC.
        let seconds = observation.at / 1_000
        key.at = seconds - seconds % 86_400
        state.withLock { state in
            guard state.counts[key] != nil || state.counts.count < limit else {
                state.refused += 1
                return
            }
            state.counts[key, default: 0] += 1
        }
    }

    /// What has come together, and begins anew; with it the attempts for which there was no room.
    public func drain() -> (sessions: [SessionObservation], refused: Int64) {
        let full = state.withLock { state in
            let full = state
            state = State()
            return full
        }
        return (full.counts.map { SessionObservation($0.key, count: $0.value) }, full.refused)
    }
}

extension SessionObservation {
    /// The words of a TLS report (RFC 8460 §4.4).
    init(_ observation: TLSObservation, count: Int64) {
        var policy = TLSReport.PolicyResult()
        policy.type = observation.policy.type.rawValue
        policy.strings = observation.policy.text
        policy.domain = observation.policy.domain.text
        policy.mxHosts = observation.policy.hosts
        var failure: TLSReport.FailureDetail?
        if let result = observation.result {
            var detail = TLSReport.FailureDetail()
            detail.resultType = result.rawValue
            detail.sendingMTA = observation.source?.description
            detail.receivingMXHost = observation.host
            detail.receivingAddress = observation.address?.description
            detail.reasonCode = observation.detail.map {
                String($0.prefix(Limits.reportCommentOctets))
            }
            failure = detail
        }
        self.init(
            domain: observation.domain, begin: observation.at, policy: policy, failure: failure,
            count: count)
    }
}
