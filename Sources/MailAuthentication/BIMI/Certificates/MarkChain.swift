import SwiftASN1
@_spi(DisableValidityCheck) import X509

/// Finds the way from a mark certificate to a trusted root (RFC 5280 §6.1), and tells why there is
/// none.
struct MarkChain {
    private let leaf: Certificate
    private let others: [Certificate]
    private let roots: [Certificate]

    init(leaf: Certificate, others: [Certificate], roots: MarkRoots) {
        self.leaf = leaf
        self.others = others
        self.roots = roots.certificates
    }

    enum Outcome {
        /// From the mark certificate to the root.
        case chain([Certificate])
        case refused(MarkCertificateProblem)
    }

    func find() async -> Outcome {
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) {
            // Times are judged by the caller, for each certificate, at the time it was given.
            RFC5280Policy.withValidityCheckDisabled()
            MarkChainPolicy()
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(others))
        switch result {
        case .validCertificate(let chain): return .chain(Array(chain))
        case .couldNotValidate(let failures):
            return .refused(reason(hasCandidates: !failures.isEmpty))
        }
    }

    private func reason(hasCandidates: Bool) -> MarkCertificateProblem {
        let handled = Set(MarkChainPolicy.handled)
        for (index, certificate) in ([leaf] + others).enumerated() {
            let unknown = certificate.extensions.first {
                $0.critical && !handled.contains($0.oid)
            }
            guard let unknown else { continue }
            return MarkCertificateProblem(
                .unknownCriticalExtension, index: index,
                reason:
                    "A certificate has an extension (\(unknown.oid)) that must be understood and"
                    + " that we do not know.")
        }
        if hasCandidates {
            return MarkCertificateProblem(
                .brokenChain,
                reason:
                    "The chain of certificates leads to a trusted root, but breaks the rules for"
                    + " chains: an issuer is no certificate authority, or may not issue this one.")
        }
        // An issuer by name that did not sign is a forgery or a mix-up of files.
        let all = others + roots
        for certificate in [leaf] + others where certificate.issuer != certificate.subject {
            let issuers = all.filter { $0.subject == certificate.issuer }
            guard !issuers.isEmpty else { continue }
            let isSigned = issuers.contains {
                $0.publicKey.isValidSignature(certificate.signature, for: certificate)
            }
            if !isSigned {
                return MarkCertificateProblem(
                    .wrongSignature,
                    reason: "The signature on the certificate for"
                        + " “\(MarkSubject(certificate.subject).shortName.reasonExcerpt)” is not that"
                        + " of its issuer.")
            }
        }
        return MarkCertificateProblem(
            .untrustedIssuer,
            reason: "The certificate was not issued by an authority for marks that we trust, or a"
                + " certificate between it and the root is missing from the file.")
    }
}

/// Tells the verifier which extensions are looked at here beside those of RFC 5280.
struct MarkChainPolicy: VerifierPolicy, Sendable {
    /// Extensions that may be marked critical: what they say is read and held to.
    static let handled: [ASN1ObjectIdentifier] =
        own + RFC5280Policy.withValidityCheckDisabled().verifyingCriticalExtensions

    private static let own: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
        MarkLogotype.identifier, [1, 3, 6, 1, 4, 1, 53087, 4, 1],
    ]

    let verifyingCriticalExtensions = MarkChainPolicy.own

    func chainMeetsPolicyRequirements(
        chain: UnverifiedCertificateChain
    ) async -> PolicyEvaluationResult {
        .meetsPolicy
    }
}
