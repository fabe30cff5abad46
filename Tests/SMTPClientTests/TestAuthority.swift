import FoundationEssentials
import NIOSSL
import TestSupport

/// A certificate authority of the tests' own, made with OpenSSL's program: a root, an authority
/// below it, and certificates of that.
struct TestAuthority: Sendable {
    /// A certificate in files, and encoded.
    struct Issued: Sendable {
        let file: String
        let keyFile: String
        let certificate: NIOSSLCertificate

        var encoded: [UInt8] { (try? certificate.toDERBytes()) ?? [] }
        /// The SubjectPublicKeyInfo, as BoringSSL writes it.
        var publicKey: [UInt8] { (try? certificate.extractPublicKey().toSPKIBytes()) ?? [] }
    }

    let folder: String
    let root: Issued
    let issuing: Issued

    /// One for all tests; nothing in it is ever changed.
    static let shared = Result { try TestAuthority("Test Root") }
    /// One that nobody trusts.
    static let stranger = Result { try TestAuthority("Stranger") }

    init(_ name: String) throws {
        folder =
            FileManager.default.temporaryDirectory.path() + "/authority-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign"
        root = try Self.issue(folder, "root", "/CN=\(name)", authority, nil)
        issuing = try Self.issue(folder, "issuing", "/CN=\(name) Issuing", authority, root)
    }

    /// A certificate for DNS names, given as `DNS:mx.example,IP:127.0.0.1`; none at all for nil.
    func issue(_ names: String?, subject: String = "/CN=test") throws -> Issued {
        let names = names.map { "\nsubjectAltName=\($0)" } ?? ""
        return try Self.issue(
            folder, UUID().uuidString, subject, "basicConstraints=CA:FALSE" + names, issuing)
    }

    private static func issue(
        _ folder: String, _ file: String, _ subject: String, _ extensions: String,
        _ issuer: Issued?
    ) throws -> Issued {
        let path = folder + "/" + file
        try Data("[x]\n\(extensions)\n".utf8).write(
            to: URL(filePath: path + ".ext"))
        try Command.run([
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", path + ".key", "-out", path + ".csr", "-subj", subject,
        ])
        let signer =
            issuer.map { ["-CA", $0.file, "-CAkey", $0.keyFile] }
            ?? ["-signkey", path + ".key"]
        try Command.run(
            [
                "openssl", "x509", "-req", "-in", path + ".csr", "-days", "365", "-out",
                path + ".pem", "-set_serial", "\(UInt32.random(in: 1...UInt32.max))", "-extfile",
                path + ".ext", "-extensions", "x",
            ] + signer)
        let certificates = try NIOSSLCertificate.fromPEMFile(path + ".pem")
        return Issued(
            file: path + ".pem", keyFile: path + ".key", certificate: certificates[0])
    }

    /// What a server with this certificate shows: itself, the issuing authority and the root.
    func server(
        _ issued: Issued, chain: [NIOSSLCertificate]? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> NIOSSLContext {
        let chain = [issued.certificate] + (chain ?? [issuing.certificate, root.certificate])
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: issued.keyFile, format: .pem)))
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}
