import DNS
import Identities
import MailAuthentication
import TestSupport
import Testing

/// Logos, certificates and roots as they are found in the world, and mailauth's messages.
@Suite struct BIMIConformanceTests {
    /// A logo, what it is, and what a person who read the file expects: the first violation of each
    /// kind, as `code element attribute line`.
    struct Logo: Sendable {
        let path: String
        let violations: [String]
        let advice: [String]
        let title: String?

        init(
            _ path: String, title: String? = nil, _ violations: [String] = [],
            advice: [String] = []
        ) {
            self.path = path
            self.violations = violations
            self.advice = advice
            self.title = title
        }
    }

    static let logos: [Logo] = [
        // Drawn by Inkscape and not converted.
        Logo(
            "Datavirke+datavirke.dk/bimi.svg",
            [
                "base-profile svg baseProfile 2", "style stop style 13",
                "element-not-allowed clipPath - 30", "style rect style 32",
                "attribute-not-allowed linearGradient xlink:href 38",
                "attribute-not-allowed linearGradient gradientTransform 38",
                "element-not-allowed filter - 230", "style filter style 230",
                "element-not-allowed feGaussianBlur - 236",
                "element-not-allowed feComposite - 239", "style g style 252",
                "style path style 257", "title-missing svg - 2",
            ]),
        // 2644.0798 by 2644: square to a thousandth.
        Logo("GrapheneOS+grapheneos.org/static/bimi.svg", title: "GrapheneOS"),
        // Its XML declaration stands in a comment, where it means nothing.
        Logo("TrendMicro-PublicProjects+labsectech-bimi/labsec-tech.svg", title: "LABSEC icon"),
        Logo("creativealip-rgb+cubicle/public/bimi.svg", title: "Cubiqlo"),
        // Begins with a byte order mark.
        Logo("d4rklynk+simpleprivacy.fr/static/bimi.svg", title: "SimplePrivacy"),
        Logo(
            "dngray+polarbear-army/static/bimi.svg", title: "polarbear-army-bimi-logo",
            ["version svg version 2", "base-profile svg baseProfile 2"]),
        Logo("hc-mase-app+web-portofolio/public/bimi.svg", title: "YM"),
        Logo(
            "konradkubczyk+konradkubczyk.com/static/img/brand/bimi.svg", title: "Kubczyk"),
        // A document type of SVG 1.0, and 188 KB.
        Logo(
            "neurons-school+logo/logo.svg", ["document-type - - 2"],
            advice: ["larger-than-recommended - - -"]),
        Logo(
            "onuriscoding+soluvia-design/public/bimi.svg",
            [
                "version svg version 2", "base-profile svg baseProfile 2",
                "title-missing svg - 2",
            ], advice: ["view-box-missing svg viewBox 2"]),
        Logo("pactus-project+pactus-website/static/bimi.svg", title: "Pactus"),
        // 400 by 484, and an authority issued a certificate for it.
        Logo(
            "provectus+bimi-logo/logo.svg", title: "Provectus",
            advice: ["not-square svg viewBox 2"]),
        Logo(
            "thederekkaplan+yacu.org/static/bimi.svg",
            title: "Young Americans Coalition for Unity"),
        Logo(
            "wmax641+wmax641.github.io/static/bimi.svg",
            ["element-not-allowed tspan - 4", "title-missing svg - 2"]),
    ]

    @Test func `logos found in the world are judged as a reader judges them`() throws {
        var tally = BIMITally("bimi-realworld, logos")
        for logo in Self.logos {
            let path = try SharedData.path("conformance/bimi-realworld/" + logo.path)
            let found = SVGTinyPSValidator().validate(try SharedData.bytes(path))
            var differences: [String] = []
            let violations = Self.first(found.violations)
            if violations != logo.violations { differences.append("violations \(violations)") }
            let advice = Self.first(found.advice)
            if advice != logo.advice { differences.append("advice \(advice)") }
            if found.title != logo.title { differences.append("title \(found.title ?? "-")") }
            tally.add(logo.path, differences)
        }
        tally.finish()
    }

