import DNSResolver
import FoundationEssentials
import Identities

/// The options themselves.
extension SettingsOption {
    static let store: [SettingsOption] = [
        SettingsOption(
            key: "data-folder", shape: .text, flag: "--data",
            meaning:
                "Folder of the embedded store (SQLite), and of secrets.key, which opens the secrets "
                + "of second steps. Back both up, the key apart from the store; nodes that share a "
                + "database share the key.",
            reason: "Beside where you start it, so that a first try leaves nothing elsewhere.",
            wants: "the path of a folder", example: .text("/var/lib/sealgate"),
            read: { .text($0.dataFolder) }, write: { set($0, \.dataFolder, &$1) }),
        SettingsOption(
            key: "database", shape: .text, flag: "--database",
            meaning: "Address of a PostgreSQL instead of the embedded store.",
            reason:
                "One file needs no server. A password is safer in the variable than in a "
                + "file or on the command line.",
            wants: "an address that begins with postgres://",
            example: .text("postgres://sealgate@localhost/sealgate"),
            read: { $0.database.map { .text($0) } },
            write: {
                guard case .text(let address) = $0, isDatabase(address) else { return false }
                $1.database = address
                return true
            }),
    ]

    static let naming: [SettingsOption] = [
        SettingsOption(
            key: "resolver", shape: .text, flag: "--resolver",
            meaning:
                "Where DNS answers come from: system (/etc/resolv.conf), HOST:PORT, the path of a "
                + "zone file (nothing leaves this machine), or none.",
            reason: "The system's resolver knows what your machine may ask.",
            wants: "system, none, an address as 192.0.2.53:53, or the path of a zone file",
            example: .text("127.0.0.1:53"), read: { .text($0.resolver) },
            write: {
                guard case .text(let resolver) = $0, isResolver(resolver) else { return false }
                $1.resolver = resolver
                return true
            }),
        SettingsOption(
            key: "networks", shape: .list, flag: "--networks",
            meaning:
                "Files in the MMDB format that tell an address's network (ASN) and country. They "
                + "are kept with the evidence for a sender; the first file that knows counts.",
            reason: "Such files have licences of their own, so Sealgate brings none along.",
            wants: "a list of files", example: .list(["/usr/share/GeoIP/GeoLite2-ASN.mmdb"]),
            read: { $0.networks.isEmpty ? nil : .list($0.networks) },
            write: {
                guard case .list(let paths) = $0, !paths.contains("") else { return false }
                $1.networks = paths
                return true
            }),
        SettingsOption(
            key: "suffixes", shape: .text, flag: "--suffixes",
            meaning: "A Public Suffix List to use instead of the system's.",
            reason: "The system's list is kept fresh with the system.",
            wants: "the path of a file as publicsuffix.org publishes it",
            example: .text("/etc/sealgate/public_suffix_list.dat"),
            read: { $0.suffixes.map { .text($0) } }, write: { set($0, \.suffixes, &$1) }),
        SettingsOption(
            key: "blocklists", shape: .list, flag: "--blocklist",
            meaning: "DNS blocklists that are asked about the sources of reports taken in.",
            reason: "A blocklist's keeper learns the addresses, and may want an agreement.",
            wants: "a list of domain names", example: .list(["bl.example.org"]),
            read: { domains($0.blocklists) },
            write: {
                guard let names = domains($0) else { return false }
                $1.blocklists = names
                return true
            }),
    ]

