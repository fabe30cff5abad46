import AsyncHTTPClient
public import DNS
public import Identities
import MailAuthentication
import NIOCore
import NIOHTTP1
import NIOSSL
import SMTPClient

/// The few things that a gateway asks of the web: policies of other domains, and a door for TLS
/// reports. Addresses come from the gateway's own resolver, and no name leads into our own network.
public struct WebClient: Sendable {
    /// What differs where there is no Internet.
    public struct Options: Sendable {
        /// A file of certificates in PEM; nil for the system's.
        public var trustRoots: String?
        public var port: Int?
        /// Whether names may lead to this machine and private networks.
        public var allowsPrivateNetworks = false

        public init() {}
    }

    private let lookup: any DNSLookup
    private let options: Options

    public init(lookup: any DNSLookup, options: Options = Options()) {
        self.lookup = lookup
        self.options = options
    }

    /// Fetches an MTA-STS policy: no redirects, a minute at most, text/plain (RFC 8461 §3.3).
    public func policy(of domain: DomainName, _ url: String) async -> MTASTSPolicyFetch {
        let most = MailAuthentication.Limits.mtaSTSPolicyOctets + 1
        do {
            let response = try await send(HTTPClientRequest(url: url), seconds: 60, most: most)
            guard response.status == 200 else {
                return .failure(
                    .stsPolicyFetchError, text: "\(url) answers with status \(response.status).")
            }
            guard response.type.lowercased().hasPrefix("text/plain") else {
                return .failure(
                    .stsPolicyFetchError, text: "\(url) is not of the type text/plain.")
            }
            return .body(response.body)
        } catch let fault as Fault {
            return .failure(.stsPolicyFetchError, text: fault.description)
        } catch {
            let text = "\(error)"
            let isCertificate = text.lowercased().contains("certificate")
            return .failure(
                isCertificate ? .stsWebPKIInvalid : .stsPolicyFetchError,
                text: "\(url) cannot be fetched: \(Self.short(text))")
        }
    }

    /// Sends a TLS report (RFC 8460 §5.4).
    public func post(_ report: ReportPost) async -> ReportPost.Answer {
        var request = HTTPClientRequest(url: report.uri)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: report.mediaType)
        request.body = .bytes(report.octets)
        do {
            return .status(try await send(request, seconds: 60, most: 1 << 16).status)
        } catch {
            return .unreachable(Self.short("\(error)"))
        }
    }

    private struct Response {
        var status: Int
        var type: String
        var body: [UInt8]
    }

    private struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private func send(
        _ request: HTTPClientRequest, seconds: Int64, most: Int
    ) async throws -> Response {
        guard request.url.hasPrefix("https://"),
            let name = request.url.dropFirst(8).split(whereSeparator: { "/:?#".contains($0) })
                .first,
            let host = DomainName(name)
        else { throw Fault(description: "\(Self.short(request.url)) is no address of the web.") }
        // A stranger chose the name: it must not lead to what only this machine can reach.
        guard let address = await address(of: host) else {
            throw Fault(description: "The host \(host) has no address that may be asked.")
        }
        var configuration = HTTPClient.Configuration.singletonConfiguration
        var request = request
        if let port = options.port {
            request.url = request.url.replacing(
                "https://\(host.text)/", with: "https://\(host.text):\(port)/", maxReplacements: 1)
        }
        if let roots = options.trustRoots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(roots)
            configuration.tlsConfiguration = tls
        }
        configuration.redirectConfiguration = .disallow
        // A host that refuses or proves nothing will not do better in a minute, and mail waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [host.text: address.description]
        let client = HTTPClient(configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .seconds(seconds))
            let body = try await response.body.collect(upTo: most)
            try await client.shutdown()
            return Response(
                status: Int(response.status.code),
                type: response.headers.first(name: "Content-Type") ?? "",
                body: Array(body.readableBytesView))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func address(of host: DomainName) async -> IPAddress? {
        for type in [RecordType.a, .aaaa] {
            for address in await lookup.lookUp(host, type).addresses
            where options.allowsPrivateNetworks || Self.isPublic(address) {
                return address
            }
        }
        return nil
    }

    private static func short(_ text: String) -> String {
        String(text.prefix(200).map { $0.isNewline ? " " : $0 })
    }

    /// RFC 6890: not loopback, private, link-local, shared or multicast.
    static func isPublic(_ address: IPAddress) -> Bool {
        let inside = [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10",
            "ff00::/8", "64:ff9b::/96",
        ]
        return !inside.contains { IPNetwork($0)?.contains(address) ?? false }
    }
}
