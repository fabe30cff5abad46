/// A public key as a domain publishes it at `selector._domainkey.domain` (RFC 6376 §3.6.1).
public struct DKIMKeyRecord: Hashable, Sendable {
    /// What a TXT record turned out to be.
    public enum Parsing: Hashable, Sendable {
        case record(DKIMKeyRecord)
        /// It cannot be read as a key record. One sentence for a person.
        case invalid(reason: String)
    }

    /// `v=`; nil when it was not sent.
    public let version: String?
    /// `k=` as written, `rsa` when it was not sent.
    public let keyType: String
    /// `h=`: the hashes that may be used, as written; nil for any.
    public let hashAlgorithms: [String]?
    /// `s=`: what the key may sign; `*` for anything.
    public let serviceTypes: [String]
    /// `t=`: `y` and `s` have a meaning.
    public let flags: [String]
    /// `n=`: words for a person, not decoded.
    public let notes: String?
    /// `p=` decoded; empty when the key is revoked.
    public let publicKey: [UInt8]

    /// `t=y`: the domain is testing DKIM; the signature is to be treated as if it were not there
    /// when it fails.
    public var isTesting: Bool { flags.contains("y") }

    /// `t=s`: the domain of `i=` must be that of `d=`, not one below it.
    public var isStrict: Bool { flags.contains("s") }

    /// The domain took the key back.
    public var isRevoked: Bool { publicKey.isEmpty }

    /// Whether `h=` allows signatures made with this hash.
    public func allows(_ hash: HashAlgorithm) -> Bool {
        hashAlgorithms?.contains(hash.rawValue) ?? true
    }

    /// Whether `s=` allows the key to sign this kind of service: `email`, or `tlsrpt` of RFC 8460.
    public func allows(service: String) -> Bool {
        serviceTypes.contains("*") || serviceTypes.contains(service)
    }

    /// Reads one record, its strings already joined.
    public static func parse(_ text: String) -> Parsing {
        parse(Array(text.utf8))
    }

    /// Reads one record, its strings already joined.
    public static func parse(_ octets: [UInt8]) -> Parsing {
        guard octets.count <= Limits.dkimKeyRecordOctets else {
            return .invalid(
                reason: "The key record is longer than \(Limits.dkimKeyRecordOctets) octets.")
        }
        let list: TagList
        do {
            list = try TagList(parsing: octets[...], allowsEmptyTags: true)
        } catch {
            return .invalid(reason: "The key record cannot be read: \(error.reason)")
        }
        if let version = list["v"] {
            guard version.isEqual(to: "DKIM1"), list.names[0] == "v" else {
                return .invalid(reason: "The key record does not start with v=DKIM1.")
            }
        }
        guard let key = list["p"] else {
            return .invalid(reason: "The key record has no key: the tag p= is missing.")
        }
        guard let publicKey = Base64.decode(key.value) else {
            return .invalid(reason: "The key in the key record (p=) is not base64.")
        }
        return .record(DKIMKeyRecord(list, publicKey: publicKey))
    }

    private init(_ list: TagList, publicKey: [UInt8]) {
        version = list["v"]?.text
        keyType = list["k"]?.text ?? KeyType.rsa.rawValue
        hashAlgorithms = list["h"].map(Self.words)
        serviceTypes = list["s"].map(Self.words) ?? ["*"]
        flags = list["t"].map(Self.words) ?? []
        notes = list["n"]?.text
        self.publicKey = publicKey
    }

    /// The words between colons.
    private static func words(_ tag: TagList.Tag) -> [String] {
        tag.value.split(separator: Octet.colon, maxSplits: Limits.dkimKeyRecordWords)
            .prefix(Limits.dkimKeyRecordWords).map {
                String(decoding: TagList.trimmed($0), as: UTF8.self)
            }
    }
}

extension DKIMKeyRecord {
    /// The key ready for use, or why it is not.
    func verifyingKey() throws(KeyError) -> VerifyingKey? {
        switch KeyType(rawValue: keyType) {
        case .rsa: try VerifyingKey(rsaDER: publicKey)
        case .ed25519: try VerifyingKey(ed25519: publicKey)
        case nil: nil
        }
    }
}
