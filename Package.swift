// swift-tools-version: 6.2
import PackageDescription

/// Every target is built alike: Swift 6 mode, the upcoming features of docs/decisions/0001, and no
/// warning survives.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A library of the house. `dependencies` is the room's row in the import table (HouseTests reads
/// the same table from the imports themselves).
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let web: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "sealgate",
    products: [.executable(name: "sealgate", targets: ["sealgate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.34.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // Of its traits YAML alone; JSON is its default.
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML"]),
        // swift-configuration's reader of YAML: its marks say on which line a fault is.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries from the system: module maps only.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CPSL", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(
            name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CPango", pkgConfig: "pangocairo",
            providers: [.apt(["libcairo2-dev", "libpango1.0-dev"])]),
        .systemLibrary(
            name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

        // Floor 1: values every room speaks of, and the one door to SQL.
        room("Identities", ["CIDN2"]),
        room("SQLDatabase", ["CLibpq", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
        // Floor 2: formats.
        room("DNS", ["Identities"]),
        room("InternetMessage", ["Identities"]),
        room("SMTP", ["Identities"]),
        // Floor 3: authentication and the edges.
        room(
            "MailAuthentication",
            [
                "Identities", "DNS", "InternetMessage", "CPSL", "CLibXML2", "CZlib", crypto,
                cryptoExtras, x509, asn1,
            ]),
        room("DNSResolver", ["Identities", "DNS", logging] + nio),
        room("SMTPServer", ["Identities", "SMTP", logging, nioSSL, nioTLS] + nio),
        room(
            "SMTPClient",
            ["Identities", "SMTP", logging, nioSSL, nioTLS, crypto, x509, asn1] + nio),
        room(
            "OpenIDConnect",
            [
                "Identities", crypto, cryptoExtras, web,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        // Floor 4: judgements.
        room("MailReports", ["Identities", "InternetMessage", "CZlib", "CArchive"]),
        room(
            "DomainAnalysis", ["Identities", "DNS", "MailAuthentication", "MailReports"],
            resources: [.embedInCode("Sources/Catalogue/senders.tsv")]),
        // Floor 5: memory.
        room(
            "Storage",
            [
                "Identities", "SQLDatabase", "MailReports", "DomainAnalysis", "CZlib", crypto,
                cryptoExtras,
            ]),
        room("Spool", ["Identities", "SMTP", crypto]),
        // Floor 6: rooms.
        room(
            "Gateway",
            [
                "Identities", "DNS", "InternetMessage", "MailAuthentication", "MailReports", "SMTP",
                "SMTPServer", "SMTPClient", "SQLDatabase", "Storage", "Spool", crypto, logging,
                nioSSL, web, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        room(
            "ReportConsumer",
            [
                "Identities", "DNS", "InternetMessage", "MailAuthentication", "MailReports",
                "DomainAnalysis", "Storage", "CCurl", "CMaxMindDB", crypto,
            ]),
        room(
            "HostedDNS",
            ["Identities", "DNS", "DNSResolver", "DomainAnalysis", "Storage", crypto]),
        room(
            "DomainWatch",
            [
                "Identities", "MailReports", "DomainAnalysis", "SQLDatabase", "Storage", "CPango",
                crypto, web, nioSSL, .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + nio),
        room("Demonstration", ["Identities", "MailReports", "CZlib"]),
        // Floor 7: face.
        room(
            "Console",
            [
                "Identities", "MailReports", "MailAuthentication", "DomainAnalysis", "Storage",
                "SQLDatabase", "SMTP", "Spool", "Gateway",
                "ReportConsumer", "HostedDNS", "DomainWatch", "OpenIDConnect", "CQREncode", crypto,
                logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], resources: [.embedInCode("Templates")]),
        // Floor 8: the door.
        .executableTarget(
            name: "sealgate",
            dependencies: [
                "Identities", "DNS", "DNSResolver", "InternetMessage", "MailAuthentication",
                "MailReports", "DomainAnalysis", "SQLDatabase", "Storage", "ReportConsumer",
                "Demonstration", "HostedDNS", "DomainWatch", "Console", "SMTP", "SMTPServer",
                "SMTPClient", "Spool", "Gateway", "OpenIDConnect",
                logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                yams,
            ],
            swiftSettings: house,
            // In place of the C library's malloc (docs/decisions/0018-allocator.md).
            linkerSettings: [.linkedLibrary("jemalloc")]),

        // Tests: others' data and real servers are found through TestSupport.
        .target(
            name: "TestSupport", dependencies: ["SQLDatabase"], path: "Tests/TestSupport",
            exclude: ["Peers"],
            swiftSettings: house),
        tests("IdentitiesTests", ["Identities", "TestSupport"]),
        tests("SQLDatabaseTests", ["SQLDatabase", "TestSupport"]),
        tests("DNSTests", ["DNS", "Identities", "TestSupport"], exclude: ["Fixtures"]),
        tests("InternetMessageTests", ["InternetMessage", "Identities", "TestSupport"]),
        tests(
            "MailAuthenticationTests",
            [
                "MailAuthentication", "InternetMessage", "DNS", "Identities", "TestSupport", crypto,
                x509, asn1,
            ], exclude: ["Fixtures"]),
        tests("SMTPTests", ["SMTP", "Identities", "TestSupport"], exclude: ["Fixtures"]),
        tests(
            "SMTPServerTests",
            ["SMTPServer", "SMTP", "Identities", "TestSupport", logging, nioSSL] + nio),
        tests(
            "SMTPClientTests",
            [
                "SMTPClient", "SMTP", "Identities", "TestSupport", logging, nioSSL, crypto, x509,
                asn1,
            ]
                + nio),
        tests(
            "SpoolTests", ["Spool", "SMTP", "Identities", "TestSupport", crypto],
            exclude: ["Fixtures"]),
        tests(
            "GatewayTests",
            [
                "Gateway", "SMTP", "SMTPServer", "SMTPClient", "Spool", "Storage", "SQLDatabase",
                "MailAuthentication", "MailReports", "InternetMessage", "DNS", "DNSResolver",
                "Identities", "TestSupport", logging, crypto,
            ] + nio, exclude: ["Report/Peers", "Seal/Peers"]),
        tests("DNSResolverTests", ["DNSResolver", "DNS", "Identities", "TestSupport"] + nio),
        tests(
            "MailReportsTests",
            ["MailReports", "InternetMessage", "Identities", "CZlib", "CArchive", "TestSupport"]),
        tests(
            "DomainAnalysisTests",
            [
                "DomainAnalysis", "MailReports", "MailAuthentication", "DNS", "Identities",
                "TestSupport",
            ], exclude: ["Fixtures", "Plan/Fixtures"]),
        tests(
            "StorageTests",
            [
                "Storage", "SQLDatabase", "DomainAnalysis", "MailReports", "Identities",
                "DNS", "TestSupport", crypto,
            ], exclude: ["Fixtures"]),
        tests(
            "ReportConsumerTests",
            [
                "ReportConsumer", "Storage", "SQLDatabase", "DomainAnalysis", "MailReports", "DNS",
                "MailAuthentication", "Identities", "TestSupport",
            ], exclude: ["Fixtures"]),
        tests(
            "HostedDNSTests",
            [
                "HostedDNS", "Storage", "SQLDatabase", "DomainAnalysis", "MailReports",
                "DNSResolver", "DNS", "Identities", "TestSupport",
            ], exclude: ["Peers"]),
        tests(
            "DomainWatchTests",
            [
                "DomainWatch", "Storage", "SQLDatabase", "DomainAnalysis", "MailReports",
                "Identities", "TestSupport",
            ]),
        tests(
            "ConsoleTests",
            [
                "Console", "DomainWatch", "Storage", "SQLDatabase", "DNS", "DomainAnalysis",
                "Identities",
                "MailReports", "ReportConsumer", "HostedDNS", "DNSResolver", "Gateway", "SMTP",
                "Spool", "OpenIDConnect", logging, crypto,
                .product(name: "Hummingbird", package: "hummingbird"), "TestSupport",
            ]),
        tests("DemonstrationTests", ["Demonstration", "MailReports"]),
        tests(
            "OpenIDConnectTests", ["OpenIDConnect", "TestSupport", crypto, cryptoExtras],
            exclude: ["Fixtures", "Peers"]),
        tests("WalkTests", ["sealgate", "TestSupport"], exclude: ["Gateway/Peers"]),
        tests("HouseTests", ["TestSupport"]),
        tests(
            "ConformanceTests",
            [
                "InternetMessage", "MailAuthentication", "MailReports", "DNS", "Identities",
                "SMTP", "SMTPServer", "TestSupport", yams, logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], exclude: ["Peers"]),
    ]
)
