import Identities

/// What ARC-Seal and ARC-Message-Signature have in common: who signed, with which key (RFC 6376
/// §3.5).
final class ARCSignature: Sendable {
    let field: RawField
    let keyType: KeyType
    let value: [UInt8]
    /// Where `b=` stands, counted from the first octet of the field.
    let valueRange: Range<Int>
    let domain: DomainName
    let selector: String
    /// `t=`, seconds since 1970.
    let timestamp: Int64?
    /// For a person.
    let label: ARCFieldLabel

    init(_ field: RawField, _ tags: TagList, _ label: ARCFieldLabel) throws(ARCDefect) {
        guard let algorithm = tags["a"] else {
            throw ARCDefect("\(label) names no algorithm (a=).")
        }
        if algorithm.isEqual(to: "rsa-sha256") {
            keyType = .rsa
        } else if algorithm.isEqual(to: "ed25519-sha256") {
            keyType = .ed25519
        } else if algorithm.isEqual(to: "rsa-sha1") {
            throw ARCDefect("\(label) uses rsa-sha1, which is no longer accepted (RFC 8301).")
        } else {
            throw ARCDefect("\(label) uses an unknown algorithm (a=).")
        }
        guard let signature = tags["b"], let value = Base64.decode(signature.value), !value.isEmpty
        else { throw ARCDefect("\(label) has no readable signature (b=).") }
        guard let domainTag = tags["d"], let domain = DomainName(utf8: domainTag.value) else {
            throw ARCDefect("\(label) names no valid domain (d=).")
        }
        guard let selector = tags["s"], DomainName(utf8: selector.value) != nil else {
            throw ARCDefect("\(label) names no valid key (s=).")
        }
        self.field = field
        self.value = value
        valueRange = signature.range(in: field)
        self.domain = domain
        self.selector = selector.text
        timestamp = try Self.number(tags["t"], "t", label)
        self.label = label
    }

    /// Where the key lies.
    var keyName: ARCKeyName { ARCKeyName(selector: selector, domain: domain) }

    /// A tag that is a decimal number; nil when it is not there. Numbers too large to count become
    /// the largest one.
    static func number(
        _ tag: TagList.Tag?, _ name: StaticString, _ label: ARCFieldLabel
    ) throws(ARCDefect) -> Int64? {
        guard let tag else { return nil }
        guard !tag.value.isEmpty, tag.value.count <= 76, tag.value.allSatisfy(\.isDigit) else {
            throw ARCDefect("\(label) has a \(name)= that is no number.")
        }
        var value: Int64 = 0
        for digit in tag.value {
            let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeStill) = tenfold.addingReportingOverflow(Int64(digit &- 0x30))
            if isTooLarge || isTooLargeStill { return .max }
            value = sum
        }
        return value
    }
}

/// Where a key lies: a selector below a domain.
struct ARCKeyName: Hashable, Sendable, CustomStringConvertible {
    let selector: String
    let domain: DomainName

    var description: String { "\(selector)._domainkey.\(domain)" }
}

/// How a person knows a field: `ARC-Seal 2`.
struct ARCFieldLabel: Sendable, CustomStringConvertible {
    let name: StaticString
    let instance: Int

    var description: String { "\(name) \(instance)" }
}
