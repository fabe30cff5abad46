import Foundation
import TestSupport
import Testing

/// Servers from Debian's packages, started on loopback for one test and ended with it: nsd,
/// unbound, postfix, smtp-sink, and a small web server in Python.
final class RealServers {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String
    private var processes: [Int32] = []
    private var postfix: [String] = []

    init() throws {
        folder = FileManager.default.temporaryDirectory.path() + "/deliver-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    deinit {
        for folder in postfix { try? Command.run(["postfix", "-c", folder, "stop"]) }
        for process in processes {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    func read(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
    }

    /// A shell's output; the folder is where it runs.
    @discardableResult
    func shell(_ line: String) throws -> String {
        try Command.run(["sh", "-c", "cd '\(folder)' && \(line)"], log: folder + "/shell.log")
        return read("shell.log")
    }

    private func start(_ words: [String], port: Int, needs package: String) throws {
        let log = folder + "/server-\(processes.count).log"
        processes.append(try Command.start(words, isDetached: false, log: log))
        try waitFor(port, words[0], package, log)
    }

    private func waitFor(
        _ port: Int, _ name: String, _ package: String, _ log: String
    ) throws {
        for _ in 0..<200 {
            if Self.connects(port) { return }
            usleep(50_000)
        }
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Missing(
            description: "\(name) does not start; this test needs Debian's package \(package). "
                + said.suffix(2_000))
    }

    // MARK: DNS

    /// Serves zones: the first is signed, and Unbound trusts it. The port of Unbound.
    func startDNS(
        signed: (name: String, text: String), plain: [(name: String, text: String)],
        tamper: (String, String)? = nil
    ) throws -> Int {
        try write(signed.text, "zone")
        try shell(
            "key=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k \(signed.name))"
                + " && ldns-signzone -i 20200101000000 -e 20600101000000 -f \(signed.name).zone"
                + " zone $key && mv $key.key anchor")
        if let (old, new) = tamper {
            let text = read("\(signed.name).zone")
            try #require(text.contains(old))
            try write(text.replacing(old, with: new), "\(signed.name).zone")
        }
        for zone in plain { try write(zone.text, "\(zone.name).zone") }
        let names = [signed.name] + plain.map(\.name)
        let (nsd, unbound) = (try Self.freePort(), try Self.freePort())
        try write(
            """
            server:
              ip-address: 127.0.0.1@\(nsd)
              username: ""
              chroot: ""
              zonesdir: "\(folder)"
              pidfile: "\(folder)/nsd.pid"
              database: ""
              xfrdfile: "\(folder)/xfrd.state"
              zonelistfile: "\(folder)/zone.list"
              xfrdir: "\(folder)"
              server-count: 1
            remote-control:
              control-enable: no

            """
                + names.map { "zone:\n  name: \($0)\n  zonefile: \($0).zone\n" }.joined(),
            "nsd.conf")
        try start(
            ["/usr/sbin/nsd", "-d", "-c", folder + "/nsd.conf"], port: nsd, needs: "nsd")
        let anchor = read("anchor").split(separator: "\n").first { !$0.hasPrefix(";") } ?? ""
        let key = anchor.split(separator: ";").first ?? ""
        try write(
            """
            server:
              interface: 127.0.0.1
              port: \(unbound)
              username: ""
              chroot: ""
              directory: "\(folder)"
              pidfile: "\(folder)/unbound.pid"
              do-not-query-localhost: no
              use-syslog: no
              num-threads: 1
              so-rcvbuf: 0
              local-zone: "test." nodefault
              root-hints: ""
              module-config: "validator iterator"
              trust-anchor: '\(key)'

            """
                + names.map {
                    "stub-zone:\n  name: \($0)\n  stub-addr: 127.0.0.1@\(nsd)\n"
                }.joined(), "unbound.conf")
        try start(
            ["/usr/sbin/unbound", "-d", "-c", folder + "/unbound.conf"], port: unbound,
            needs: "unbound")
        return unbound
    }

    // MARK: Certificates

    /// A certificate of the test's authority for these names, `NAME.pem` and `NAME.key`; the
    /// authority is `ca.pem`.
    func makeCertificate(_ name: String, for hosts: [String]) throws {
        if read("ca.pem").isEmpty {
            try shell(
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30"
                    + " -subj /CN=test-authority")
        }
        let names = hosts.map { "DNS:\($0)" }.joined(separator: ",")
        try write("subjectAltName=\(names)\n", "\(name).ext")
        try shell(
            "openssl req -newkey rsa:2048 -nodes -keyout \(name).key -out \(name).csr"
                + " -subj /CN=\(hosts[0]) && openssl x509 -req -in \(name).csr -CA ca.pem"
                + " -CAkey ca.key -CAcreateserial -days 30 -extfile \(name).ext -out \(name).pem")
    }

    /// The SHA-256 of a certificate's key, as TLSA `3 1 1` has it.
    func keyDigest(_ name: String) throws -> String {
        let line = try shell(
            "openssl x509 -in \(name).pem -noout -pubkey | openssl pkey -pubin -outform DER"
                + " | sha256sum")
        return String(line.prefix(64))
    }

    // MARK: Mail and web

    /// Postfix that takes all mail under TLS and throws it away; its log is `postfix.log`.
    func startPostfix(certificate: String, port: Int) throws {
        let etc = folder + "/postfix"
        for name in ["postfix", "postfix/queue", "postfix/data"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        try Command.run(["chown", "postfix", etc + "/data"])
        try write(
            """
            compatibility_level = 3.6
            queue_directory = \(etc)/queue
            data_directory = \(etc)/data
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            myhostname = mx.dane.test
            mydestination =
            relay_domains = static:all
            alias_maps =
            alias_database =
            default_transport = discard:
            relay_transport = discard:
            mynetworks = 127.0.0.0/8
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            maillog_file = \(folder)/postfix.log
            maillog_file_prefixes = \(folder)
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtpd_tls_security_level = may
            smtpd_tls_loglevel = 1
            smtpd_tls_chain_files = \(folder)/\(certificate).key, \(folder)/\(certificate).pem

            """, "postfix/main.cf")
        try write(
            """
            127.0.0.1:\(port) inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            tlsmgr unix - - n 1000? 1 tlsmgr
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            discard unix - - n - - discard
            error unix - - n - - error
            retry unix - - n - - error
            postlog unix-dgram n - n - 1 postlogd

            """, "postfix/master.cf")
        postfix.append(etc)
        try Command.run(["postfix", "-c", etc, "start"], log: folder + "/postfix-start.log")
        try waitFor(port, "postfix", "postfix", folder + "/postfix.log")
    }

    /// Postfix's smtp-sink with its options.
    func startSink(_ options: [String], port: Int) throws {
        try start(
            ["smtp-sink", "-u", "nobody"] + options + ["127.0.0.1:\(port)", "200"], port: port,
            needs: "postfix")
    }

    /// A web server that answers `/.well-known/mta-sts.txt` with the file `policy`.
    func startPolicyHost(certificate: String, port: Int) throws {
        let program = """
            import http.server, ssl
            class Host(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    good = self.path == '/.well-known/mta-sts.txt'
                    body = open('\(folder)/policy', 'rb').read()
                    self.send_response(200 if good else 404)
                    self.send_header('Content-Type', 'text/plain; charset=utf-8')
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *words): pass
            server = http.server.ThreadingHTTPServer(('127.0.0.1', \(port)), Host)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain('\(folder)/\(certificate).pem', '\(folder)/\(certificate).key')
            server.socket = tls.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
            """
        try start(["python3", "-c", program], port: port, needs: "python3")
    }

    // MARK: Ports

    static func freePort() throws -> Int {
        try withSocket { handle in
            var address = loopback(0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(handle, $0, length) == 0 && getsockname(handle, $0, &length) == 0
                }
            }
            guard isBound else { throw Missing(description: "No free port on loopback.") }
            return Int(address.sin_port.bigEndian)
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func withSocket<Result>(_ body: (Int32) throws -> Result) rethrows -> Result {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        return try body(handle)
    }

    private static func connects(_ port: Int) -> Bool {
        withSocket { handle in
            var address = loopback(port)
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
    }
}
