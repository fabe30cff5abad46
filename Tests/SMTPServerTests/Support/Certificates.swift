import Foundation
import TestSupport

/// A certificate and its key, made by openssl for a test.
struct Certificates {
    let certificate: String
    let key: String

    /// A certificate that signs itself.
    static func make(_ name: String, in folder: String) throws -> Certificates {
        let certificate = "\(folder)/\(name)-\(UUID().uuidString).pem"
        let key = certificate + ".key"
        try Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
            "-keyout", key, "-out", certificate,
        ])
        return Certificates(certificate: certificate, key: key)
    }

    /// A folder for the time of a test.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "sealgate-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
