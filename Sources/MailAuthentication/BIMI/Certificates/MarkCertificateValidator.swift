import FoundationEssentials
import Identities
import SwiftASN1
import X509

/// Examines a mark certificate, verified (VMC) or common (CMC), with its chain and its logo
/// (draft-fetch-validation-vmc-wchuang §5), and names each problem.
public struct MarkCertificateValidator: Sendable {
    private let roots: MarkRoots

    /// Certificates count only when their chain ends at one of `roots`.
    public init(roots: MarkRoots) {
        self.roots = roots
    }

    /// Examines an evidence document in PEM as it stands at the `a=` of a BIMI record. `now`:
    /// seconds since 1970.
    public func validate(
        _ evidence: [UInt8], for request: MarkCertificateRequest, now: Int64
    ) async -> MarkCertificateValidation {
        var findings = MarkCertificateValidation()
        guard let reading = MarkCertificateReading(evidence, &findings) else { return findings }
        describe(reading.leaf, &findings)
        checkUse(reading.leaf, &findings)
        checkNames(reading.leaf, request, &findings)
        checkSubject(reading.leaf, &findings)
        await checkChain(reading, now: now, &findings)
        MarkLogotypeCheck(reading.leaf, request).run(&findings)
        return findings
    }

    private func describe(_ leaf: Certificate, _ findings: inout MarkCertificateValidation) {
        let subject = MarkSubject(leaf.subject)
        findings.organization = subject.organization
        findings.issuer = MarkSubject(leaf.issuer).organization
        findings.notBefore = leaf.firstSecond
        findings.notAfter = leaf.lastSecond
        findings.serialNumber = leaf.serialNumber.bytes.map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
        if let list = leaf.extensions[oid: Self.transparencyProofs] {
            findings.transparencyProofs = TransparencyProofs.count(in: list.value)
        }
        if findings.transparencyProofs == 0 {
            findings.add(
                MarkCertificateProblem(
                    .noTransparencyProof,
                    reason: "The certificate carries no proof that it was entered in a public log"
                        + " (certificate transparency)."))
        }
        if leaf.extensions[oid: Self.revocationLists] == nil {
            findings.add(
                MarkCertificateProblem(
                    .noRevocationList,
                    reason: "The certificate does not say where it can be revoked."))
        }
    }

