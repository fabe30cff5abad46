internal import NIOSSL
internal import SwiftASN1
internal import Synchronization
internal import X509

/// What handshakes need: our certificates and those that we trust, read from files again when told.
final class TLSMaterial: Sendable {
    /// An identity or a file of roots that cannot be used; the sentence says which.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var identities: [String: SMTPClientOptions.Identity]
        var contexts: [String: NIOSSLContext] = [:]
        var anonymous: NIOSSLContext?
        var roots: CertificateStore?
    }

    private let trustedRoots: SMTPClientOptions.TrustRoots
    private let state: Mutex<State>

    init(_ options: SMTPClientOptions) {
        trustedRoots = options.trustRoots
        state = Mutex(State(identities: options.identities))
    }

    /// Reads all files anew, or those of other identities. When one cannot be used, everything
    /// stays as it was.
    func reload(identities: [String: SMTPClientOptions.Identity]?) throws {
        let identities = identities ?? state.withLock { $0.identities }
        let fresh = State(
            identities: identities, contexts: try identities.mapValues { try Self.context($0) },
            anonymous: try Self.context(nil), roots: try Self.roots(trustedRoots))
        state.withLock { $0 = fresh }
    }

    /// The context for handshakes as the named identity, or as nobody.
    func context(_ name: String?) throws -> NIOSSLContext {
        let known = state.withLock { state in name.map { state.contexts[$0] } ?? state.anonymous }
        if let known { return known }
        guard let name else {
            let context = try Self.context(nil)
            state.withLock { $0.anonymous = context }
            return context
        }
        guard let identity = state.withLock({ $0.identities[name] }) else {
            throw Unusable(description: "There is no client certificate called \(name).")
        }
        do {
            let context = try Self.context(identity)
            state.withLock { $0.contexts[name] = context }
            return context
        } catch {
            throw Unusable(description: "The client certificate \(name) cannot be used: \(error)")
        }
    }

    func trustRoots() throws -> CertificateStore {
        if let known = state.withLock({ $0.roots }) { return known }
        do {
            let roots = try Self.roots(trustedRoots)
            state.withLock { $0.roots = roots }
            return roots
        } catch {
            throw Unusable(description: "The trust roots cannot be read: \(error)")
        }
    }

    private static func context(_ identity: SMTPClientOptions.Identity?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // Certificates are judged by CertificateExamination, after the handshake.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(
                identity.certificateFile
            ).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: identity.keyFile, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func roots(_ roots: SMTPClientOptions.TrustRoots) throws -> CertificateStore {
        switch roots {
        case .system: CertificateStore.systemTrustRoots
        case .file(let path):
            CertificateStore(
                try NIOSSLCertificate.fromPEMFile(path).compactMap {
                    try? Certificate(derEncoded: $0.toDERBytes())
                })
        }
    }
}
