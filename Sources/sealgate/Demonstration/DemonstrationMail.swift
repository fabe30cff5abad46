import Identities
import Logging
import NIOPosix
import SMTPServer
import ServiceLifecycle

/// The demonstration's mail: a gateway before the bank's mail server, which is a Maildir behind a
/// real SMTP door.
struct DemonstrationMail {
    /// What the gateway is made from.
    let settings: Settings
    /// The mail server behind it.
    let server: DemonstrationMailServer
    private let port: Int

    init(folder: String, port: Int) throws {
        // The commands to try name it.
        let port = port == 0 ? try freePort() : port
        self.port = port
        let mailbox = folder + "/mailbox"
        try DemonstrationMailbox.prepare(mailbox)
        // The next hop has to be known before any door is open.
        let behind = try freePort()
        var settings = Settings()
        settings.dataFolder = folder
        settings.gateway.inbound = SocketAddress("127.0.0.1:\(port)")
        settings.gateway.hostName = DomainName("mx.harbour-bank.example")
        settings.gateway.domains = ["harbour-bank.example"].compactMap { DomainName($0) }
        if let hop = Settings.NextHop("127.0.0.1:\(behind)") { settings.gateway.nextHop = hop }
        settings.gateway.nextHopTLS = .never
        self.settings = settings
        server = try DemonstrationMailServer(mailbox: mailbox, port: behind)
    }

    /// Three commands to try.
    var lines: String {
        let start = "  swaks --server 127.0.0.1:\(port) --to clerk@harbour-bank.example --from"
        return """
            \(start) sales@supplier.example
            \(start) director@harbour-bank.example
            \(start) offers@small-shop.example
            """
    }
}

/// The demonstration's mail server as a service.
struct DemonstrationMailServer: Service {
    private let listener: SMTPListener

    init(mailbox: String, port: Int) throws {
        guard let address = IPAddress("127.0.0.1") else { preconditionFailure("an address") }
        let mailbox = DemonstrationMailbox(folder: mailbox)
        listener = SMTPListener(
            ListenerConfiguration(
                role: .internal, address: address, port: port,
                hostName: "mailbox.harbour-bank.example"),
            incoming: mailbox.incoming, group: MultiThreadedEventLoopGroup.singleton,
            logger: gatewayLogger(), now: { clock() }, policy: { _ in mailbox })
    }

    func run() async throws {
        _ = try await listener.start()
        try? await gracefulShutdown()
        await listener.drain(grace: .seconds(2))
    }
}
