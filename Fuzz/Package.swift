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

let package = Package(
    name: "sealgate-fuzz",
    targets: [
        library("CZlib", "zlib"),
        library("CArchive", "libarchive"),
        library("CIDN2", "libidn2"),
        library("CPSL", "libpsl"),
        product("Identities", ["CIDN2"]),
        product("DNS", ["Identities"]),
        product("InternetMessage", ["Identities"]),
        product("MailAuthentication", ["Identities", "DNS", "CPSL"]),
        product("MailReports", ["Identities", "InternetMessage", "CZlib", "CArchive"]),

        fuzz("DNSMessageFuzz", ["DNS", "Identities"]),
        fuzz("ZoneFileFuzz", ["DNS", "Identities"]),
        fuzz("MessageParserFuzz", ["InternetMessage", "Identities"]),
        fuzz("DMARCRecordFuzz", ["MailAuthentication"]),
        fuzz("AggregateReportFuzz", ["MailReports", "Identities"]),
        fuzz("ReportReaderFuzz", ["MailReports", "Identities", "InternetMessage"]),
    ]
)
