import Foundation
import TestSupport

/// A small Internet for one test: a network, mounts and processes apart from this machine's (Linux
/// namespaces), in which every server has the address and the port that it would have outside, and
/// all of them end together.
///
/// The gateway is a machine of its own in it, with a cable to all the others, for mail that leads
/// to an address of its own machine would come back to it. The system's resolver and the
/// certificates that programs trust are the test's own.
final class SmallInternet {
    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// Where names are asked for, and where they come from.
    static let resolver = "11.0.0.53"
    private static let authority = "11.0.0.54"
    /// The gateway's machine.
    static let gateway = "11.0.0.25"

    let folder: String
    let certificates: CertificateFolder
    private var holder: Int32 = 0
    private var inside: Int32 = 0
    private var lifeline: Int32 = -1
    private var started: [Int32] = []
    private var postfixes: [PostfixFolder] = []

    /// Runs a test in an Internet of these addresses.
    static func run(
        _ addresses: [String], _ body: (SmallInternet) throws -> Void
    ) throws {
        let internet = try SmallInternet(addresses)
        defer { internet.stop() }
        try body(internet)
    }

    private init(_ addresses: [String]) throws {
        folder = "/tmp/sealgate-internet-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        certificates = try CertificateFolder(folder)
        try write("nameserver \(Self.resolver)\n", "resolv.conf")
        let all = [Self.resolver, Self.authority] + addresses
        try write(
            """
            set -e
            ip link set lo up
            for address in \(all.joined(separator: " ")); do
                ip address add "$address/32" dev lo
            done
            unshare --net sh -c ': > \(folder)/gateway.up; exec sleep infinity' &
            echo $! > \(folder)/gateway.machine
            while [ ! -e \(folder)/gateway.up ]; do sleep 0.01; done
            ip link add wire type veth peer name cable netns $!
            ip link set wire up
            ip route add \(Self.gateway)/32 dev wire
            in_gateway() { nsenter --target "$machine" --net -- "$@"; }
            machine=$!
            in_gateway ip link set lo up
            in_gateway ip address add \(Self.gateway)/32 dev cable
            in_gateway ip link set cable up
            in_gateway ip route add default dev cable
            mount --bind \(folder)/resolv.conf /etc/resolv.conf
            mount --bind \(certificates.authority) /etc/ssl/certs/ca-certificates.crt
            : > \(folder)/ready
            exec cat > /dev/null

            """, "begin")
        do {
            try begin()
        } catch {
            stop()
            throw error
        }
    }

