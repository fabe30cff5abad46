public import Identities

/// What the macros of a check stand for (RFC 7208 §7.2).
public struct SPFMacroValues: Sendable {
    /// `l`: the sender's local part as given.
    public var localPart: String
    /// `o`: the sender's domain.
    public var senderDomain: String
    /// `d`: the domain whose record is read.
    public var domain: String
    /// `i`, `c` and `v`.
    public var client: IPAddress
    /// `h`: the name of HELO or EHLO as given.
    public var helo: String
    /// `p`: a name of the client that leads back to its address.
    public var validatedName: String
    /// `r`: the host that checks.
    public var receiver: String
    /// `t`: seconds since 1970.
    public var now: Int64

    public init(
        localPart: String, senderDomain: String, domain: String, client: IPAddress, helo: String,
        validatedName: String = "unknown", receiver: String = "unknown", now: Int64 = 0
    ) {
        self.localPart = localPart
        self.senderDomain = senderDomain
        self.domain = domain
        self.client = client
        self.helo = helo
        self.validatedName = validatedName
        self.receiver = receiver
        self.now = now
    }
}

extension SPFMacroString {
    /// The text of an explanation with its macros expanded; nil when it is longer than
    /// `Limits.spfExplanationOctets` or not visible ASCII (RFC 7208 §6.2).
    public func explanation(_ values: SPFMacroValues) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(octets.count + 64)
        SPFMacro.expand(octets[...], values) { part in
            if output.count <= Limits.spfExplanationOctets { output.append(contentsOf: part) }
        }
        guard output.count <= Limits.spfExplanationOctets,
            output.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    /// The name that the text stands for, as it is looked up: without a trailing dot, and with
    /// labels taken off at the left until it fits (RFC 7208 §7.3).
    public func nameText(_ values: SPFMacroValues) -> String { expandedName(values).text }

    /// The same, proved or refused as a name.
    func expandedName(_ values: SPFMacroValues) -> SPFName {
        if let name { return name }
        var output: [UInt8] = []
        output.reserveCapacity(256)
        var isCut = false
        SPFMacro.expand(octets[...], values) { part in
            output.append(contentsOf: part)
            // Only the end of the name can count, whatever is still to come.
            if output.count > Limits.spfExpansionOctets {
                output.removeFirst(output.count - 2 * Limits.spfNameOctets)
                isCut = true
            }
        }
        if output.last == 0x2E { output.removeLast() }
        var rest = output[...]
        while rest.count > Limits.spfNameOctets || isCut {
            isCut = false
            guard let dot = rest.firstIndex(of: 0x2E) else { break }
            rest = rest[(dot + 1)...]
        }
        return SPFName(rest)
    }
}

/// The rules of single macros (RFC 7208 §7.1 to §7.3).
enum SPFMacro {
    /// s, l, o, d, i, p, v, h; and c, r, t in explanations.
    static func isLetter(_ letter: UInt8) -> Bool {
        switch letter {
        case 0x73, 0x6C, 0x6F, 0x64, 0x69, 0x70, 0x76, 0x68: true
        default: isExplanationLetter(letter)
        }
    }

    static func isExplanationLetter(_ letter: UInt8) -> Bool {
        letter == 0x63 || letter == 0x72 || letter == 0x74
    }

    /// `.`, `-`, `+`, `,`, `/`, `_` and `=`.
    static func isDelimiter(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x2E, 0x2D, 0x2B, 0x2C, 0x2F, 0x5F, 0x3D: true
        default: false
        }
    }

    /// Gives the text in pieces; its macros must have been proved.
    static func expand(
        _ octets: ArraySlice<UInt8>, _ values: SPFMacroValues, _ take: (ArraySlice<UInt8>) -> Void
    ) {
        var index = octets.startIndex
        while let percent = octets[index...].firstIndex(of: 0x25) {
            if percent > index { take(octets[index..<percent]) }
            let second = percent + 1
            guard second < octets.endIndex else { return }
            switch octets[second] {
            case 0x5F: take([0x20])
            case 0x2D: take([0x25, 0x32, 0x30])
            case 0x7B:
                guard let close = octets[second...].firstIndex(of: 0x7D), close > second + 1
                else { return }
                take(value(octets[(second + 1)..<close], values))
                index = close + 1
                continue
            default: take([0x25])
            }
            index = second + 1
        }
        if index < octets.endIndex { take(octets[index...]) }
    }

    /// What stands between the braces: a letter, a number of parts, `r`, and delimiters.
    private static func value(
        _ macro: ArraySlice<UInt8>, _ values: SPFMacroValues
    ) -> ArraySlice<UInt8> {
        let letter = macro[macro.startIndex]
        var result = raw(letter.lowercased, values)[...]
        if macro.count > 1 { result = transformed(result, macro.dropFirst())[...] }
        return letter.isLetter && letter & 0x20 == 0 ? escaped(result)[...] : result
    }

    private static func raw(_ letter: UInt8, _ values: SPFMacroValues) -> [UInt8] {
        let text =
            switch letter {
            case 0x73: values.localPart + "@" + values.senderDomain
            case 0x6C: values.localPart
            case 0x6F: values.senderDomain
            case 0x64: values.domain
            case 0x69: dotted(values.client)
            case 0x70: values.validatedName
            case 0x76: values.client.isIPv4 ? "in-addr" : "ip6"
            case 0x68: values.helo
            case 0x63: values.client.description
            case 0x72: values.receiver
            default: String(values.now)
            }
        return Array(text.utf8)
    }

    /// RFC 7208 §7.3: an IPv6 address as 32 nibbles with dots, in capitals as peers write them.
    private static func dotted(_ client: IPAddress) -> String {
        if client.isIPv4 { return client.description }
        return String(unsafeUninitializedCapacity: 64) { output in
            var count = 0
            for byte in client.bytes {
                for nibble in [byte >> 4, byte & 15] {
                    if count > 0 {
                        output[count] = 0x2E
                        count += 1
                    }
                    output[count] = nibble < 10 ? 0x30 + nibble : 0x37 + nibble
                    count += 1
                }
            }
            return count
        }
    }

    /// Splits, reverses, keeps the parts at the right and joins with dots.
    private static func transformed(
        _ value: ArraySlice<UInt8>, _ transformers: ArraySlice<UInt8>
    ) -> [UInt8] {
        var kept = 0
        var index = transformers.startIndex
        while index < transformers.endIndex, transformers[index].isDigit {
            // More parts than any value has are all of them.
            kept = min(kept * 10 + Int(transformers[index] &- 0x30), 1 << 20)
            index += 1
        }
        var isReversed = false
        if index < transformers.endIndex, transformers[index].lowercased == 0x72 {
            isReversed = true
            index += 1
        }
        let delimiters = transformers[index...]
        var parts = value.split(omittingEmptySubsequences: false) {
            delimiters.isEmpty ? $0 == 0x2E : delimiters.contains($0)
        }
        if isReversed { parts.reverse() }
        if kept > 0 { parts = parts.suffix(kept) }
        return Array(parts.joined(separator: CollectionOfOne(0x2E)))
    }

    /// RFC 3986 §2.3: all but the unreserved characters as `%XX`.
    private static func escaped(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(value.count)
        for octet in value {
            switch octet {
            case 0x2D, 0x2E, 0x5F, 0x7E: output.append(octet)
            default:
                if octet.isLetter || octet.isDigit {
                    output.append(octet)
                } else {
                    output.append(0x25)
                    for nibble in [octet >> 4, octet & 15] {
                        output.append(nibble < 10 ? 0x30 + nibble : 0x37 + nibble)
                    }
                }
            }
        }
        return output
    }
}
