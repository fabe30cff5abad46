import SwiftASN1
import X509

/// The certificates of an evidence document, told apart.
struct MarkCertificateReading {
    /// The mark certificate.
    let leaf: Certificate
    let leafIndex: Int
    let others: [Certificate]
    let certificates: [Certificate]

    /// Nil when there is nothing to examine; why not is added to the findings.
    init?(_ evidence: [UInt8], _ findings: inout MarkCertificateValidation) {
        let files: [[UInt8]]
        do throws(CertificateText.Refusal) {
            files = try CertificateText.certificates(
                in: evidence, limit: Limits.markCertificates)
        } catch {
            findings.add(error.problem)
            return nil
        }
        guard !files.isEmpty else {
            findings.add(
                MarkCertificateProblem(
                    .noCertificate, reason: "The evidence document holds no certificate (PEM)."))
            return nil
        }
        var certificates: [Certificate] = []
        for (index, file) in files.enumerated() {
            guard let certificate = try? Certificate(derEncoded: file) else {
                findings.add(Self.unreadable(file, index))
                return nil
            }
            certificates.append(certificate)
        }
        self.certificates = certificates
        let marks = certificates.indices.filter { Self.isMark(certificates[$0]) }
        leafIndex = marks.first ?? 0
        leaf = certificates[leafIndex]
        let leaf = leaf
        others = certificates.filter { $0 != leaf }
        tell(marks, &findings)
    }

    private func tell(_ marks: [Int], _ findings: inout MarkCertificateValidation) {
        if marks.contains(where: { certificates[$0] != leaf }) {
            findings.add(
                MarkCertificateProblem(
                    .severalMarkCertificates,
                    reason: "The evidence document holds more than one mark certificate."))
        }
        if Set(certificates).count < certificates.count {
            findings.add(
                MarkCertificateProblem(
                    .duplicateCertificate,
                    reason: "The evidence document holds the same certificate twice."))
        }
        let isOrdered = zip(certificates, certificates.dropFirst()).allSatisfy {
            $0.issuer == $1.subject
        }
        if leafIndex != 0 || !isOrdered {
            findings.add(
                MarkCertificateProblem(
                    .outOfOrder,
                    reason:
                        "The certificates do not stand in order, from the mark certificate to its"
                        + " issuers; some receivers refuse that."))
        }
    }

    /// It has a logo and is no authority itself.
    private static func isMark(_ certificate: Certificate) -> Bool {
        guard certificate.extensions[oid: MarkLogotype.identifier] != nil else { return false }
        if case .isCertificateAuthority = try? certificate.extensions.basicConstraints {
            return false
        }
        return true
    }

    private static func unreadable(_ file: [UInt8], _ index: Int) -> MarkCertificateProblem {
        if let bits = CertificateKeySize.rsaBits(file), bits < 2_048 {
            return MarkCertificateProblem(
                .weakKey, index: index,
                reason: "The key of certificate number \(index + 1) has \(bits) bits; at least 2048"
                    + " are needed.")
        }
        return MarkCertificateProblem(
            .unreadableCertificate, index: index,
            reason: "Certificate number \(index + 1) of the evidence document is not readable.")
    }
}

extension CertificateText.Refusal {
    fileprivate var problem: MarkCertificateProblem {
        switch self {
        case .tooLarge:
            MarkCertificateProblem(
                .evidenceTooLarge,
                reason:
                    "The evidence document is larger than \(Limits.markEvidenceOctets >> 10) KB;"
                    + " it was not looked at.")
        case .unreadable(let index):
            MarkCertificateProblem(
                .unreadableText, index: index,
                reason: "Certificate number \(index + 1) of the evidence document is no readable"
                    + " PEM text.")
        case .tooMany:
            MarkCertificateProblem(
                .tooManyCertificates,
                reason: "The evidence document holds more than \(Limits.markCertificates)"
                    + " certificates.")
        }
    }
}
