import Glibc
import Identities
import MailAuthentication

/// The MTA-STS policies that were fetched, a file each, so that a restart does not make us trust
/// whoever hides a domain's policy (RFC 8461 §5.1).
public struct MTASTSPolicyFolder: Sendable {
    private let path: String
    /// Octets of the line before a policy's text.
    private static let headOctets = 128

    /// - Parameter path: the folder; it is made with the first policy.
    public init(_ path: String) { self.path = path }

    /// The policies that still count; files that cannot be read or whose time is over go away.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func entries(now: Int64) -> [MTASTSCache.Entry] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        var entries: [MTASTSCache.Entry] = []
        for name in names where name != "." && name != ".." {
            if entries.count < Limits.rememberedPolicies, let entry = entry(name, now) {
                entries.append(entry)
            } else {
                unlink("\(path)/\(name)")
            }
        }
        return entries.sorted { $0.fetchedAt < $1.fetchedAt }
    }

    /// Keeps a policy. What went wrong, as a sentence; nil when it is kept.
    public func save(_ entry: MTASTSCache.Entry) -> String? {
        mkdir(path, 0o700)
        // Domain names have no slash, and none begins with a dot.
        let place = "\(path)/\(entry.domain.text)"
        let draft = "\(path)/.\(UInt64.random(in: 0...UInt64.max))"
        let octets = Array("\(entry.id) \(entry.fetchedAt)\n".utf8) + entry.text
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return problem(entry.domain) }
        let isWritten = write(file, octets, octets.count) == octets.count && fdatasync(file) == 0
        let words = problem(entry.domain)
        close(file)
        guard isWritten else {
            unlink(draft)
            return words
        }
        return rename(draft, place) == 0 ? nil : problem(entry.domain)
    }

    private func problem(_ domain: DomainName) -> String {
        "The MTA-STS policy of \(domain) cannot be kept in \(path): \(systemWords(errno))"
    }

    private func entry(_ name: String, _ now: Int64) -> MTASTSCache.Entry? {
        guard let domain = DomainName(name), let octets = read("\(path)/\(name)"),
            let end = octets.firstIndex(of: 0x0A)
        else { return nil }
        let words = String(decoding: octets[..<end], as: UTF8.self).split(separator: " ")
        let text = Array(octets[(end + 1)...])
        guard words.count == 2, let fetchedAt = Int64(words[1]),
            let policy = try? MTASTSPolicyParser.parse(text),
            now - fetchedAt < policy.maxAge * 1_000
        else { return nil }
        return MTASTSCache.Entry(
            domain: domain, id: String(words[0]), text: text, fetchedAt: fetchedAt)
    }

    /// Nil for a file that is larger than a policy can be.
    private func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let most = MailAuthentication.Limits.mtaSTSPolicyOctets + Self.headOctets
        var octets: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while octets.count <= most {
            let count = Glibc.read(file, &part, part.count)
            guard count >= 0 else { return nil }
            if count == 0 { return octets }
            octets += part.prefix(count)
        }
        return nil
    }
}