    /// The first of each kind for each element and attribute.
    private static func first(_ violations: [SVGViolation]) -> [String] {
        var seen: Set<String> = []
        return violations.compactMap {
            let kind = "\($0.code.rawValue) \($0.element ?? "-") \($0.attribute ?? "-")"
            guard seen.insert(kind).inserted else { return nil }
            return kind + " " + ($0.line.map { "\($0)" } ?? "-")
        }
    }

    @Test func `every file of the suites is a case, or named as none`() throws {
        let cases =
            Self.logos.map { "bimi-realworld/" + $0.path } + [
                "bimi-realworld/neurons-school+logo/vmc.pem",
                "bimi-realworld/provectus+bimi-logo/vmc.pem",
                "bimi-roots/checkdmarc/resources/MVACAs.pem",
                "bimi-mailauth-js/test/fixtures/bimi.eml",
                "bimi-mailauth-js/test/fixtures/zbimi.eml",
            ]
        var seen = 0
        for suite in ["bimi-realworld", "bimi-roots", "bimi-mailauth-js"] {
            for path in try SharedData.files(below: "conformance/" + suite)
            where !path.contains("_LICENSE") {
                let isCase = cases.contains { path.hasSuffix("/conformance/" + $0) }
                #expect(isCase, "\(path) is no case")
                seen += 1
            }
        }
        #expect(seen == cases.count)
    }

    // MARK: Certificates

    private func roots() throws -> MarkRoots {
        let path = try SharedData.path("conformance/bimi-roots/checkdmarc/resources/MVACAs.pem")
        return try MarkRoots(pem: SharedData.bytes(path))
    }

    @Test func `the roots of the mark authorities are read`() throws {
        var tally = BIMITally("bimi-roots")
        let names = try roots().names
        for name in [
            "DigiCert Verified Mark Root CA", "GlobalSign Verified Mark Root R42",
            "SSL.com VMC ECC Root CA 2024", "SSL.com VMC RSA Root CA 2024",
        ] {
            tally.add(name, names.contains(name) ? [] : ["not read"])
        }
        #expect(names.count == 4)
        tally.finish()
    }