    static let intake: [SettingsOption] = [
        SettingsOption(
            key: "own-domains", shape: .list, flag: "--only",
            meaning:
                "Take in reports about these domains and their subdomains only; others are set "
                + "aside.",
            reason: "All are taken in: nobody knows all their domains on the first day.",
            wants: "a list of domain names", example: .list(["example.com", "example.org"]),
            read: { $0.ownDomains.flatMap(domains) },
            write: {
                guard let names = domains($0) else { return false }
                $1.ownDomains = names.isEmpty ? nil : names
                return true
            }),
        SettingsOption(
            key: "files-at-once", shape: .number, flag: "--width",
            meaning: "Files that an import reads at once.",
            reason: "Two keep a small machine busy; storing is one file after the other.",
            wants: "a whole number from 1 to 64", example: .number(4),
            read: { .number($0.filesAtOnce) },
            write: {
                guard case .number(let count) = $0, (1...64).contains(count) else { return false }
                $1.filesAtOnce = count
                return true
            }),
        SettingsOption(
            key: "demo-folder", shape: .text, flag: "demo --data",
            meaning: "Folder of the demonstration's store; made anew at each start.",
            reason: "Apart from the real store, which no demonstration may touch.",
            wants: "the path of a folder", example: .text("/tmp/sealgate-demo"),
            read: { .text($0.demoFolder) }, write: { set($0, \.demoFolder, &$1) }),
    ]

    static let console: [SettingsOption] = [
        SettingsOption(
            key: "console.host", shape: .text, flag: "--host",
            meaning: "Address that the console listens on.",
            reason: "This machine only, until a server that speaks TLS stands in front of it.",
            wants: "an address or a host name", example: .text("::1"),
            read: { .text($0.console.host) },
            write: {
                guard case .text(let host) = $0, !host.isEmpty, !host.contains("/"),
                    !host.contains(" ")
                else { return false }
                $1.console.host = host
                return true
            }),
        SettingsOption(
            key: "console.port", shape: .number, flag: "--port",
            meaning: "Port that the console listens on; 0 takes a free one.",
            reason: "25 is mail's port; 8025 needs no special rights and is seldom taken.",
            wants: "a whole number from 0 to 65535", example: .number(8080),
            read: { .number($0.console.port) },
            write: {
                guard case .number(let port) = $0, (0...65_535).contains(port) else {
                    return false
                }
                $1.console.port = port
                return true
            }),
        SettingsOption(
            key: "console.public-url", shape: .text, flag: "--public-url",
            meaning: "The address people use, if it differs: behind a server that speaks TLS.",
            reason: "Links then name host and port.",
            wants: "an address that begins with https:// or http://",
            example: .text("https://sealgate.example.com"),
            read: { $0.console.publicURL.map { .text($0) } },
            write: {
                guard case .text(let url) = $0, isWebAddress(url) else { return false }
                $1.console.publicURL = url.hasSuffix("/") ? String(url.dropLast()) : url
                return true
            }),
    ]

    /// Sets a text that must not be empty.
    private static func set(
        _ value: SettingsValue, _ place: WritableKeyPath<Settings, String>,
        _ settings: inout Settings
    ) -> Bool {
        guard case .text(let text) = value, !text.isEmpty else { return false }
        settings[keyPath: place] = text
        return true
    }

    private static func set(
        _ value: SettingsValue, _ place: WritableKeyPath<Settings, String?>,
        _ settings: inout Settings
    ) -> Bool {
        guard case .text(let text) = value, !text.isEmpty else { return false }
        settings[keyPath: place] = text
        return true
    }

    private static func domains(_ value: SettingsValue) -> [DomainName]? {
        guard case .list(let texts) = value else { return nil }
        let names = texts.compactMap { DomainName($0) }
        return names.count == texts.count ? names : nil
    }

    private static func domains(_ names: [DomainName]) -> SettingsValue? {
        names.isEmpty ? nil : .list(names.map(\.text))
    }

    /// An address of a PostgreSQL; a path of a file is understood too.
    private static func isDatabase(_ text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://") else { return !text.isEmpty }
        return ["postgres", "postgresql"].contains(text[..<scheme.lowerBound])
    }

    private static func isResolver(_ text: String) -> Bool {
        text == "system" || text == "none" || text.contains("/") || ResolverAddress(text) != nil
            || FileManager.default.fileExists(atPath: text)
    }

    private static func isWebAddress(_ text: String) -> Bool {
        ["https://", "http://"].contains { text.hasPrefix($0) && text.count > $0.count }
            && !text.contains(" ")
    }
}
