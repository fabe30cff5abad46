import Identities
import MailReports
public import Storage

/// A log server (RFC 5424) that is reached by datagrams or over a connection.
public struct SyslogDestination: Hashable, Sendable, CustomStringConvertible {
    public enum Transport: String, Sendable { case udp, tcp, tls }

    public var transport: Transport
    public var host: String
    public var port: Int
    /// A file with the certificates (PEM) that a server's is signed by; nil for those that this
    /// machine trusts.
    public var authority: String?
    /// Our own name in the messages.
    public var hostName = "sealgate"

    /// Reads `udp://HOST:PORT`, `tcp://HOST:PORT` or `tls://HOST:PORT`; without a port 514, and
    /// 6514 for TLS. Nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let transport = Transport(rawValue: String(parts[0])) else {
            return nil
        }
        var (host, port) = (String(parts[1]), transport == .tls ? 6_514 : 514)
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number)
            else { return nil }
            port = number
            host = String(host[..<colon])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty, IPAddress(host) != nil || DomainName(host) != nil else { return nil }
        self.transport = transport
        self.host = host
        self.port = port
    }

    public var description: String {
        "\(transport.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// RFC 5424 §6: priority (user messages; alerts are warnings, the rest notices), time, names, no
    /// structured data but our number, and one line of UTF-8.
    public func message(_ notice: AlertNotice) -> [UInt8] {
        let severity = notice.content.kind == .alert ? 4 : 5
        let line = SafeText.line(
            notice.content.kind == .digest
                ? "\(notice.content.title). \(notice.content.text)" : notice.content.title,
            limit: Limits.syslogText)
        return Array(
            ("<\(8 + severity)>1 \(EvidenceText.machine(notice.madeAt)) \(hostName) sealgate - "
                + "\(notice.content.kind.rawValue) - \u{FEFF}\(line)").utf8)
    }

    func send(_ notice: AlertNotice) async throws {
        try await SyslogSending(destination: self, messages: [message(notice)]).send()
    }
}
