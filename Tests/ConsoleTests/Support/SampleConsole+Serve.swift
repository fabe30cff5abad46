import Console
import Hummingbird
import Logging
import Storage

extension SampleConsole {
    static let password = "four unrelated words"

    /// Runs the console on a free port of loopback for the time of `body`.
    func serve(
        secureCookies: Bool = false, publicURL: String? = nil,
        _ body: @escaping @Sendable (Browser) async throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "console")
        logger.logLevel = .critical
        let console = try makeConsole(
            services: services,
            configuration: ConsoleConfiguration(
                port: 0, publicURL: publicURL, secureCookies: secureCookies),
            logger: logger
        ) { port in
            announce.yield(port)
            announce.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await console.run() }
            for await port in ports {
                try await body(Browser(port: port))
            }
            group.cancelAll()
        }
    }

    /// As `serve`, with the first administrator signed in.
    func serveSignedIn(_ body: @escaping @Sendable (Browser) async throws -> Void) async throws {
        let accounts = accounts
        let now = clock.now
        try await serve { browser in
            let link = try await accounts.oneTimeLink(now: now)
            let token = link?.text ?? ""
            let form = try await browser.get("/welcome?token=\(token)")
            _ = try await browser.post(
                "/welcome",
                [
                    "form_token": form.field("form_token"), "token": token, "name": "Ada",
                    "password": Self.password, "repeated": Self.password,
                ])
            try await body(browser)
        }
    }
}
