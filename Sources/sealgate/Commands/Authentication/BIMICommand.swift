import ArgumentParser
import FoundationEssentials
import Identities
import MailAuthentication

/// `sealgate bimi`: a domain's logo record, and whether logo and certificate hold.
struct BIMICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bimi",
        abstract: "Checks a domain's BIMI record, its logo and its mark certificate.",
        discussion: """
            Nothing is fetched: hand over the files at the addresses that the record names. A logo
            can be checked by itself: sealgate bimi --logo FILE.
            """)

    @Argument(help: "The domain; without it, only the files are checked.") var domain: DomainName?
    @Option(help: "Selector of the record.") var selector = "default"
    @Option(help: "File with the logo (SVG).") var logo: String?
    @Option(help: "File with the mark certificate and its chain (PEM).") var certificate: String?
    @Option(help: "File with the root certificates that count (PEM).") var roots: String?
    @OptionGroup var evaluation: EvaluationOptions
    @Option(help: "A public suffix list to use instead of the system's.") var suffixes: String?

    func validate() throws {
        if domain == nil, logo == nil {
            throw ValidationError("Name a domain, or a logo with --logo.")
        }
    }

    func run() async throws {
        let assets = BIMIAssets(logo: try read(logo), evidence: try read(certificate))
        guard let domain else {
            guard let octets = assets.logo else { return }
            let validation = SVGTinyPSValidator().validate(octets)
            tell(validation)
            if !validation.isValid { throw ExitCode(2) }
            return
        }
        let authorities = try marks()
        let (now, list) = (try evaluation.time, try suffixList(suffixes))
        let found = try await evaluation.withAnswers { lookup in
            let policy = await PolicyDiscovery(
                method: .treeWalk, lookup: lookup, suffixes: list
            ).discover(domain)
            // As if a message of the domain had passed DMARC.
            let request = BIMIRequest(
                author: BIMIAuthor(domain: domain, localPart: ""),
                organizationalDomain: policy.organizationalDomain, dmarcResult: .pass,
                dmarcRecord: policy.record, dmarcRecordDomain: policy.recordDomain,
                selector: BIMISelector(selector))
            return await BIMIEvaluator(lookup: lookup, roots: authorities)
                .evaluate(request, assets: assets, now: now)
        }
        print("\(found.result.rawValue)  \(plain(found.reason, limit: 500))")
        if let record = found.record { print("Record: \(plain(record.render(), limit: 500))") }
        if let validation = found.logoValidation { tell(validation) }
        if let certificate = found.certificate {
            for problem in certificate.problems + certificate.advice {
                print("Certificate: \(plain(problem.reason, limit: 400))")
            }
            if certificate.isValid {
                print("The certificate of \(certificate.organization ?? "its owner") holds.")
            }
        }
    }

    private func tell(_ validation: SVGValidation) {
        for violation in validation.violations + validation.advice {
            let place = violation.line.map { "line \($0): " } ?? ""
            print("Logo: \(place)\(plain(violation.reason, limit: 400))")
        }
        if validation.isValid { print("The logo keeps to SVG Tiny PS.") }
    }

    private func read(_ path: String?) throws -> [UInt8]? {
        guard let path else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PlainError("\(path) cannot be read.")
        }
        guard data.count <= 4 << 20 else { throw PlainError("\(path) is larger than 4 MiB.") }
        return [UInt8](data)
    }

    private func marks() throws -> MarkRoots {
        guard let octets = try read(roots) else { return MarkRoots() }
        do {
            return try MarkRoots(pem: octets)
        } catch {
            throw PlainError("\(roots ?? ""): \(error)")
        }
    }
}
