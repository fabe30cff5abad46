public import Identities
import InternetMessage

/// The domains that the From fields of a message name as its author (RFC 9989 §5.3.1).
public struct AuthorDomains: Hashable, Sendable {
    /// What keeps the From fields from naming exactly one author.
    public enum Defect: String, Sendable, Codable, CaseIterable {
        /// There is no From field.
        case missingField = "missing-field"
        /// There is more than one; RFC 5322 §3.6 allows exactly one.
        case severalFields = "several-fields"
        /// No domain can be read from what is there.
        case noDomain = "no-domain"
        /// An address has something other than a domain name behind its `@`.
        case unreadableDomain = "unreadable-domain"
        /// Addresses of different domains stand there.
        case severalDomains = "several-domains"
        /// There are more fields, addresses or domains than are read.
        case tooMany = "too-many"
    }

    /// Each domain once, in the order of the message, as A-labels.
    public let domains: [DomainName]
    /// How many From fields the message has.
    public let fieldCount: Int
    public let defects: Set<Defect>
    /// The first thing behind an `@` that is no domain name.
    public let unreadable: String?

    /// Reads the From fields of a message.
    public init(_ message: RawMessage) {
        var reading = AuthorReading()
        for field in message.fields where field.isNamed("From") { reading.take(field) }
        self.init(reading)
    }

    /// One domain that is known beforehand.
    public init(_ domain: DomainName) {
        domains = [domain]
        fieldCount = 1
        defects = []
        unreadable = nil
    }

    private init(_ reading: AuthorReading) {
        var defects = reading.defects
        if reading.fieldCount == 0 {
            defects.insert(.missingField)
        } else if reading.domains.isEmpty {
            defects.insert(.noDomain)
        }
        if reading.fieldCount > 1 { defects.insert(.severalFields) }
        if reading.domains.count > 1 { defects.insert(.severalDomains) }
        domains = reading.domains
        fieldCount = reading.fieldCount
        unreadable = reading.unreadable
        self.defects = defects
    }

    /// Whether one of the domains can be vouched for. RFC 9989 §4.4: nothing is aligned with a From
    /// field that is repeated or malformed, because readers may be shown the other one.
    public var canPass: Bool { defects.isSubset(of: [.severalDomains]) && !domains.isEmpty }

    /// The defects as one plain sentence; nil without any.
    public var problem: String? {
        if defects.contains(.missingField) { return "The message has no From field." }
        if defects.contains(.severalFields) {
            return "The message has \(fieldCount) From fields; only one is allowed."
        }
        if defects.contains(.tooMany) { return "The From field names too many authors to check." }
        if let unreadable {
            return "The From field has an address at “\(unreadable)”, which is no domain name."
        }
        if defects.contains(.noDomain) {
            return "No domain can be read from the From field."
        }
        if defects.contains(.severalDomains) {
            return "The From field names authors of \(domains.count) domains."
        }
        return nil
    }
}

/// The From fields while they are read one by one.
private struct AuthorReading {
    var domains: [DomainName] = []
    var fieldCount = 0
    var defects: Set<AuthorDomains.Defect> = []
    var unreadable: String?

    mutating func take(_ field: RawField) {
        fieldCount += 1
        guard fieldCount <= Limits.authorFields,
            field.valueOctets.count <= Limits.authorFieldOctets
        else {
            defects.insert(.tooMany)
            return
        }
        if let domain = PlainAuthor.domain(of: field.valueOctets) {
            take(domain)
            return
        }
        let list = AddressList(parsing: [UInt8](field.valueOctets))
        if list.defects.contains(.tooManyAddresses) { defects.insert(.tooMany) }
        for entry in list.entries {
            switch entry {
            case .mailbox(let address): take(address.domain)
            case .group(_, let members): for member in members { take(member.domain) }
            }
        }
    }

    /// Takes what stands behind an `@`. Pieces without one are words (`Doe, Jane <jane@…>` without
    /// quotes is met in the wild): §5.3.1 goes by the domains that can be extracted.
    private mutating func take(_ text: String) {
        guard !text.isEmpty else { return }
        guard IPAddress(text) == nil, let domain = DomainName(text) else {
            defects.insert(.unreadableDomain)
            if unreadable == nil { unreadable = text.reasonExcerpt }
            return
        }
        take(domain)
    }

    private mutating func take(_ domain: DomainName) {
        guard !domains.contains(domain) else { return }
        guard domains.count < Limits.authorDomains else {
            defects.insert(.tooMany)
            return
        }
        domains.append(domain)
    }
}
