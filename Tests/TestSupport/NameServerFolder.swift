import Foundation

/// What NSD and Unbound need to serve zones of a test's own: the zones, signed where that is
/// wished, and the two configurations.
public struct NameServerFolder: Sendable {
    /// A zone as a file has it, from `$ORIGIN` on.
    public struct Zone: Sendable {
        public var name: String
        public var text: String
        /// Signed with a key of its own, and from that key on Unbound trusts it.
        public var isSigned: Bool
        /// A text that becomes another after the zone was signed, so that it is not genuine.
        public var tampering: (String, String)?

        public init(
            _ name: String, _ text: String, isSigned: Bool = false,
            tampering: (String, String)? = nil
        ) {
            self.name = name
            self.text = text
            self.isSigned = isSigned
            self.tampering = tampering
        }
    }

    /// A tool is missing or fails; the sentence says what to do.
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    public let path: String

    /// Writes zones and configurations into a folder that is there.
    ///
    /// - Parameters:
    ///   - authority: Where NSD listens: its address and port.
    ///   - resolver: Where Unbound does.
    public init(
        _ path: String, zones: [Zone], authority: (address: String, port: Int),
        resolver: (address: String, port: Int)
    ) throws {
        self.path = path
        var anchors: [String] = []
        for zone in zones {
            try Self.write(zone.text, path + "/\(zone.name).zone")
            if zone.isSigned { anchors.append(try Self.sign(zone.name, in: path)) }
            guard let (old, new) = zone.tampering else { continue }
            let file = path + "/\(zone.name).zone"
            let text = String(decoding: try SharedData.bytes(file), as: UTF8.self)
            guard text.contains(old) else {
                throw Unavailable(description: "The zone \(zone.name) has no \(old) to change.")
            }
            try Self.write(text.replacing(old, with: new), file)
        }
        try Self.write(Self.nsd(path, zones, authority), path + "/nsd.conf")
        try Self.write(
            Self.unbound(path, zones, anchors, authority, resolver), path + "/unbound.conf")
    }

    public var authorityCommand: [String] { ["/usr/sbin/nsd", "-d", "-c", path + "/nsd.conf"] }
    public var resolverCommand: [String] {
        ["/usr/sbin/unbound", "-d", "-c", path + "/unbound.conf"]
    }

    /// Signs a zone in its place; the key from which the chain of trust begins.
    private static func sign(_ name: String, in path: String) throws -> String {
        do {
            try Command.run([
                "sh", "-c",
                "cd '\(path)' && key=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k \(name))"
                    + " && ldns-signzone -i 20200101000000 -e 20600101000000 -f signed"
                    + " \(name).zone $key && mv signed \(name).zone && mv $key.key \(name).anchor",
            ])
        } catch {
            throw Unavailable(
                description: "This test needs ldns-signzone: apt-get install ldnsutils. \(error)")
        }
        let text = String(decoding: try SharedData.bytes(path + "/\(name).anchor"), as: UTF8.self)
        let record = text.split(separator: "\n").first { !$0.hasPrefix(";") } ?? ""
        return String(record.split(separator: ";").first ?? "")
    }

    private static func write(_ text: String, _ file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file))
    }

    private static func nsd(
        _ path: String, _ zones: [Zone], _ place: (address: String, port: Int)
    ) -> String {
        """
        server:
          ip-address: \(place.address)@\(place.port)
          username: ""
          chroot: ""
          zonesdir: "\(path)"
          pidfile: "\(path)/nsd.pid"
          database: ""
          xfrdfile: "\(path)/xfrd.state"
          zonelistfile: "\(path)/zone.list"
          xfrdir: "\(path)"
          server-count: 1
        remote-control:
          control-enable: no

        """
            + zones.map { "zone:\n  name: \($0.name)\n  zonefile: \($0.name).zone\n" }.joined()
    }

    private static func unbound(
        _ path: String, _ zones: [Zone], _ anchors: [String],
        _ authority: (address: String, port: Int), _ place: (address: String, port: Int)
    ) -> String {
        let modules = anchors.isEmpty ? "iterator" : "validator iterator"
        return """
            server:
              interface: \(place.address)
              port: \(place.port)
              access-control: 0.0.0.0/0 allow
              username: ""
              chroot: ""
              directory: "\(path)"
              pidfile: "\(path)/unbound.pid"
              do-not-query-localhost: no
              use-syslog: no
              num-threads: 1
              so-rcvbuf: 0
              local-zone: "test." nodefault
              root-hints: ""
              module-config: "\(modules)"

            """
                + anchors.map { "  trust-anchor: '\($0)'\n" }.joined()
                + zones.map {
                    "stub-zone:\n  name: \($0.name)\n"
                        + "  stub-addr: \(authority.address)@\(authority.port)\n"
                }.joined()
    }
}