    private func validate(
        _ file: String, author: String = "provectus.com", logo: String? = nil,
        now: Int64, roots: MarkRoots? = nil
    ) async throws -> MarkCertificateValidation {
        let folder = "conformance/bimi-realworld/"
        var published: [UInt8]?
        if let logo { published = try SharedData.bytes(SharedData.path(folder + logo)) }
        return await MarkCertificateValidator(roots: try roots ?? self.roots()).validate(
            try SharedData.bytes(SharedData.path(folder + file)),
            for: MarkCertificateRequest(
                author: try #require(DomainName(author)), publishedLogo: published), now: now)
    }

    /// The file was compared with what `openssl x509 -text` shows of it.
    @Test func `certificates found in the world are judged as openssl shows them`() async throws {
        var tally = BIMITally("bimi-realworld, certificates")
        let file = "provectus+bimi-logo/vmc.pem"
        // 2025-12-06; valid from 2025-06-04 to 2026-06-03.
        let now: Int64 = 1_765_000_000
        let good = try await validate(file, logo: "provectus+bimi-logo/logo.svg", now: now)
        var differences = good.problems.map(\.reason)
        if good.kind != .common || good.markType != .priorUse { differences.append("kind") }
        if good.names != ["provectus.com"] { differences.append("names") }
        if good.organization != "PROVECTUS IT, INC." { differences.append("organisation") }
        if good.issuer != "DigiCert, Inc." { differences.append("issuer") }
        if good.notBefore != 1_748_995_200 { differences.append("not before") }
        if good.notAfter != 1_780_531_199 { differences.append("not after") }
        if good.transparencyProofs != 1 { differences.append("proofs") }
        if good.serialNumber != "0d314a287a7be959ba399b8fd630365b" { differences.append("serial") }
        if good.chain.count != 3 || good.chain.last != "DigiCert Verified Mark Root CA" {
            differences.append("chain")
        }
        tally.add(file, differences)
        // The text between its markers is no base64.
        let placeholder = try await validate("neurons-school+logo/vmc.pem", now: now)
        tally.add(
            "neurons-school+logo/vmc.pem",
            placeholder.problems.map(\.code) == [.unreadableText] ? [] : ["\(placeholder.problems)"]
        )
        tally.finish()

        let late = try await validate(file, now: 1_780_531_200)
        #expect(late.problems.map(\.code) == [.expired])
        let other = try await validate(file, author: "example.com", now: now)
        #expect(other.problems.map(\.code) == [.namesMismatch])
        let nobody = try await validate(file, now: now, roots: MarkRoots())
        #expect(nobody.problems.map(\.code) == [.untrustedIssuer])
        let logo = try await validate(
            file, logo: "pactus-project+pactus-website/static/bimi.svg", now: now)
        #expect(logo.problems.map(\.code) == [.logoMismatch])
    }

    // MARK: mailauth's messages

    /// The records are those that mailauth's tests expect in the DNS.
    private struct Records: DNSLookup {
        let texts: [String: String]

        func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
            guard let text = texts[name.text] else { return DNSAnswer(.nameError) }
            return DNSAnswer(
                .records,
                records: [
                    ResourceRecord(
                        name: DNSName(name), type: .txt, timeToLive: 60,
                        data: .txt([Array(text.utf8)]))
                ])
        }
    }

    @Test func `mailauth's messages lead to the record of their selector`() async throws {
        var tally = BIMITally("bimi-mailauth-js")
        let records = Records(texts: [
            "mailauth._bimi.srv.dev": "v=BIMI1; l=https://srv.dev/bimi.svg;",
            "default._bimi.zone.ee": "v=BIMI1; l=https://zone.ee/bimi.svg;",
        ])
        for (file, author, selector) in [
            ("bimi.eml", "srv.dev", "mailauth"), ("zbimi.eml", "zone.ee", "default"),
        ] {
            let path = try SharedData.path("conformance/bimi-mailauth-js/test/fixtures/" + file)
            let message = RawMessage(try SharedData.bytes(path))
            let request = BIMIRequest(
                author: BIMIAuthor(message), organizationalDomain: DomainName(author),
                dmarcResult: .pass, dmarcRecord: DMARCRecord(policy: .reject),
                selector: BIMISelector(message))
            let found = await BIMIEvaluator(lookup: records).evaluate(request, now: 0)
            var differences: [String] = []
            if found.domain?.text != author { differences.append("domain") }
            if found.selector != selector { differences.append("selector") }
            if found.record?.location?.text != "https://\(author)/bimi.svg" {
                differences.append("location")
            }
            if found.result != .skipped { differences.append("result \(found.result)") }
            tally.add(file, differences)
        }
        tally.finish()
    }
}

/// Counts the cases of one suite. There are no differences that are meant.
private struct BIMITally {
    private let suite: String
    private var cases = 0
    private var unmet: [String] = []

    init(_ suite: String) {
        self.suite = suite
    }

    mutating func add(_ name: String, _ differences: [String]) {
        cases += 1
        if !differences.isEmpty {
            unmet.append(name + ": " + differences.joined(separator: "; "))
        }
    }

    func finish() {
        let met = cases - unmet.count
        print("CONFORMANCE \(suite): cases \(cases), met \(met), not met \(unmet.count)")
        for name in unmet { print("  not met: \(name)") }
        #expect(unmet.isEmpty, "\(unmet)")
        #expect(cases > 0)
    }
}
