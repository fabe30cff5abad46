// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets are a package of their own: only the rooms that read foreign bytes are built,
// all of them for libFuzzer and AddressSanitizer. `Product` is a link to ../Sources, because a
// target's folder must lie in its package. scripts/fuzz builds and runs them.

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    // Of several --sanitize options the build passes on the last one only: without this nothing
    // would be instrumented for coverage, and the fuzzer would be blind.
    .unsafeFlags(["-sanitize=fuzzer,address"]),
]

func product(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Product/\(name)", swiftSettings: house)
}

func library(_ name: String, _ pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Product/\(name)", pkgConfig: pkgConfig)
}

func fuzz(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies,
        // libFuzzer brings `main`.
        swiftSettings: house + [.unsafeFlags(["-parse-as-library"])])
}

let authentication: [Target.Dependency] = ["MailAuthentication", "DNS", "Identities"]

let package = Package(
    name: "sealgate-fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    ],
    targets: [
        library("CZlib", "zlib"),
        library("CArchive", "libarchive"),
        library("CIDN2", "libidn2"),
        library("CPSL", "libpsl"),
        library("CLibXML2", "libxml-2.0"),
        product("Identities", ["CIDN2"]),
        product("DNS", ["Identities"]),
        product("InternetMessage", ["Identities"]),
        product(
            "MailAuthentication",
            [
                "Identities", "DNS", "InternetMessage", "CPSL", "CZlib", "CLibXML2",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ]),
        product("SMTP", ["Identities"]),
        product(
            "Spool",
            ["Identities", "SMTP", .product(name: "Crypto", package: "swift-crypto")]),
        product("MailReports", ["Identities", "InternetMessage", "CZlib", "CArchive"]),

        // Without what asks a provider over the web: it needs half of SwiftNIO and reads nothing.
        .target(
            name: "OpenIDConnect",
            dependencies: [
                "Identities", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            path: "Product/OpenIDConnect", exclude: ["Web"], swiftSettings: house),

        fuzz("DNSMessageFuzz", ["DNS", "Identities"]),
        fuzz("ZoneFileFuzz", ["DNS", "Identities"]),
        fuzz("MessageParserFuzz", ["InternetMessage", "Identities"]),
        fuzz("DMARCRecordFuzz", ["MailAuthentication"]),
        fuzz("SPFRecordFuzz", authentication),
        fuzz("SPFMacroFuzz", authentication),
        fuzz("DKIMSignatureFuzz", authentication),
        fuzz("DKIMKeyFuzz", authentication),
        fuzz("DKIM2Fuzz", authentication),
        fuzz("ARCSetFuzz", authentication),
        fuzz("AuthenticationResultsFuzz", authentication),
        fuzz("MTASTSPolicyFuzz", authentication),
        fuzz("BIMIRecordFuzz", authentication),
        fuzz("SVGTinyPSFuzz", authentication),
        fuzz("MarkCertificateFuzz", authentication),
        fuzz("DMARCEvaluationFuzz", authentication),
        fuzz("SMTPCommandStreamFuzz", ["SMTP", "Identities"]),
        fuzz("ProxyHeaderFuzz", ["SMTP", "Identities"]),
        fuzz("SMTPReplyFuzz", ["SMTP", "Identities"]),
        fuzz("SpoolRecoveryFuzz", ["Spool", "SMTP", "Identities"]),
        fuzz("AggregateReportFuzz", ["MailReports", "Identities"]),
        fuzz("ReportReaderFuzz", ["MailReports", "Identities", "InternetMessage"]),
        fuzz("JSONWebTokenFuzz", ["OpenIDConnect"]),
        // These two have links to the files they feed among their own: what reads is nobody's
        // public API, and its room needs a database.
        fuzz("IMAPResponseFuzz", []),
        fuzz("AuditVerifierFuzz", [.product(name: "Crypto", package: "swift-crypto")]),
    ]
)