    /// Its first process reads from us: when we are gone, however that happens, it ends, and with
    /// it everything in there.
    private func begin() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Unavailable(description: "no pipe") }
        // Only ours: a program that had it too would keep it all alive.
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        lifeline = ends[1]
        defer { close(ends[0]) }
        holder = try ChildProgram.start(
            [
                "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                "sh", folder + "/begin",
            ], streams: [.descriptor(ends[0]), .write(folder + "/begin.log"), .like(1)],
            leadsGroup: true)
        for _ in 0..<1_000 where !has("ready") && waitpid(holder, nil, WNOHANG) == 0 {
            usleep(10_000)
        }
        let children = read("/proc/\(holder)/task/\(holder)/children")
        guard has("ready"), let first = children.split(separator: " ").first.flatMap({ Int32($0) })
        else {
            throw Unavailable(
                description: "This test needs Linux namespaces (root, unshare and ip of iproute2): "
                    + read(folder + "/begin.log"))
        }
        inside = first
    }

    private func stop() {
        if lifeline >= 0 { close(lifeline) }
        if holder > 0 { ChildProgram.end(holder) }
        for process in started { _ = try? ChildProgram.wait(for: process) }
        for postfix in postfixes { postfix.remove() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Files

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + name)
    }

    func read(_ path: String) -> String {
        String(decoding: (try? SharedData.bytes(path)) ?? [], as: UTF8.self)
    }

    // MARK: Programs

    private func entering(_ words: [String]) -> [String] {
        ["nsenter", "--target", "\(inside)", "--net", "--mount", "--pid", "--"] + words
    }

    /// Runs a program in there to its end, and gives what it wrote.
    @discardableResult
    func run(_ words: [String], input: String? = nil) throws -> Program.Outcome {
        let scratch = folder + "/run-\(UUID().uuidString)"
        let process = try ChildProgram.start(
            entering(words),
            streams: [
                .read(input ?? "/dev/null"), .write(scratch + ".out"), .write(scratch + ".err"),
            ])
        let status = try ChildProgram.wait(for: process)
        return Program.Outcome(
            status: status, output: read(scratch + ".out"), errors: read(scratch + ".err"))
    }

    /// Runs a program that must end well.
    @discardableResult
    func must(_ words: [String]) throws -> String {
        let outcome = try run(words)
        guard outcome.status == 0 else {
            throw Unavailable(
                description: "\(words.joined(separator: " ")) ended with \(outcome.status): "
                    + "\(outcome.output.suffix(3_000)) \(outcome.errors.suffix(3_000))")
        }
        return outcome.output
    }

    /// What stands before a program that runs on the gateway's machine.
    var onGateway: [String] {
        let machine = read(folder + "/gateway.machine").filter(\.isNumber)
        return ["nsenter", "--target", machine, "--net", "--"]
    }

    /// Starts a program in there; its process id is good for waiting alone.
    @discardableResult
    func start(_ words: [String], log: String) throws -> Int32 {
        let process = try ChildProgram.start(
            entering(words),
            streams: [.read("/dev/null"), .write(folder + "/" + log), .like(1)])
        started.append(process)
        return process
    }

    /// Takes over the waiting for a program that was started.
    func wait(for process: Int32) throws -> Int32 {
        started.removeAll { $0 == process }
        return try ChildProgram.wait(for: process)
    }

    /// Waits until somebody listens.
    func wait(_ address: String, _ port: Int, log: String) throws {
        let line = """
            for i in $(seq 600); do
                (exec 3<>/dev/tcp/\(address)/\(port)) 2>/dev/null && exit 0
                sleep 0.05
            done
            exit 1
            """
        guard try run(["bash", "-c", line]).status == 0 else {
            throw Unavailable(
                description: "Nobody listens at \(address):\(port). "
                    + read(folder + "/" + log).suffix(3_000))
        }
    }

    // MARK: Servers

    /// Serves zones with NSD, and answers for all with a validating Unbound.
    func startDNS(_ zones: [NameServerFolder.Zone]) throws {
        let root = NameServerFolder.Zone(
            ".",
            "$ORIGIN .\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\n"
                + "ns A \(Self.authority)\n")
        let servers = try NameServerFolder(
            folder, zones: [root] + zones, authority: (Self.authority, 53),
            resolver: (Self.resolver, 53))
        try start(servers.authorityCommand, log: "nsd.log")
        try wait(Self.authority, 53, log: "nsd.log")
        try start(servers.resolverCommand, log: "unbound.log")
        try wait(Self.resolver, 53, log: "unbound.log")
    }

    /// A Postfix at an address's port 25, with a certificate of that name.
    func startPostfix(
        _ address: String, certificate: String, domains: [String] = [], _ settings: [String]
    ) throws -> PostfixFolder {
        let postfix = try PostfixFolder(
            doors: ["\(address):25"], domains: domains,
            settings: [
                "inet_interfaces = \(address)", "mynetworks = \(address)/32",
                "smtpd_tls_chain_files = \(certificates.key(certificate)), "
                    + certificates.certificate(certificate),
            ] + settings)
        postfixes.append(postfix)
        try must(postfix.command())
        try wait(address, 25, log: "begin.log")
        return postfix
    }

    /// A web server of MTA-STS policies, for all hosts whose names the certificate has.
    func startPolicyHost(_ address: String, certificate: String, policies: [String: String]) throws
    {
        for (host, policy) in policies { try write(policy, "policy.mta-sts.\(host)") }
        try start(
            [
                "python3", SharedData.packageRoot + "/Tests/TestSupport/Peers/policy_host.py",
                address, "443", certificates.certificate(certificate),
                certificates.key(certificate), folder + "/policy",
            ], log: "web.log")
        try wait(address, 443, log: "web.log")
    }

    /// Waits until something is so; how long it takes says nothing.
    func eventually<Value>(_ what: String, _ look: () throws -> Value?) throws -> Value {
        for _ in 0..<1_200 {
            if let found = try look() { return found }
            usleep(50_000)
        }
        throw Unavailable(description: "It never came to be that \(what).")
    }
}
