import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks a provider over HTTP: no redirects, no second try, bounded in time and size.
public struct HTTPProviderWeb: ProviderWeb {
    public init() {}

    public func send(_ request: ProviderRequest) async throws(SignInFault) -> ProviderAnswer {
        do {
            // Head and body together: one that drips is given up too.
            return try await withThrowingTaskGroup(of: ProviderAnswer?.self) { group in
                group.addTask { try await exchange(request) }
                group.addTask {
                    try await Task.sleep(for: .seconds(Limits.seconds))
                    return nil
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() ?? nil else { throw CancellationError() }
                return answer
            }
        } catch is NIOTooManyBytesError {
            throw SignInFault(.unreachable, "The provider's answer is too long.")
        } catch {
            throw SignInFault(
                .unreachable, "The provider cannot be reached, or did not answer in time.")
        }
    }

    private func exchange(_ request: ProviderRequest) async throws -> ProviderAnswer {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        var message = HTTPClientRequest(url: request.address.text)
        message.headers.add(name: "Accept", value: "application/json")
        if let authorization = request.authorization {
            message.headers.add(name: "Authorization", value: authorization)
        }
        if let form = request.form {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(Array(form.coded.utf8))
        }
        let client = HTTPClient(configuration: configuration)
        do {
            let response = try await client.execute(message, timeout: .seconds(Limits.seconds))
            let body = try await response.body.collect(upTo: Limits.answer)
            try await client.shutdown()
            return ProviderAnswer(
                status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
