import FoundationEssentials
import Gateway
import Glibc
import Identities
import NIOCore
import SMTP
import SMTPClient
import SMTPServer

/// What the gateway's rooms are made from, worked out of the settings, with every fault told before
/// a door is opened.
struct GatewaySetup {
    let settings: Settings
    let hostName: DomainName

    init(_ settings: Settings) throws {
        self.settings = settings
        hostName = settings.gateway.hostName ?? Self.machineName
        if settings.gateway.recipients == .ask, settings.gateway.nextHop == .mailHosts,
            !settings.gateway.domains.isEmpty
        {
            throw PlainError(
                "The next server cannot be asked about recipients while mail goes by MX records, "
                    + "which will name this gateway. Name the server behind it with --next-hop "
                    + "HOST:PORT, or take everybody with --recipients all.")
        }
        let doors = [
            settings.gateway.inbound, settings.gateway.outbound, settings.gateway.reports,
        ]
        if case .host(let host, let port) = settings.gateway.nextHop, port != 0,
            doors.contains(where: { $0?.leads(to: host, port) == true })
        {
            throw PlainError(
                "The next hop \(host) port \(port) is this gateway's own door: mail would go round "
                    + "in a circle. Name the server behind it with --next-hop HOST:PORT.")
        }
        guard (settings.gateway.certificate == nil) == (settings.gateway.key == nil) else {
            throw PlainError(
                "A certificate and its key belong together: give both --certificate and --key.")
        }
        guard
            settings.gateway.encryptedDomains.isEmpty || settings.gateway.certificate != nil
                || settings.gateway.inbound == nil
        else {
            throw PlainError(
                "Mail of gateway.encrypted-domains is taken over TLS only, and there is no "
                    + "certificate for it: set gateway.certificate and gateway.key.")
        }
        guard (settings.gateway.clientCertificate == nil) == (settings.gateway.clientKey == nil)
        else {
            throw PlainError(
                "A client certificate and its key belong together: set both "
                    + "gateway.client-certificate and gateway.client-key.")
        }
    }

    /// Folder of the spool.
    var spoolFolder: String { settings.gateway.spool ?? settings.dataFolder + "/spool" }

    /// Folder of the MTA-STS policies that were fetched.
    var policyFolder: String { settings.dataFolder + "/mta-sts" }

    /// The machine's own name; `localhost` where it has none that mail could use.
    private static var machineName: DomainName {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        guard let name = DomainName(text) ?? DomainName("localhost") else {
            preconditionFailure("localhost is a domain name")
        }
        return name
    }

    // MARK: Receiving

    func options() throws -> GatewayOptions {
        let gateway = settings.gateway
        var options = GatewayOptions(hostName: hostName)
        options.domains = try recipients()
        options.ownNetworks = gateway.ownNetworks
        options.reportAddresses = Set(
            gateway.reportAddresses.compactMap {
                EmailAddress(localPart: $0.localPart.lowercased(), domain: $0.domain)
            })
        options.deadline = .seconds(gateway.deadline)
        options.greetingDelay = .seconds(gateway.greetingDelay)
        options.lists = gateway.lists.compactMap(SettingsOption.weighted).map {
            GatewayOptions.DNSList(zone: $0.0, weight: $0.1)
        }
        let own = gateway.ownDomains.isEmpty ? gateway.domains : gateway.ownDomains
        options.judge.ownDomains = Set(own)
        options.judge.trustedSealers = Set(gateway.trustedSealers)
        options.encryptedDomains = Set(gateway.encryptedDomains)
        options.changes = try changes()
        options.seals = try seals()
        return options
    }

    private func recipients() throws -> [DomainName: GatewayOptions.RecipientCheck] {
        var checks: [DomainName: GatewayOptions.RecipientCheck] = [:]
        switch settings.gateway.recipients {
        case .all:
            for domain in settings.gateway.domains { checks[domain] = .catchAll }
        case .ask:
            for domain in settings.gateway.domains { checks[domain] = .askNextServer }
        case .file(let path):
            var names: [DomainName: Set<String>] = [:]
            for domain in settings.gateway.domains { names[domain] = [] }
            for address in try addresses(in: path) {
                names[address.domain]?.insert(address.localPart.lowercased())
            }
            checks = names.mapValues { .list($0) }
        }
        return checks
    }

