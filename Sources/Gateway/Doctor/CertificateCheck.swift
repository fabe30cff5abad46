internal import NIOSSL
internal import SMTPServer

/// Whether a certificate and its key can be used: readable, matching, for the right name, in force.
public struct CertificateCheck: Sendable {
    private let purpose: String
    private let certificate: String
    private let key: String
    private let name: String?
    private let now: Int64

    /// - Parameters:
    ///   - purpose: what it is shown for, for people.
    ///   - name: the host that it should name; nil when it need not.
    ///   - now: seconds since 1970.
    public init(
        _ purpose: String, certificate: String, key: String, name: String?, now: Int64
    ) {
        self.purpose = purpose
        self.certificate = certificate
        self.key = key
        self.name = name
        self.now = now
    }

    public func look() -> [Finding] {
        do throws(ServerTLS.Fault) {
            _ = try ServerTLS(ServerTLS.Files(certificatePath: certificate, keyPath: key))
        } catch {
            return [
                finding(
                    .wrong, "The certificate for \(purpose) cannot be used: \(error)",
                    advice: "Both files are PEM, the chain with the leaf first, and the user "
                        + "that sealgate runs as must be able to read them.")
            ]
        }
        guard let leaf = try? NIOSSLCertificate.fromPEMFile(certificate).first else {
            return [finding(.wrong, "The certificate for \(purpose) cannot be read.")]
        }
        var findings = [dates(of: leaf)]
        if let name, !Self.names(of: leaf).contains(where: { Self.covers($0, name) }) {
            findings.append(
                finding(
                    .look, "The certificate does not name this host, \(name).",
                    advice: "Get one for \(name): senders that insist on a right certificate "
                        + "(MTA-STS) will not deliver to you."))
        }
        return findings
    }

    private func dates(of leaf: NIOSSLCertificate) -> Finding {
        let (from, until) = (Int64(leaf.notValidBefore), Int64(leaf.notValidAfter))
        let last = TerminalText.instant(until * 1_000)
        if until <= now {
            return finding(
                .wrong, "The certificate for \(purpose) ended on \(last).",
                advice: "Renew it, and send sealgate a SIGHUP: it takes the new one up at once.")
        }
        if from > now {
            return finding(
                .wrong,
                "The certificate for \(purpose) begins only on "
                    + "\(TerminalText.instant(from * 1_000)).",
                advice: "Check this machine's clock, or use the certificate from then on.")
        }
        let days = (until - now) / 86_400
        if days < Limits.doctorCertificateDays {
            return finding(
                .look, "The certificate for \(purpose) ends in \(days) days, on \(last).",
                advice: "See why it was not renewed yet; after renewing, send sealgate a SIGHUP.")
        }
        return finding(
            .ok, "Certificate and key for \(purpose) go together; good until \(last).")
    }

    private static func names(of leaf: NIOSSLCertificate) -> [String] {
        leaf._subjectAlternativeNames().filter { $0.nameType == .dnsName }
            .map { String(decoding: $0.contents, as: UTF8.self).lowercased() }
    }

    /// A star stands for one label (RFC 6125 §6.4.3).
    private static func covers(_ pattern: String, _ name: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return pattern == name }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return name[dot...] == pattern.dropFirst()
    }

    private func finding(
        _ state: Finding.State, _ sentence: String, advice: String? = nil
    ) -> Finding {
        Finding("certificate", state, at: certificate, sentence, advice: advice)
    }
}
