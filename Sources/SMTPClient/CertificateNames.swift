internal import Identities
internal import SwiftASN1
internal import X509

/// The names that a certificate is for (RFC 6125 §6.4, RFC 9525 §6.3).
struct CertificateNames {
    private var hosts: [String] = []
    private var addresses: [[UInt8]] = []

    /// - Parameter takesSubject: whether the subject's common name counts when there is no DNS name
    ///   (RFC 7672 §3.2.3).
    init(_ certificate: Certificate, takesSubject: Bool) {
        for name in (try? certificate.extensions.subjectAlternativeNames).flatMap({ $0 })
            ?? .init([])
        {
            switch name {
            case .dnsName(let host): hosts.append(Self.canonical(host))
            case .ipAddress(let octets): addresses.append(Array(octets.bytes))
            default: break
            }
        }
        guard hosts.isEmpty, takesSubject else { return }
        for relativeName in certificate.subject {
            for attribute in relativeName
            where attribute.type == .RDNAttributeType.commonName {
                hosts.append(Self.canonical(attribute.value.description))
            }
        }
    }

    /// The first host that the certificate names.
    var first: String? { hosts.first { !$0.isEmpty } }

    /// The first of the names that the certificate is for.
    func match(_ names: [String]) -> String? {
        names.first { name in
            if let address = IPAddress(name) { return addresses.contains(address.bytes) }
            let name = Self.canonical(name)
            return hosts.contains { Self.covers($0, name) }
        }
    }

    /// A wildcard is the whole of the left-most label and stands for one label; what is right of it
    /// has two labels at least, so that nobody is called `*.com`.
    static func covers(_ pattern: String, _ name: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return pattern == name && !name.isEmpty }
        let parent = pattern.dropFirst(2)
        guard !parent.contains("*"), parent.contains("."), let dot = name.firstIndex(of: ".")
        else { return false }
        return dot > name.startIndex && name[name.index(after: dot)...] == parent
    }

    private static func canonical(_ name: String) -> String {
        if name.hasPrefix("*."), let parent = DomainName(name.dropFirst(2)) {
            return "*." + parent.text
        }
        return DomainName(name)?.text ?? ""
    }
}
