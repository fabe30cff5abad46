internal import Crypto
internal import FoundationEssentials
internal import SwiftASN1
@_spi(FixedExpiryValidationTime) internal import X509

/// Judges the certificates that a server showed.
struct CertificateExamination: Sendable {
    /// What was found; `failure` is nil when the server is proved.
    struct Verdict: Hashable, Sendable {
        var verification: TLSVerification
        var failure: TLSFailure?
        var text: String?

        init(_ verification: TLSVerification) { self.verification = verification }

        init(_ failure: TLSFailure, _ text: String) {
            verification = .unproven(failure)
            self.failure = failure
            self.text = text
        }
    }

    let roots: CertificateStore
    /// Seconds since 1970.
    let now: Int64

    /// Against the trust roots and names (RFC 5280 §6, RFC 6125 §6).
    func examine(_ chain: [[UInt8]], names: [String]) async -> Verdict {
        let certificates = chain.prefix(Limits.chainCertificates).map { Self.parse($0) }
        guard let first = certificates.first, let leaf = first else {
            return Verdict(.certificateNotTrusted, "The server's certificate cannot be read.")
        }
        let others = certificates.dropFirst().compactMap { $0 }
        if let verdict = await fault(leaf, others, trusting: roots) { return verdict }
        guard let name = CertificateNames(leaf, takesSubject: false).match(names) else {
            return Self.mismatch(names)
        }
        return Verdict(.verified(name: name))
    }

    /// Against TLSA records (RFC 7671 §5, RFC 7672 §3.1). The records are usable ones.
    func examine(
        _ chain: [[UInt8]], records: [TLSAssociation], names: [String]
    ) async -> Verdict {
        let chain = Array(chain.prefix(Limits.chainCertificates))
        guard let leaf = chain.first, leaf.count <= Limits.certificateOctets else {
            return Verdict(.tlsaInvalid, "The server showed no certificate.")
        }
        let records = Self.strongest(records)
        // RFC 7672 §3.1.1: with DANE-EE neither names nor dates count.
        if records.contains(where: { $0.usage == 3 && Self.matches($0, leaf) }) {
            return Verdict(.dane(usage: 3))
        }
        let anchors = records.filter { $0.usage == 2 }
        guard !anchors.isEmpty else {
            return Verdict(.tlsaInvalid, "No TLSA record matches the server's certificate.")
        }
        return await examine(chain, anchors: anchors, names: names)
    }

    private func examine(
        _ chain: [[UInt8]], anchors: [TLSAssociation], names: [String]
    ) async -> Verdict {
        let certificates = chain.map { Self.parse($0) }
        guard let first = certificates.first, let leaf = first else {
            return Verdict(.tlsaInvalid, "The server's certificate cannot be read.")
        }
        let trusted = Self.trustAnchors(chain, certificates, anchors)
        guard !trusted.isEmpty else {
            return Verdict(.tlsaInvalid, "No TLSA record matches the server's certificates.")
        }
        let others = certificates.dropFirst().compactMap { $0 }
        if trusted.contains(leaf) {
            // The key in the DNS has signed it: no authority is in between.
            if let verdict = staleness([leaf]) { return verdict }
        } else if let verdict = await fault(leaf, others, trusting: CertificateStore(trusted)) {
            return verdict
        }
        guard CertificateNames(leaf, takesSubject: true).match(names) != nil else {
            return Self.mismatch(names)
        }
        return Verdict(.dane(usage: 2))
    }

    /// Nil when the chain leads to a trusted certificate and every one of it is in force.
    private func fault(
        _ leaf: Certificate, _ others: [Certificate], trusting roots: CertificateStore
    ) async -> Verdict? {
        let time = Date(timeIntervalSince1970: Double(now))
        var verifier = Verifier(rootCertificates: roots) {
            RFC5280Policy(fixedExpiryValidationTime: time)
        }
        let result = await verifier.validate(
            leaf: leaf, intermediates: CertificateStore(others))
        if case .validCertificate = result { return nil }
        if let verdict = staleness([leaf] + others) { return verdict }
        return Verdict(
            .certificateNotTrusted, "Nobody we trust vouches for the server's certificate.")
    }

    /// Nil when none of the certificates is beyond its time.
    private func staleness(_ certificates: [Certificate]) -> Verdict? {
        let time = Date(timeIntervalSince1970: Double(now))
        if certificates.contains(where: { $0.notValidAfter < time }) {
            return Verdict(.certificateExpired, "The server's certificate has expired.")
        }
        if certificates.contains(where: { $0.notValidBefore > time }) {
            return Verdict(.certificateNotTrusted, "The server's certificate is not valid yet.")
        }
        return nil
    }

    private static func mismatch(_ names: [String]) -> Verdict {
        Verdict(
            .certificateHostMismatch,
            "The server's certificate is not for \(names.joined(separator: ", ")).")
    }

    /// The certificates that TLSA records of usage 2 make trust anchors: those of the chain that
    /// match, those given whole in the DNS, and those signed by a key given whole there
    /// (RFC 7671 §5.2).
    private static func trustAnchors(
        _ chain: [[UInt8]], _ certificates: [Certificate?], _ records: [TLSAssociation]
    ) -> [Certificate] {
        var anchors: [Certificate] = []
        for record in records {
            for (encoded, certificate) in zip(chain, certificates) {
                if let certificate, matches(record, encoded) { anchors.append(certificate) }
            }
            guard record.matching == 0 else { continue }
            if record.selector == 0 {
                if let certificate = parse(record.data) { anchors.append(certificate) }
            } else if let key = try? Certificate.PublicKey(derEncoded: record.data) {
                anchors += certificates.compactMap { $0 }.filter {
                    key.isValidSignature($0.signature, for: $0)
                }
            }
        }
        return anchors
    }

    /// RFC 7671 §9: where several digests of one usage and selector are published, the strongest
    /// alone counts.
    static func strongest(_ records: [TLSAssociation]) -> [TLSAssociation] {
        let records = records.prefix(Limits.associations).filter(\.isUsable)
        return records.filter { record in
            record.matching != 1
                || !records.contains {
                    $0.matching == 2 && $0.usage == record.usage && $0.selector == record.selector
                }
        }
    }

    /// Whether the record is of this certificate (RFC 6698 §2.1).
    static func matches(_ record: TLSAssociation, _ certificate: [UInt8]) -> Bool {
        let selected: ArraySlice<UInt8>
        if record.selector == 0 {
            selected = certificate[...]
        } else {
            guard let key = CertificateEncoding.publicKey(in: certificate) else { return false }
            selected = key
        }
        switch record.matching {
        case 0: return selected.elementsEqual(record.data)
        case 1: return SHA256.hash(data: selected).elementsEqual(record.data)
        default: return SHA512.hash(data: selected).elementsEqual(record.data)
        }
    }

    private static func parse(_ certificate: [UInt8]) -> Certificate? {
        guard certificate.count <= Limits.certificateOctets else { return nil }
        return try? Certificate(derEncoded: certificate)
    }
}