    /// One address a line; what follows `#` is a remark.
    private func addresses(in path: String) throws -> [EmailAddress] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw PlainError(
                "The file of recipients \(path) cannot be read: \(error) Name another with "
                    + "--recipients.")
        }
        var addresses: [EmailAddress] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let word = words.first else { continue }
            guard words.count == 1, let address = EmailAddress(word) else {
                throw PlainError(
                    "\(path), line \(number + 1): \"\(plain(String(line)))\" is no e-mail address.")
            }
            addresses.append(address)
        }
        return addresses
    }

    /// The doors that are open, with their roles.
    func listeners(tls: ServerTLS?) throws -> [ListenerConfiguration] {
        let gateway = settings.gateway
        let doors: [(SocketAddress?, ListenerRole)] = [
            (gateway.inbound, .inbound), (gateway.outbound, .internal),
            (gateway.reports, .reports),
        ]
        return try doors.compactMap { address, role in
            guard let address else { return nil }
            guard let bound = IPAddress(address.host == "localhost" ? "127.0.0.1" : address.host)
            else {
                throw PlainError(
                    "A door needs an address, not the name \(address.host): write for example "
                        + "0.0.0.0:\(address.port).")
            }
            return ListenerConfiguration(
                role: role, address: bound, port: address.port, hostName: hostName.text,
                maximumMessageOctets: gateway.largestMessage << 20, tls: tls,
                proxies: gateway.proxies, xclientPeers: gateway.proxies,
                exempt: gateway.ownNetworks + GatewayOptions(hostName: hostName).unlimited)
        }
    }

    func serverTLS() throws -> ServerTLS? {
        guard let certificate = settings.gateway.certificate, let key = settings.gateway.key else {
            return nil
        }
        return try ServerTLS(ServerTLS.Files(certificatePath: certificate, keyPath: key))
    }

    // MARK: Sending on

    /// Who we are: mail whose way leads back to one of these would go round in a circle.
    func plannerOptions() -> RoutePlanner.Options {
        let doors = [settings.gateway.inbound, settings.gateway.outbound, settings.gateway.reports]
        let named = Set(doors.compactMap { $0.flatMap { IPAddress($0.host) } })
        // Another server may have an address of its own on this machine.
        guard named.contains(where: { $0.bytes.allSatisfy { $0 == 0 } }) else {
            return RoutePlanner.Options(ownNames: [hostName], ownAddresses: named)
        }
        let devices = (try? System.enumerateDevices()) ?? []
        let addresses = devices.compactMap { device in
            device.address?.ipAddress.flatMap { IPAddress($0) }
        }
        return RoutePlanner.Options(ownNames: [hostName], ownAddresses: Set(addresses))
    }

    static let clientIdentity = "gateway"
    /// The name of the route to the server behind us.
    static let nextHopRoute = "next-hop"

    func routes() -> RouteTable {
        let encrypted = Set(settings.gateway.encryptedDomains)
        var table = RouteTable()
        for domain in encrypted {
            let route = MailRoute(name: "mx, over TLS", tls: .encrypted)
            table.exact[domain] = route
            table.below[domain] = route
        }
        guard let route = nextHop(isEncrypted: false) else { return table }
        let closed = nextHop(isEncrypted: true) ?? route
        // Mail of our own domains goes to the server behind us; answers of our people to the world
        // go by MX, unless there are no domains, and all mail goes one way.
        for domain in settings.gateway.domains {
            let isClosed = encrypted.contains(where: domain.isEqualOrBelow)
            table.exact[domain] = isClosed ? closed : route
        }
        if settings.gateway.domains.isEmpty {
            table.fallback = route
            for domain in encrypted {
                table.exact[domain] = closed
                table.below[domain] = closed
            }
        }
        return table
    }

    /// The way to the server behind us; nil where mail goes by MX.
    private func nextHop(isEncrypted: Bool) -> MailRoute? {
        guard case .host(let host, let port) = settings.gateway.nextHop,
            let place = IPAddress(host).map(MailHost.address)
                ?? DomainName(host).map(MailHost.domain)
        else { return nil }
        let identity = settings.gateway.clientCertificate == nil ? nil : Self.clientIdentity
        let demand: TLSDemand =
            switch settings.gateway.nextHopTLS {
            case .verified: .verified(names: [])
            case .encrypted: .encrypted
            case .never where isEncrypted, .opportunistic where isEncrypted: .encrypted
            case .never: .never
            case .opportunistic: .opportunistic
            }
        let smartHost = SmartHost(place, port: port, tls: demand, clientCertificate: identity)
        let name = isEncrypted ? Self.nextHopRoute + ", over TLS" : Self.nextHopRoute
        return MailRoute(name: name, nextHop: .smartHost(smartHost))
    }

    func clientOptions() -> SMTPClientOptions {
        var options = SMTPClientOptions(hostName: hostName.text)
        if let certificate = settings.gateway.clientCertificate,
            let key = settings.gateway.clientKey
        {
            options.identities[Self.clientIdentity] = SMTPClientOptions.Identity(
                certificateFile: certificate, keyFile: key)
        }
        return options
    }

    /// The secret that our verdicts are stamped with, made at the first start.
    func stampSecret() throws -> [UInt8] {
        let path = settings.dataFolder + "/verdict.key"
        if let known = try? Data(contentsOf: URL(filePath: path)), known.count >= 32 {
            return Array(known)
        }
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0, write(file, secret, secret.count) == secret.count, fsync(file) == 0 else {
            throw PlainError(
                "The key \(path) for our verdicts cannot be written: "
                    + "\(String(cString: strerror(errno))).")
        }
        close(file)
        return secret
    }
}
