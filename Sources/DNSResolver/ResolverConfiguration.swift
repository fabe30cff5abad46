internal import Glibc
internal import Identities

/// Which resolvers are asked, and how patiently.
public struct ResolverConfiguration: Hashable, Sendable {
    /// Asked in this order until one answers; the last that answered is asked first.
    public var servers: [ResolverAddress]
    /// How long one server is waited for over UDP, and again over TCP.
    public var timeout: Duration = .seconds(2)
    /// How often the whole list is gone through.
    public var attempts = 2
    /// After this time a look-up fails, whatever is still untried.
    public var totalTimeout: Duration = .seconds(8)
    /// Whether the AD bit of resolvers that are not on this machine counts too: only right when
    /// the way to them is safe (RFC 6840 §5.7; `options trust-ad`).
    public var trustsAuthenticatedData = false
    /// Look-ups under way at once; others wait their turn.
    public var concurrentLookups = 256
    /// Answers kept at most; 0 keeps none.
    public var cacheEntries = 100_000
    /// Octets of answers kept at most.
    public var cacheOctets = 64 << 20

    public init(servers: [ResolverAddress]) {
        self.servers = Array(servers.prefix(Limits.servers))
    }

    /// Reads the text of a `resolv.conf` (resolv.conf(5)): `nameserver` and, of the options,
    /// `timeout`, `attempts` and `trust-ad`. Without a server it is the one on this machine.
    public init(resolvConf text: some StringProtocol) {
        self.init(servers: [])
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, words.count > 1 else { continue }
            switch first {
            case "nameserver":
                // An address with a zone (`fe80::1%eth0`) is left out.
                if let address = IPAddress(String(words[1])), servers.count < Limits.servers {
                    servers.append(ResolverAddress(address: address))
                }
            case "options": for option in words.dropFirst() { take(option: option) }
            default: continue
            }
        }
        if servers.isEmpty {
            servers = [ResolverAddress(address: IPAddress(ipv4: 0x7F00_0001))]
        }
    }

    private mutating func take(option: some StringProtocol) {
        let parts = option.split(separator: ":", maxSplits: 1)
        switch (parts.first ?? "", parts.count == 2 ? Int(parts[1]) : nil) {
        case ("timeout", let seconds?): timeout = .seconds(min(max(seconds, 1), 30))
        case ("attempts", let count?): attempts = min(max(count, 1), 5)
        case ("trust-ad", _): trustsAuthenticatedData = true
        default: break
        }
    }

    /// The system's own configuration, `/etc/resolv.conf`; a file that cannot be read counts as
    /// empty, as for every program on the machine.
    public static func system(path: String = "/etc/resolv.conf") -> ResolverConfiguration {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return ResolverConfiguration(resolvConf: "") }
        defer { close(file) }
        let text = [UInt8](unsafeUninitializedCapacity: Limits.configurationOctets) { part, count in
            while count < Limits.configurationOctets {
                let step = read(
                    file, part.baseAddress?.advanced(by: count),
                    Limits.configurationOctets - count)
                guard step > 0 else { return }
                count += step
            }
        }
        return ResolverConfiguration(resolvConf: String(decoding: text, as: UTF8.self))
    }
}
