import ArgumentParser
import FoundationEssentials
import Glibc
import Identities
import MailAuthentication

/// `sealgate key`: makes a key pair for signing.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Makes a DKIM key: the private half into a file, the DNS record to print.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case rsa, ed25519
    }

    @Option(help: "rsa or ed25519") var type = Kind.rsa
    @Option(help: "Bits of an RSA key.") var bits = 2_048
    @Option(help: "Domain that will sign.") var domain: DomainName
    @Option(help: "Selector under which the record will stand.") var selector: String
    @Option(help: "File to write the private key to; it must not exist yet.") var output: String

    func run() throws {
        let key: SigningKey
        do {
            key = try SigningKey.generate(type == .rsa ? .rsa : .ed25519, bits: bits)
        } catch {
            throw PlainError(error.reason)
        }
        // Nobody else may read it, not even for a moment.
        let file = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw PlainError("\(output) cannot be written: \(String(cString: strerror(errno))).")
        }
        defer { close(file) }
        let text = Array(key.pem.utf8)
        guard write(file, text, text.count) == text.count, fsync(file) == 0 else {
            throw PlainError("\(output) cannot be written: \(String(cString: strerror(errno))).")
        }
        print("The private key is in \(output). Publish this record, then sign with the key:\n")
        print("\(selector)._domainkey.\(domain). IN TXT ( \(quoted(key.keyRecord)) )")
    }

    /// In strings of at most 255 octets (RFC 1035 §3.3.14).
    private func quoted(_ record: String) -> String {
        var rest = Substring(record)
        var parts: [String] = []
        while !rest.isEmpty {
            parts.append("\"\(rest.prefix(250))\"")
            rest = rest.dropFirst(250)
        }
        return parts.joined(separator: " ")
    }
}
