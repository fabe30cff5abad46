import Foundation

/// A certificate authority of a test's own and its certificates, made with OpenSSL's program:
/// `ca.pem`, and for each name `NAME.pem` and `NAME.key`.
public struct CertificateFolder: Sendable {
    public let path: String

    /// Makes the authority in a folder that is there.
    public init(_ path: String) throws {
        self.path = path
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", file("ca.key"), "-out", authority, "-days", "30",
            "-subj", "/CN=test-authority",
        ])
    }

    /// The authority's certificate.
    public var authority: String { file("ca.pem") }
    public func certificate(_ name: String) -> String { file(name + ".pem") }
    public func key(_ name: String) -> String { file(name + ".key") }

    /// Makes a certificate for these hosts, and for servers that are reached by address.
    public func make(_ name: String, for hosts: [String], addresses: [String] = []) throws {
        let names = (hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" })
            .joined(separator: ",")
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(filePath: file(name + ".ext")))
        try openssl([
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key(name), "-out",
            file(name + ".csr"), "-subj", "/CN=\(hosts[0])",
        ])
        try openssl([
            "x509", "-req", "-in", file(name + ".csr"), "-CA", authority, "-CAkey", file("ca.key"),
            "-set_serial", "\(UInt32.random(in: 1...UInt32.max))", "-days", "30",
            "-extfile", file(name + ".ext"), "-out", certificate(name),
        ])
    }

    /// The SHA-256 of a certificate's key, as TLSA `3 1 1` has it.
    public func keyDigest(_ name: String) throws -> String {
        let log = file("digest")
        try Command.run(
            [
                "sh", "-c",
                "openssl x509 -in '\(certificate(name))' -noout -pubkey"
                    + " | openssl pkey -pubin -outform DER | sha256sum",
            ], log: log)
        return String(decoding: try SharedData.bytes(log).prefix(64), as: UTF8.self)
    }

    private func file(_ name: String) -> String { path + "/" + name }

    private func openssl(_ words: [String]) throws { try Command.run(["openssl"] + words) }
}
