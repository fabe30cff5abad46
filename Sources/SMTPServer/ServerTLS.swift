internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The certificate that a listener shows; a new one is taken up without a restart.
///
/// Connections that are open keep what they have; every later handshake sees the new files.
public final class ServerTLS: Sendable {
    /// Where certificate and key lie, both PEM.
    public struct Files: Hashable, Sendable {
        /// The chain, leaf first.
        public var certificatePath: String
        public var keyPath: String
        /// Authorities of client certificates. When given, clients are asked for one, and one that
        /// is shown must be theirs; nil asks for none.
        public var clientAuthoritiesPath: String?

        public init(
            certificatePath: String, keyPath: String, clientAuthoritiesPath: String? = nil
        ) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
            self.clientAuthoritiesPath = clientAuthoritiesPath
        }
    }

    /// The files cannot be used; `description` says which and why.
    public struct Fault: Error, CustomStringConvertible, Sendable {
        public let description: String
    }

    private struct State {
        var files: Files
        var context: NIOSSLContext
    }

    private let state: Mutex<State>

    public init(_ files: Files) throws(Fault) {
        state = Mutex(State(files: files, context: try Self.context(files)))
    }

    /// The files in use.
    public var files: Files { state.withLock { $0.files } }

    /// Reads the files again, or other ones. When they cannot be used the old ones stay in use.
    public func reload(_ files: Files? = nil) throws(Fault) {
        let files = files ?? self.files
        let context = try Self.context(files)
        state.withLock { $0 = State(files: files, context: context) }
    }

    /// Shows what another one has read from now on.
    public func takeOver(_ other: ServerTLS) {
        let fresh = other.state.withLock { $0 }
        state.withLock { $0 = fresh }
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    private static func context(_ files: Files) throws(Fault) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificatePath)
        } catch {
            throw Fault(description: "\(files.certificatePath) holds no certificate: \(error)")
        }
        guard !chain.isEmpty else {
            throw Fault(description: "\(files.certificatePath) holds no certificate.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.keyPath, format: .pem)
        } catch {
            throw Fault(description: "\(files.keyPath) holds no private key: \(error)")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let authorities = files.clientAuthoritiesPath {
            configuration.trustRoots = .file(authorities)
            configuration.certificateVerification = .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(
                description: "\(files.certificatePath) and \(files.keyPath) do not go together: "
                    + "\(error)")
        }
    }
}
