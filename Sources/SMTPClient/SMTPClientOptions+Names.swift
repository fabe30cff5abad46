internal import NIOSSL
internal import SwiftASN1
internal import X509

extension SMTPClientOptions.Identity {
    /// The name that a server knows the identity by: the certificate's first DNS name, else the
    /// common name of its subject. Nil when the certificate has neither.
    ///
    /// - Throws: when the file cannot be read as certificates in PEM.
    public func name() throws -> String? {
        guard
            let first = try NIOSSLCertificate.fromPEMFile(certificateFile).first,
            let certificate = try? Certificate(derEncoded: first.toDERBytes())
        else { return nil }
        return CertificateNames(certificate, takesSubject: true).first
    }
}
