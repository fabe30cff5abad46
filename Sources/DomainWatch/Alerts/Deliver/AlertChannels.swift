public import Storage

/// The ways out that an operator named; nil where there is none.
public struct AlertChannels: Sendable {
    /// Hands a mail to a server; throws when none took it.
    public var mail: (@Sendable (AlertNotice) async throws -> Void)?
    public var webhook: AlertWebhook?
    public var syslog: SyslogDestination?

    public init(
        mail: (@Sendable (AlertNotice) async throws -> Void)? = nil,
        webhook: AlertWebhook? = nil, syslog: SyslogDestination? = nil
    ) {
        self.mail = mail
        self.webhook = webhook
        self.syslog = syslog
    }

    public var named: [AlertNotice.Channel] {
        [mail == nil ? nil : .mail, webhook == nil ? nil : .webhook, syslog == nil ? nil : .syslog]
            .compactMap { $0 }
    }

    /// Sends one notice.
    func send(_ notice: AlertNotice, now: Int64) async throws {
        switch notice.channel {
        case .mail:
            guard let mail else { throw AlertFault("No mail address is configured any more.") }
            try await mail(notice)
        case .webhook:
            guard let webhook else { throw AlertFault("No webhook is configured any more.") }
            try await webhook.send(notice, now: now)
        case .syslog:
            guard let syslog else { throw AlertFault("No log server is configured any more.") }
            try await syslog.send(notice)
        }
    }
}

/// Why a notice did not arrive, in words.
public struct AlertFault: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
