/// A room's row in the import table: what it stands on.
struct Room {
    let name: String
    let floor: Int
    /// Rooms of ours that it may import.
    let ours: Set<String>
    /// Modules of others that it may import.
    let others: Set<String>

    init(_ name: String, floor: Int, ours: Set<String> = [], others: Set<String> = []) {
        self.name = name
        self.floor = floor
        self.ours = ours
        self.others = others
    }
}

/// The import table of docs/decisions/0001-the-house.md. The compiler does not refuse an import
/// that Package.swift does not declare; this table does.
enum ImportTable {
    /// The platform's C library under its names.
    private static let platform: Set<String> = ["Glibc", "Musl", "Darwin"]

    static let rooms: [Room] = [
        Room("Identities", floor: 1, others: ["CIDN2"]),
        Room(
            "SQLDatabase", floor: 1,
            others: platform.union([
                "GRDB", "GRDBSQLite", "CSQLite", "CLibpq", "FoundationEssentials", "Dispatch",
                "Synchronization",
            ])),

        Room("DNS", floor: 2, ours: ["Identities"], others: ["FoundationEssentials"]),
        Room("InternetMessage", floor: 2, ours: ["Identities"], others: ["FoundationEssentials"]),
        Room("SMTP", floor: 2, ours: ["Identities"]),

        Room(
            "MailAuthentication", floor: 3, ours: ["Identities", "DNS", "InternetMessage"],
            others: [
                "CPSL", "CLibXML2", "CZlib", "Crypto", "CryptoExtras", "X509", "SwiftASN1",
                "FoundationEssentials", "Synchronization",
            ]),
        Room(
            "DNSResolver", floor: 3, ours: ["Identities", "DNS"],
            others: platform.union(["NIOCore", "NIOPosix", "Logging", "Synchronization"])),

        Room(
            "SMTPServer", floor: 3, ours: ["Identities", "SMTP"],
            others: platform.union([
                "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Logging", "Synchronization",
            ])),
        Room(
            "SMTPClient", floor: 3, ours: ["Identities", "SMTP"],
            others: platform.union([
                "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Logging", "Synchronization", "Crypto",
                "X509", "SwiftASN1", "FoundationEssentials",
            ])),

        Room(
            "OpenIDConnect", floor: 3, ours: ["Identities"],
            others: [
                "Crypto", "CryptoExtras", "FoundationEssentials", "AsyncHTTPClient", "NIOCore",
                "NIOHTTP1",
            ]),

        Room(
            "MailReports", floor: 4, ours: ["Identities", "InternetMessage"],
            others: platform.union(["CZlib", "CArchive", "FoundationEssentials"])),
        Room(
            "DomainAnalysis", floor: 4,
            ours: ["Identities", "DNS", "MailAuthentication", "MailReports"],
            others: ["FoundationEssentials"]),

        Room(
            "Storage", floor: 5,
            ours: ["Identities", "SQLDatabase", "MailReports", "DomainAnalysis"],
            others: platform.union([
                "CZlib", "Crypto", "CryptoExtras", "Dispatch", "FoundationEssentials",
                "Synchronization",
            ])),

        Room(
            "Spool", floor: 5, ours: ["Identities", "SMTP"],
            others: platform.union(["Crypto", "Synchronization"])),

        Room(
            "Gateway", floor: 6,
            ours: [
                "Identities", "DNS", "InternetMessage", "MailAuthentication", "MailReports", "SMTP",
                "SMTPServer", "SMTPClient", "SQLDatabase", "Storage", "Spool",
            ],
            others: platform.union([
                "Crypto", "Logging", "Synchronization", "AsyncHTTPClient", "NIOCore", "NIOHTTP1",
                "NIOSSL",
            ])),
        Room(
            "ReportConsumer", floor: 6,
            ours: [
                "Identities", "DNS", "InternetMessage", "MailAuthentication", "MailReports",
                "DomainAnalysis", "Storage",
            ],
            others: platform.union([
                "CCurl", "CMaxMindDB", "Crypto", "Dispatch", "FoundationEssentials", "Logging",
                "Synchronization",
            ])),
        Room(
            "HostedDNS", floor: 6,
            ours: ["Identities", "DNS", "DNSResolver", "DomainAnalysis", "Storage"],
            others: ["Crypto", "FoundationEssentials"]),
        Room(
            "DomainWatch", floor: 6,
            ours: ["Identities", "MailReports", "DomainAnalysis", "SQLDatabase", "Storage"],
            others: [
                "CPango", "FoundationEssentials", "AsyncHTTPClient", "Crypto", "NIOCore",
                "NIOHTTP1", "NIOPosix", "NIOSSL",
            ]),
        Room(
            "Demonstration", floor: 6, ours: ["Identities", "MailReports"],
            others: ["CZlib", "FoundationEssentials"]),

        Room(
            "Console", floor: 7,
            ours: [
                "Identities", "MailAuthentication", "MailReports", "DomainAnalysis", "SQLDatabase",
                "Storage", "ReportConsumer", "SMTP", "Spool", "Gateway", "HostedDNS", "DomainWatch",
                "OpenIDConnect",
            ],
            others: [
                "Hummingbird", "HummingbirdCore", "Mustache", "HTTPTypes", "NIOCore", "Crypto",
                "CQREncode", "Logging",
                "FoundationEssentials", "Synchronization",
            ]),

        Room(
            "sealgate", floor: 8,
            ours: [
                "Identities", "DNS", "DNSResolver", "InternetMessage", "MailAuthentication",
                "MailReports", "DomainAnalysis", "SQLDatabase", "Storage", "ReportConsumer",
                "Demonstration",
                "Console", "SMTP", "SMTPServer", "SMTPClient", "Spool", "Gateway", "HostedDNS",
                "DomainWatch", "OpenIDConnect",
            ],
            others: platform.union([
                "ArgumentParser", "Configuration", "Yams", "ServiceLifecycle", "Logging",
                "NIOCore", "NIOPosix", "Foundation",
                "FoundationEssentials", "Synchronization", "UnixSignals",
            ])),
    ]

    /// The only arrows between rooms of one floor, each with its reason.
    static let sideways: [String: String] = [
        "DomainAnalysis → MailReports":
            "a day, a disposition and a policy are the report's own values; nothing leads back"
    ]

    static func room(_ name: String) -> Room? { rooms.first { $0.name == name } }
}
