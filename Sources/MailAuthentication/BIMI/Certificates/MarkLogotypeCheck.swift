import Crypto
import X509

/// Takes the logo out of a mark certificate and holds it against its digest, the profile for logos
/// and the logo that the domain publishes.
struct MarkLogotypeCheck {
    private let certificate: Certificate
    private let request: MarkCertificateRequest

    init(_ certificate: Certificate, _ request: MarkCertificateRequest) {
        self.certificate = certificate
        self.request = request
    }

    func run(_ findings: inout MarkCertificateValidation) {
        guard let found = certificate.extensions[oid: MarkLogotype.identifier] else {
            return findings.add(
                MarkCertificateProblem(
                    .logotypeMissing, reason: "The certificate carries no logo."))
        }
        guard let logotype = try? MarkLogotype(extension: found.value) else {
            return findings.add(
                MarkCertificateProblem(
                    .logotypeUnreadable,
                    reason: "The part of the certificate that carries the logo is not readable."))
        }
        guard let (image, file) = embedded(in: logotype) else {
            return findings.add(
                MarkCertificateProblem(
                    .logotypeNotEmbedded,
                    reason: "The certificate does not carry its logo itself, in a data: address."))
        }
        checkMediaType(image, file, &findings)
        if !GzipDocument.isCompressed(file.octets) {
            findings.add(
                MarkCertificateProblem(
                    .logotypeNotCompressed,
                    reason: "The logo in the certificate is not compressed, as it should be."))
        }
        let logo: [UInt8]
        switch SVGFile.decompressed(file.octets) {
        case .success(let plain): logo = plain
        case .failure(let refusal):
            findings.logoValidation = SVGValidation(violations: [refusal.violation])
            return findings.add(
                MarkCertificateProblem(
                    .logoInvalid,
                    reason: "The logo in the certificate cannot be shown: "
                        + refusal.violation.reason))
        }
        checkDigests(image, file.octets, logo, &findings)
        findings.logo = logo
        checkLogo(logo, &findings)
        comparePublished(logo, &findings)
    }

    /// The first image that stands in the certificate itself.
    private func embedded(in logotype: MarkLogotype) -> (MarkLogotype.Image, DataURI)? {
        for image in logotype.images {
            for address in image.addresses.prefix(Limits.markLogotypes) {
                if let file = DataURI(address) { return (image, file) }
            }
        }
        return nil
    }

    private func checkMediaType(
        _ image: MarkLogotype.Image, _ file: DataURI, _ findings: inout MarkCertificateValidation
    ) {
        let allowed = ["image/svg+xml", "image/svg+xml+gzip"]
        for type in [image.mediaType, file.mediaType]
        where !allowed.contains(String(decoding: type.utf8.map(\.lowercased), as: UTF8.self)) {
            return findings.add(
                MarkCertificateProblem(
                    .logotypeMediaType,
                    reason: "The logo in the certificate is “\(type.reasonExcerpt)”, not SVG."))
        }
    }

    /// RFC 6170 leaves room for both readings, and authorities use both: the digest of the file as
    /// it is carried, or of what it expands to.
    private func checkDigests(
        _ image: MarkLogotype.Image, _ carried: [UInt8], _ plain: [UInt8],
        _ findings: inout MarkCertificateValidation
    ) {
        var isAnyKnown = false
        for digest in image.digests.prefix(Limits.markLogotypes) {
            guard let matchesPlain = digest.matches(plain) else { continue }
            isAnyKnown = true
            guard !matchesPlain, digest.matches(carried) != true else { continue }
            return findings.add(
                MarkCertificateProblem(
                    .logotypeHashMismatch,
                    reason:
                        "The logo in the certificate is not the one that its digest was made of."
                ))
        }
        if !isAnyKnown {
            findings.add(
                MarkCertificateProblem(
                    .logotypeHashMissing,
                    reason: "The certificate gives no digest of its logo that we can check."))
        }
    }

    private func checkLogo(_ logo: [UInt8], _ findings: inout MarkCertificateValidation) {
        let validation = SVGTinyPSValidator().validate(plain: logo)
        findings.logoValidation = validation
        guard let problem = validation.problem else { return }
        findings.add(
            MarkCertificateProblem(
                .logoInvalid, reason: "The logo in the certificate is not valid: " + problem))
    }

    private func comparePublished(
        _ logo: [UInt8], _ findings: inout MarkCertificateValidation
    ) {
        guard let published = request.publishedLogo else { return }
        if case .success(let plain) = SVGFile.decompressed(published),
            Array(SHA256.hash(data: plain)) == Array(SHA256.hash(data: logo))
        {
            return
        }
        findings.add(
            MarkCertificateProblem(
                .logoMismatch,
                reason: "The logo that the domain publishes is not the one in its certificate."))
    }
}
