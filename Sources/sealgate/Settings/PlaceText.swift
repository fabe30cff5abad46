import Identities
import ReportConsumer

/// A place that reports are fetched from, as settings name it: an address, then words.
///
/// `imaps://reports%40example.com@mail.example.com/INBOX password-file=/etc/sealgate/imap
/// after=archive:Done`, `imap://…` (STARTTLS), `folder:/srv/reports`, `maildir:/var/mail/reports`.
struct PlaceText: Hashable, Sendable, CustomStringConvertible {
    let place: ReportPlace
    /// As it was written; there is no secret in it, since none is taken.
    let description: String

    /// Nil when a word is unknown or missing, and when a password stands in the address.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard let address = words.first else { return nil }
        var options: [(name: String, value: String)] = []
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "="),
                let value = Self.decoded(word[word.index(after: sign)...]), !value.isEmpty
            else { return nil }
            options.append((String(word[..<sign]), value))
        }
        let place: ReportPlace? =
            address.hasPrefix("imap")
            ? Self.mailbox(address, options).map { .mailbox($0) }
            : Self.folder(address, options).map { .folder($0) }
        guard let place else { return nil }
        self.place = place
        description = words.joined(separator: " ")
    }

    // MARK: Folders

    private static func folder(
        _ address: Substring, _ options: [(name: String, value: String)]
    ) -> FolderPlace? {
        guard let colon = address.firstIndex(of: ":"),
            let kind = FolderPlace.Kind(rawValue: String(address[..<colon])),
            let path = decoded(address[address.index(after: colon)...]), path.hasPrefix("/")
        else { return nil }
        var folder = FolderPlace(path: path, kind: kind)
        for (name, value) in options {
            switch (name, value) {
            case ("after", "move"): folder.afterwards = .move
            case ("after", "keep"): folder.afterwards = .keep
            case ("domain", _):
                guard let domain = DomainName(value) else { return nil }
                folder.domains = (folder.domains ?? []) + [domain]
            default: return nil
            }
        }
        return folder
    }

    // MARK: Mailboxes

    private static func mailbox(
        _ address: Substring, _ options: [(name: String, value: String)]
    ) -> MailboxPlace? {
        guard let scheme = address.firstRange(of: "://"),
            let security = MailboxPlace.Security(rawValue: String(address[..<scheme.lowerBound])),
            let at = address.lastIndex(of: "@"), at >= scheme.upperBound
        else { return nil }
        // A colon would divide a password off: none is taken here.
        let userPart = address[scheme.upperBound..<at]
        let rest = address[address.index(after: at)...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard !userPart.contains(":"), let user = decoded(userPart), !user.isEmpty,
            let server = SocketAddress(
                String(rest[..<slash]), standardPort: security == .tls ? 993 : 143),
            let folder = decoded(rest[slash...].dropFirst())
        else { return nil }
        let secrets = options.compactMap { secret($0.name, $0.value) }
        guard secrets.count == 1 else { return nil }
        var mailbox = MailboxPlace(
            host: server.host, port: server.port, security: security, user: user,
            secret: secrets[0], folder: folder.isEmpty ? "INBOX" : folder,
            afterwards: .archive("Archive"))
        for (name, value) in options where secret(name, value) == nil {
            guard take(name, value, into: &mailbox) else { return nil }
        }
        return mailbox
    }

    private static func secret(_ name: String, _ value: String) -> MailboxPlace.Secret? {
        switch name {
        case "password-file": .passwordFile(value)
        case "password-variable": .passwordVariable(value)
        case "token-file": .tokenFile(value)
        default: nil
        }
    }

    private static func take(
        _ name: String, _ value: String, into mailbox: inout MailboxPlace
    ) -> Bool {
        switch (name, value) {
        case ("after", "mark"): mailbox.afterwards = .mark
        case ("after", "delete"): mailbox.afterwards = .delete
        case ("after", _):
            guard value.hasPrefix("archive:"), value != "archive:" else { return false }
            let folder = String(value.dropFirst("archive:".count))
            // What is archived where it comes from would come again and again.
            guard folder != mailbox.folder else { return false }
            mailbox.afterwards = .archive(folder)
        case ("ca", _): mailbox.authorities = value
        case ("domain", _):
            guard let domain = DomainName(value) else { return false }
            mailbox.domains = (mailbox.domains ?? []) + [domain]
        case ("tls", "none"):
            // Passwords go in clear: to this machine alone.
            let isHere = ["127.0.0.1", "::1", "localhost"].contains(mailbox.host)
            guard mailbox.security == .startTLS, isHere else { return false }
            mailbox.security = .none
        default: return false
        }
        return true
    }

    /// Without percent signs (RFC 3986 §2.1); nil when one stands wrongly.
    private static func decoded(_ text: Substring) -> String? {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value >= 0x20
            else { return nil }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: octets, as: UTF8.self)
    }
}
