import Identities
import MailReports
import NIOCore
import NIOPosix
public import Storage

/// A log server that is told of alerts (RFC 5424), by datagram or over a connection.
public struct SyslogDestination: Hashable, Sendable, CustomStringConvertible {
    public enum Transport: String, Sendable { case udp, tcp }

    public var transport: Transport
    public var host: String
    public var port: Int
    /// Our own name in the messages.
    public var hostName = "sealgate"

    /// Reads `udp://HOST:PORT` or `tcp://HOST:PORT`; port 514 without one. Nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let transport = Transport(rawValue: String(parts[0])) else {
            return nil
        }
        var (host, port) = (String(parts[1]), 514)
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
        let message = message(notice)
        let group = MultiThreadedEventLoopGroup.singleton
        switch transport {
        case .udp:
            let channel = try await DatagramBootstrap(group: group)
                .connect(host: host, port: port).get()
            try await Self.write(message, to: channel)
        case .tcp:
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(Limits.syslogSeconds)).connect(host: host, port: port)
                .get()
            // RFC 6587 §3.4.1: the length comes first, so that a message may hold anything.
            try await Self.write(Array("\(message.count) ".utf8) + message, to: channel)
        }
    }

    private static func write(_ bytes: [UInt8], to channel: any Channel) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
            try await channel.close().get()
        } catch {
            try? await channel.close().get()
            throw error
        }
    }
}
