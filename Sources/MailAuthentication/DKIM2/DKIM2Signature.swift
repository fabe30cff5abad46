import Identities

/// A DKIM2-Signature field as read (draft-ietf-dkim-dkim2-spec-04 §8).
struct DKIM2Signature: Sendable {
    /// Where the hop sent the message.
    enum Route: Sendable {
        /// `mf=` and `rt=`.
        case envelope(mailFrom: EnvelopePath, recipients: [EnvelopePath])
        /// `nd=`: a hop that only documents that the next one, signed by this domain, follows.
        case nextDomain(DomainName)
    }

    /// One part of `s=`.
    struct Value: Sendable {
        let selector: String
        /// As written: `rsa-sha256`, `ed25519-sha256` or a name of the future.
        let algorithm: String
        /// Nil when it is not base64.
        let signature: [UInt8]?
    }

    /// `i=`
    let sequence: Int
    /// `m=`: the number of the newest instance that the signature covers.
    let instance: Int
    /// `t=`, seconds since 1970.
    let timestamp: Int64
    /// `d=`
    let domain: DomainName
    let route: Route
    /// `s=`, not empty.
    let values: [Value]
    /// `n=`
    let nonce: String?
    /// `f=`, those known.
    let flags: [DKIM2Flag]
    let tags: DKIM2TagList

    init(_ field: RawField, _ policy: DKIM2Policy) throws(DKIM2Fault) {
        let tags = try DKIM2TagList(field)
        let title = Self.title(tags)
        func required(_ name: String) throws(DKIM2Fault) -> ArraySlice<UInt8> {
            guard let value = tags[name] else {
                throw DKIM2Fault("\(title) has no tag \(name)=\(Self.remark(tags)).")
            }
            return value
        }
        guard let sequence = DKIM2TagList.number(try required("i")), sequence > 0,
            sequence <= Limits.dkim2Hops
        else {
            throw DKIM2Fault(
                "\(title) has a number i= that is not between 1 and \(Limits.dkim2Hops).")
        }
        guard let instance = DKIM2TagList.number(try required("m")), instance > 0,
            instance <= Limits.dkim2Instances
        else {
            throw DKIM2Fault(
                "\(title) has a number m= that is not between 1 and \(Limits.dkim2Instances).")
        }
        guard let timestamp = DKIM2TagList.number(try required("t")) else {
            throw DKIM2Fault("\(title) has a time t= that is no number.")
        }
        guard let domain = DomainName(utf8: try required("d")) else {
            throw DKIM2Fault("\(title) has a domain d= that is no domain name.")
        }
        self.sequence = Int(sequence)
        self.instance = Int(instance)
        self.timestamp = timestamp
        self.domain = domain
        self.tags = tags
        route = try Self.route(tags, title, policy)
        values = try Self.values(try required("s"), title)
        nonce = try Self.nonce(tags["n"], title)
        flags = (tags["f"] ?? []).split(separator: UInt8(ascii: ",")).compactMap {
            DKIM2Flag(rawValue: String(decoding: $0, as: UTF8.self))
        }
    }

    /// How sentences name the field.
    private static func title(_ tags: DKIM2TagList) -> String {
        guard let number = tags["i"].flatMap(DKIM2TagList.number) else {
            return "A DKIM2 signature"
        }
        return "DKIM2 signature \(number)"
    }

    /// The prototypes of 2025 had other tags under the same field name.
    private static func remark(_ tags: DKIM2TagList) -> String {
        tags["mv"] != nil || tags["bh"] != nil || tags["a"] != nil
            ? "; it was made by a prototype from before the present format" : ""
    }

    private static func route(
        _ tags: DKIM2TagList, _ title: String, _ policy: DKIM2Policy
    ) throws(DKIM2Fault) -> Route {
        if let next = tags["nd"] {
            guard tags["mf"] == nil, tags["rt"] == nil else {
                throw DKIM2Fault("\(title) has both nd= and an envelope (mf=, rt=).")
            }
            guard let domain = DomainName(utf8: next) else {
                throw DKIM2Fault("\(title) has a next domain nd= that is no domain name.")
            }
            return .nextDomain(domain)
        }
        guard let sender = tags["mf"], let list = tags["rt"] else {
            let missing = tags["mf"] == nil ? "mf" : "rt"
            throw DKIM2Fault("\(title) has no tag \(missing)=\(remark(tags)).")
        }
        guard let mailFrom = path(sender, policy) else {
            throw DKIM2Fault("\(title) has a sender mf= that is no path in angle brackets.")
        }
        let parts = list.split(
            separator: UInt8(ascii: ","), maxSplits: Limits.dkim2Recipients,
            omittingEmptySubsequences: false)
        guard parts.count <= Limits.dkim2Recipients else {
            throw DKIM2Fault("\(title) has more than \(Limits.dkim2Recipients) recipients.")
        }
        var recipients: [EnvelopePath] = []
        recipients.reserveCapacity(parts.count)
        for part in parts {
            guard let recipient = path(part, policy), !recipient.isNull else {
                throw DKIM2Fault("\(title) has a recipient rt= that is no path in angle brackets.")
            }
            recipients.append(recipient)
        }
        return .envelope(mailFrom: mailFrom, recipients: recipients)
    }

    private static func path(_ octets: ArraySlice<UInt8>, _ policy: DKIM2Policy) -> EnvelopePath? {
        guard !octets.isEmpty, let decoded = Base64.decode(octets) else { return nil }
        return EnvelopePath(decoded, requiringBrackets: !policy.acceptsPathsWithoutBrackets)
    }

    private static func values(
        _ octets: ArraySlice<UInt8>, _ title: String
    ) throws(DKIM2Fault) -> [Value] {
        let parts = octets.split(
            separator: UInt8(ascii: ","), maxSplits: Limits.dkim2Alternatives,
            omittingEmptySubsequences: false)
        guard parts.count <= Limits.dkim2Alternatives else {
            throw DKIM2Fault(
                "\(title) has more than \(Limits.dkim2Alternatives) signature values.")
        }
        var values: [Value] = []
        for part in parts {
            let pieces = part.split(
                separator: Octet.colon, maxSplits: 2, omittingEmptySubsequences: false)
            guard pieces.count == 3, pieces.allSatisfy({ !$0.isEmpty }),
                let selector = DomainName(utf8: pieces[0]), isName(pieces[1])
            else {
                throw DKIM2Fault(
                    "\(title) has a value s= without selector, algorithm or signature.")
            }
            guard !values.contains(where: { $0.selector == selector.text }) else {
                throw DKIM2Fault("\(title) names the selector \(selector) twice.")
            }
            values.append(
                Value(
                    selector: selector.text, algorithm: String(decoding: pieces[1], as: UTF8.self),
                    signature: Base64.decode(pieces[2])))
        }
        return values
    }

    private static func isName(_ octets: ArraySlice<UInt8>) -> Bool {
        octets.count <= Limits.dkim2NameCharacters
            && octets.allSatisfy {
                $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    private static func nonce(
        _ octets: ArraySlice<UInt8>?, _ title: String
    ) throws(DKIM2Fault) -> String? {
        guard let octets else { return nil }
        guard octets.count <= Limits.dkim2NonceCharacters else {
            throw DKIM2Fault(
                "\(title) has a nonce of more than \(Limits.dkim2NonceCharacters) characters.")
        }
        guard octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw DKIM2Fault("\(title) has a nonce with characters beyond plain ASCII.")
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
