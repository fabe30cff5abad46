import OpenIDConnect
import Synchronization

/// A provider in memory: what each address answers, and what was asked.
final class SampleWeb: ProviderWeb {
    struct State {
        var answers: [String: ProviderAnswer] = [:]
        var asked: [ProviderRequest] = []
        /// Requests wait until this is called.
        var waits = false
    }

    private let state = Mutex(State())

    var asked: [ProviderRequest] { state.withLock { $0.asked } }

    subscript(path: String) -> String {
        get { "" }
        set { self.answer(path, Array(newValue.utf8)) }
    }

    func answer(_ path: String, _ body: [UInt8], status: Int = 200) {
        state.withLock {
            $0.answers[TokenSamples.issuer + path] = ProviderAnswer(status: status, body: body)
        }
    }

    /// Lets no request end until it is cancelled.
    func holdAll() { state.withLock { $0.waits = true } }

    func send(_ request: ProviderRequest) async throws(SignInFault) -> ProviderAnswer {
        let (answer, waits) = state.withLock { state in
            state.asked.append(request)
            return (state.answers[request.address.text], state.waits)
        }
        if waits { try? await Task.sleep(for: .seconds(3_600)) }
        guard let answer else { throw SignInFault(.unreachable, "nothing is there") }
        return answer
    }
}
