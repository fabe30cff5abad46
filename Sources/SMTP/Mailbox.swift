public import Identities

/// Where a mailbox is: a domain, or an address literal (RFC 5321 §4.1.3).
public enum MailHost: Hashable, Sendable, CustomStringConvertible {
    case domain(DomainName)
    case address(IPAddress)

    public var domain: DomainName? {
        if case .domain(let name) = self { name } else { nil }
    }

    public var description: String {
        switch self {
        case .domain(let name): name.text
        case .address(let address): address.isIPv4 ? "[\(address)]" : "[IPv6:\(address)]"
        }
    }
}

/// A mailbox of an SMTP path: `local@domain` or `local@[192.0.2.1]` (RFC 5321 §4.1.2, RFC 6531).
public struct Mailbox: Hashable, Sendable, CustomStringConvertible {
    /// Without quotes and escapes; its case is kept.
    public let localPart: String
    public let host: MailHost

    /// Nil when the local part is empty, longer than `Limits.localPartOctets`, or holds controls.
    public init?(localPart: String, host: MailHost) {
        guard !localPart.isEmpty, localPart.utf8.count <= Limits.localPartOctets,
            !LocalPart.hasControls(localPart.utf8)
        else { return nil }
        self.localPart = localPart
        self.host = host
    }

    public init(_ address: EmailAddress) {
        localPart = address.localPart
        host = .domain(address.domain)
    }

    /// Nil for an address literal.
    public var address: EmailAddress? {
        host.domain.flatMap { EmailAddress(localPart: localPart, domain: $0) }
    }

    /// Whether it needs SMTPUTF8 (RFC 6531 §3.3).
    public var isInternational: Bool { !localPart.utf8.allSatisfy { $0 < 0x80 } }

    /// As it stands in a path, quoted only where it must be.
    public var description: String {
        "\(LocalPart.render(localPart))@\(host)"
    }
}

/// What MAIL FROM names: a mailbox, or nobody (RFC 5321 §4.5.5), as bounces have it.
public struct ReversePath: Hashable, Sendable, CustomStringConvertible {
    /// Nil for the null reverse path, `<>`.
    public let mailbox: Mailbox?

    public init(_ mailbox: Mailbox?) { self.mailbox = mailbox }

    public static let null = ReversePath(nil)

    public var isNull: Bool { mailbox == nil }

    /// Without angle brackets; empty for the null path.
    public var description: String { mailbox?.description ?? "" }
}

/// What RCPT TO names. `<postmaster>` without a domain is the server's own (RFC 5321 §4.5.1).
public struct ForwardPath: Hashable, Sendable, CustomStringConvertible {
    /// Nil for `<postmaster>` alone.
    public let mailbox: Mailbox?

    public init(_ mailbox: Mailbox) { self.mailbox = mailbox }
    private init() { mailbox = nil }

    public static let postmaster = ForwardPath()

    /// Without angle brackets.
    public var description: String { mailbox?.description ?? "postmaster" }
}

enum LocalPart {
    /// A dot-atom as it is, anything else as a quoted string.
    static func render(_ text: String) -> String {
        if isDotAtom(text.utf8) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// C0, DEL and, in UTF-8, C1.
    static func hasControls(_ octets: some Collection<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for octet in octets {
            if Octets.isControl(octet) || previous == 0xC2 && octet < 0xA0 { return true }
            previous = octet
        }
        return false
    }

    static func isDotAtom(_ octets: some Collection<UInt8>) -> Bool {
        var previous = UInt8(ascii: ".")
        for octet in octets {
            if octet == UInt8(ascii: ".") {
                guard previous != UInt8(ascii: ".") else { return false }
            } else {
                guard isAtomText(octet) else { return false }
            }
            previous = octet
        }
        return previous != UInt8(ascii: ".")
    }

    /// RFC 5322 §3.2.3 `atext`, and every octet of UTF-8 beyond ASCII.
    static func isAtomText(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x80...: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}
