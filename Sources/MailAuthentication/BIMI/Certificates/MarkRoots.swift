import SwiftASN1
import X509

/// The root certificates of the authorities whose mark certificates are believed.
public struct MarkRoots: Sendable {
    /// Why a file is no list of roots: a mistake in our own configuration.
    public struct Unreadable: Error, CustomStringConvertible {
        /// For a person: one plain sentence.
        public let description: String
    }

    let certificates: [Certificate]

    /// Nobody is believed.
    public init() {
        certificates = []
    }

    /// Reads a PEM file of root certificates.
    public init(pem: [UInt8]) throws(Unreadable) {
        let found: [[UInt8]]
        do throws(CertificateText.Refusal) {
            found = try CertificateText.certificates(in: pem, limit: Limits.markRoots)
        } catch {
            throw Unreadable(
                description: "The file of root certificates is no readable PEM file, or too large.")
        }
        guard !found.isEmpty else {
            throw Unreadable(description: "The file of root certificates holds no certificate.")
        }
        var certificates: [Certificate] = []
        for (index, der) in found.enumerated() {
            guard let certificate = try? Certificate(derEncoded: der) else {
                throw Unreadable(
                    description: "Root certificate number \(index + 1) of the file is not readable."
                )
            }
            certificates.append(certificate)
        }
        self.certificates = certificates
    }

    /// How many there are.
    public var count: Int { certificates.count }

    /// The names of their subjects.
    public var names: [String] { certificates.map { MarkSubject($0.subject).shortName } }
}
