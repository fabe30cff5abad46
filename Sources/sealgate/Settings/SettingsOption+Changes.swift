import HostedDNS

/// The options of changes of the DNS.
extension SettingsOption {
    static let changes: [SettingsOption] = [
        SettingsOption(
            key: "changes.tsig-keys", shape: .text, flag: "--tsig-keys",
            meaning:
                "A file of keys (TSIG) with which changes of your DNS are sent to its primary server, "
                + "in BIND's form: key \"name\" { algorithm hmac-sha256; secret \"…\"; };",
            reason: "Without a key nothing is sent; changes can be exported all the same. The file "
                + "should be readable by Sealgate alone.",
            wants: "the path of a file", example: .text("/etc/sealgate/tsig.conf"),
            read: { $0.changes.keys.map { .text($0) } },
            write: {
                guard case .text(let path) = $0, !path.isEmpty else { return false }
                $1.changes.keys = path
                return true
            }),
        SettingsOption(
            key: "changes.primary", shape: .list, flag: "--primary",
            meaning:
                "Primary servers that take changes of a zone, each ZONE=HOST:PORT, with #KEY behind "
                + "it where several keys are known.",
            reason: "The zone itself names its primary server (SOA), and it listens on port 53.",
            wants: "a list of ZONE=HOST:PORT or ZONE=HOST:PORT#KEY",
            example: .list(["example.com=192.0.2.53:53#sealgate"]),
            read: {
                $0.changes.primaries.isEmpty
                    ? nil : .list($0.changes.primaries.map(\.description))
            },
            write: {
                guard case .list(let texts) = $0 else { return false }
                let primaries = texts.compactMap(KeyRing.Primary.init)
                guard primaries.count == texts.count else { return false }
                $1.changes.primaries = primaries
                return true
            }),
    ]
}
