import Foundation

/// The folder of a real rsyslogd of one's own: its configuration, and a file with what it took,
/// a line each: facility, severity, program, kind, time and the message.
public struct RsyslogFolder: Sendable {
    public enum Transport: String, Sendable { case udp, tcp, tls }

    public let path: String
    public let port: Int
    private let transport: Transport

    /// Writes the configuration.
    ///
    /// - Parameters:
    ///   - path: a folder that is there.
    ///   - certificates: with one for `log`; wanted for TLS.
    public init(
        _ path: String, _ transport: Transport, port: Int, certificates: CertificateFolder? = nil
    ) throws {
        (self.path, self.port, self.transport) = (path, port, transport)
        var lines = ["global(workDirectory=\"\(path)\" net.enableDNS=\"off\")"]
        if let certificates {
            lines = [
                """
                global(workDirectory="\(path)" net.enableDNS="off" defaultNetstreamDriver="ossl"
                    defaultNetstreamDriverCAFile="\(certificates.authority)"
                    defaultNetstreamDriverCertFile="\(certificates.certificate("log"))"
                    defaultNetstreamDriverKeyFile="\(certificates.key("log"))")
                """
            ]
        }
        let module = transport == .udp ? "imudp" : "imtcp"
        let tls =
            transport == .tls
            ? " streamDriver.name=\"ossl\" streamDriver.mode=\"1\" streamDriver.authMode=\"anon\""
            : ""
        lines += [
            "module(load=\"\(module)\"\(tls))",
            "template(name=\"told\" type=\"string\" string=\"%syslogfacility-text% "
                + "%syslogseverity-text% %app-name% %msgid% %timereported:::date-rfc3339% %msg%\\n\")",
            "input(type=\"\(module)\" address=\"127.0.0.1\" port=\"\(port)\")",
            "*.* action(type=\"omfile\" file=\"\(path)/told\" template=\"told\")",
        ]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(
            to: URL(filePath: path + "/rsyslog.conf"))
    }

    /// Starts the server; whoever does ends it.
    public func start() throws -> Int32 {
        try? FileManager.default.removeItem(atPath: path + "/pid")
        return try Command.start(
            ["rsyslogd", "-n", "-f", path + "/rsyslog.conf", "-i", path + "/pid"],
            log: path + "/log")
    }

    /// What it took so far.
    public var told: [String] {
        let text = (try? String(contentsOfFile: path + "/told", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    public var address: String { "\(transport.rawValue)://127.0.0.1:\(port)" }
}
