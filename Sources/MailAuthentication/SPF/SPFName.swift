internal import DNS
internal import Identities

/// A name to be asked for, as a record or a macro gives it.
enum SPFName: Hashable, Sendable {
    case domain(DomainName)
    /// A name with octets that no domain name has, as macros make them.
    case octets(DNSName, text: String)
    /// No question can be made of it: an empty or too long label, or nothing at all.
    case malformed(text: String)

    /// Takes a text of labels and dots; one trailing dot does not count.
    init(_ octets: ArraySlice<UInt8>) {
        let name = octets.last == 0x2E ? octets.dropLast() : octets
        guard name.last != 0x2E else {
            self = .malformed(text: String(decoding: name, as: UTF8.self))
            return
        }
        // RFC 8616 §4 asks for A-labels in records: what is beyond ASCII came from a macro and
        // stays as it is.
        if name.allSatisfy({ $0 < 0x80 }), let domain = DomainName(utf8: name) {
            self = .domain(domain)
            return
        }
        let text = String(decoding: name, as: UTF8.self)
        let labels = name.split(separator: 0x2E, omittingEmptySubsequences: false).map(Array.init)
        if let wire = DNSName(labels: labels), !wire.isRoot {
            self = .octets(wire, text: text)
        } else {
            self = .malformed(text: text)
        }
    }

    /// Takes a name out of an answer; nil for the root.
    init?(_ name: DNSName) {
        if let domain = name.domainName {
            self = .domain(domain)
        } else if name.isRoot {
            return nil
        } else {
            self = .octets(name, text: String(name.description.dropLast()))
        }
    }

    var text: String {
        switch self {
        case .domain(let domain): domain.text
        case .octets(_, let text), .malformed(let text): text
        }
    }

    /// RFC 7208 §4.3: a domain of one label has no SPF.
    var isMultiLabel: Bool {
        switch self {
        case .domain(let domain): domain.text.utf8.contains(0x2E)
        case .octets(let name, _): name.labelCount > 1
        case .malformed: false
        }
    }

    /// Whether this is the other name or lies below it.
    func isEqualOrBelow(_ other: SPFName) -> Bool {
        switch (self, other) {
        case (.domain(let mine), .domain(let theirs)): mine.isEqualOrBelow(theirs)
        case (.malformed, _), (_, .malformed): false
        default: wire.isEqualOrBelow(other.wire)
        }
    }

    private var wire: DNSName {
        switch self {
        case .domain(let domain): DNSName(domain)
        case .octets(let name, _): name
        case .malformed: .root
        }
    }
}
