internal import Identities

/// Takes out Authentication-Results fields that claim to be ours but came with a message from
/// outside (RFC 8601 §5): whoever reads the message later must be able to believe our name.
///
/// ARC-Authentication-Results stay as they are; ARC's seals protect them.
public struct AuthenticationResultsFilter: Sendable {
    /// Why a field was taken out.
    public enum Cause: String, Sendable, Codable, CaseIterable {
        /// It bears one of our names, or a name below one.
        case claimsOurName = "claims-our-name"
        /// Nobody can say whose it is, and a reader less careful may take it for ours.
        case unreadable
        /// Its version is one whose grammar nobody knows.
        case unsupportedVersion = "unsupported-version"
    }

    /// A field that was taken out.
    public struct Removal: Hashable, Sendable {
        public let field: RawField
        /// Its place among the fields of the message, from the top, counted from 0.
        public let index: Int
        public let cause: Cause
        /// Why, for a person: one plain sentence.
        public let reason: String
    }

    /// What is left, and what is not.
    public struct Filtered: Sendable {
        public let kept: [RawField]
        public let removed: [Removal]
    }

    private let names: [DomainName]
    private let words: [String]

    /// Our own authserv-ids. A domain name stands for all names below it too.
    public init(authservIDs: [String]) {
        names = authservIDs.compactMap { DomainName($0) }
        words = authservIDs.map(Self.folded)
    }

    /// Goes through the fields of a message that came from outside.
    public func filter(_ message: RawMessage) -> Filtered {
        var kept: [RawField] = []
        var removed: [Removal] = []
        kept.reserveCapacity(message.fields.count)
        for (index, field) in message.fields.enumerated() {
            if field.isNamed("Authentication-Results"), let (cause, reason) = judge(field) {
                removed.append(Removal(field: field, index: index, cause: cause, reason: reason))
            } else {
                kept.append(field)
            }
        }
        return Filtered(kept: kept, removed: removed)
    }

    /// Whether results come from one of ours: for reading the fields of a trusted hop.
    public func isOurs(_ results: AuthenticationResults) -> Bool {
        !results.defects.contains(.unreadableIdentifier) && claim(results.authservID) != nil
    }

    private func judge(_ field: RawField) -> (Cause, String)? {
        let results = AuthenticationResultsParser.parse(field)
        if let name = claim(results.authservID) {
            return (.claimsOurName, "The field claims to be from \(name), which did not write it.")
        }
        if results.defects.contains(.unreadableIdentifier)
            || results.defects.contains(.missingIdentifier)
        {
            return (.unreadable, "Nobody can say for certain who wrote the field.")
        }
        if let version = results.version, version != 1 {
            return (.unsupportedVersion, "The field has version \(version); only 1 is known.")
        }
        return nil
    }

    /// The name of ours that an authserv-id claims. What follows a slash, a colon or an at sign is
    /// a part of a name (§2.5: some tell their hosts and processes apart so).
    private func claim(_ authservID: String) -> String? {
        let whole = Self.folded(authservID)
        if let index = words.firstIndex(of: whole) { return words[index] }
        for part in whole.split(whereSeparator: { "/:@".contains($0) }) {
            if let name = DomainName(part), let ours = names.first(where: name.isEqualOrBelow) {
                return ours.text
            }
            if let index = words.firstIndex(of: String(part)) { return words[index] }
        }
        return nil
    }

    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map(\.lowercased), as: UTF8.self)
    }
}