    private static let transparencyProofs: ASN1ObjectIdentifier = [
        1, 3, 6, 1, 4, 1, 11129, 2, 4, 2,
    ]
    private static let revocationLists: ASN1ObjectIdentifier = [2, 5, 29, 31]
    private static let pilot: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 53087, 4, 1]
    /// id-kp-BrandIndicatorforMessageIdentification.
    private static let usage = ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 5, 5, 7, 3, 31])
    /// 15 March 2025: from then on no certificate of the pilot is issued.
    private static let pilotEnd: Int64 = 1_741_996_800

    // MARK: The mark certificate

    private func checkUse(_ leaf: Certificate, _ findings: inout MarkCertificateValidation) {
        if case .isCertificateAuthority = try? leaf.extensions.basicConstraints {
            findings.add(
                MarkCertificateProblem(
                    .isAuthority,
                    reason: "The certificate is that of an authority, not of a mark."))
        }
        if !Self.isForMarks(leaf) {
            findings.add(
                MarkCertificateProblem(
                    .usageMissing,
                    reason: "The certificate was not issued for logos in mail: its purpose is"
                        + " another one."))
        }
        if leaf.extensions[oid: .X509ExtensionID.nameConstraints] != nil {
            findings.add(
                MarkCertificateProblem(
                    .nameConstraints,
                    reason: "The certificate limits the names of others (name constraints), which a"
                        + " mark certificate may not."))
        }
        guard leaf.extensions[oid: Self.pilot] != nil else { return }
        let isRefused = leaf.firstSecond >= Self.pilotEnd
        findings.add(
            MarkCertificateProblem(
                isRefused ? .pilot : .pilotTolerated,
                reason: isRefused
                    ? "The certificate is marked as one of the pilot, which ended on 2025-03-15."
                    : "The certificate was issued in the pilot, before 2025-03-15."))
    }

    private static func isForMarks(_ certificate: Certificate) -> Bool {
        guard let usages = try? certificate.extensions.extendedKeyUsage else { return false }
        return usages.contains(usage)
    }

    private func checkNames(
        _ leaf: Certificate, _ request: MarkCertificateRequest,
        _ findings: inout MarkCertificateValidation
    ) {
        var names: [String] = []
        if let all = try? leaf.extensions.subjectAlternativeNames {
            guard all.count <= Limits.markCertificateNames else {
                return findings.add(
                    MarkCertificateProblem(
                        .tooManyNames,
                        reason:
                            "The certificate has more than \(Limits.markCertificateNames) names."
                    ))
            }
            for case .dnsName(let name) in all { names.append(name) }
        }
        findings.names = names
        guard !names.isEmpty else {
            return findings.add(
                MarkCertificateProblem(
                    .namesMissing, reason: "The certificate names no domain that it is for."))
        }
        guard !names.contains(where: request.isCovered) else { return }
        findings.add(
            MarkCertificateProblem(
                .namesMismatch,
                reason: "The certificate is for \(names[0].reasonExcerpt)"
                    + (names.count > 1 ? " and \(names.count - 1) more" : "")
                    + ", not for \(request.author)."))
    }

    private func checkSubject(_ leaf: Certificate, _ findings: inout MarkCertificateValidation) {
        let subject = MarkSubject(leaf.subject)
        guard let written = subject.markType else {
            return findings.add(
                MarkCertificateProblem(
                    .markTypeMissing,
                    reason: "The certificate does not say what kind of mark it is for (markType)."))
        }
        guard let type = MarkType(rawValue: written) else {
            return findings.add(
                MarkCertificateProblem(
                    .markTypeUnknown,
                    reason: "“\(written.reasonExcerpt)” is no kind of mark that we know."))
        }
        findings.markType = type
        for field in subject.missing(for: type, notBefore: leaf.firstSecond) {
            findings.add(
                MarkCertificateProblem(
                    .subjectFieldMissing,
                    reason: "The certificate for a \(type.rawValue) lacks the field \(field.name).")
            )
        }
        for field in subject.foreign(to: type) {
            findings.add(
                MarkCertificateProblem(
                    .subjectFieldForeign,
                    reason: "The certificate for a \(type.rawValue) has the field \(field.name),"
                        + " which belongs to another kind of mark."))
        }
    }

    // MARK: The chain

    private func checkChain(
        _ reading: MarkCertificateReading, now: Int64,
        _ findings: inout MarkCertificateValidation
    ) async {
        var judged = reading.certificates
        switch await MarkChain(leaf: reading.leaf, others: reading.others, roots: roots).find() {
        case .refused(let problem): findings.add(problem)
        case .chain(let chain):
            judged = chain
            findings.chain = chain.map { MarkSubject($0.subject).shortName }
            // A root may issue by itself; one between them must be there for this purpose.
            if chain.count > 2, !Self.isForMarks(chain[1]) {
                findings.add(
                    MarkCertificateProblem(
                        .issuerUsageMissing,
                        index: reading.certificates.firstIndex(of: chain[1]),
                        reason:
                            "The issuer of the certificate is not meant to issue certificates for"
                            + " logos in mail."))
            }
        }
        for certificate in judged {
            guard let problem = certificate.time(now) else { continue }
            let subject = MarkSubject(certificate.subject).shortName.reasonExcerpt
            findings.add(
                MarkCertificateProblem(
                    problem, index: reading.certificates.firstIndex(of: certificate),
                    reason: problem == .expired
                        ? "The certificate of “\(subject)” expired on"
                            + " \(CalendarDay(seconds: certificate.lastSecond))."
                        : "The certificate of “\(subject)” is valid only from"
                            + " \(CalendarDay(seconds: certificate.firstSecond)) on."))
        }
    }
}

extension Certificate {
    fileprivate var firstSecond: Int64 {
        Int64(clampingTime: notValidBefore.timeIntervalSince1970)
    }

    fileprivate var lastSecond: Int64 {
        Int64(clampingTime: notValidAfter.timeIntervalSince1970)
    }

    fileprivate func time(_ now: Int64) -> MarkCertificateProblem.Code? {
        if now < firstSecond { return .notYetValid }
        return now > lastSecond ? .expired : nil
    }
}

extension Int64 {
    fileprivate init(clampingTime seconds: Double) {
        self = Int64(exactly: seconds.rounded(.down)) ?? (seconds < 0 ? .min : .max)
    }
}
