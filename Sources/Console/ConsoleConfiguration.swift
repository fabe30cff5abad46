/// Where the console listens, and how people reach it.
public struct ConsoleConfiguration: Sendable {
    /// The address to listen on. Loopback until TLS stands in front of it.
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    /// The address that people see in their browser, without a trailing slash; nil for
    /// `http://host:port`. Needed behind a proxy.
    public var publicURL: String?
    /// True when people come through HTTPS: cookies are then tied to it.
    public var secureCookies: Bool

    public init(
        host: String = "127.0.0.1", port: Int = 8025, publicURL: String? = nil,
        secureCookies: Bool? = nil
    ) {
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.secureCookies = secureCookies ?? (publicURL?.hasPrefix("https://") ?? false)
    }

    /// Host and port of `publicURL`, as an `Origin` field names them.
    var publicAuthority: String? {
        guard let publicURL, let separator = publicURL.firstRange(of: "://") else { return nil }
        return publicURL[separator.upperBound...].prefix { $0 != "/" }.lowercased()
    }
}
