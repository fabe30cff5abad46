internal import Identities

/// What follows the name of a mechanism (RFC 7208 §5).
extension SPFRecordParser {
    /// `":" domain-spec`, which must be there.
    static func domain(
        _ argument: Octets, of name: String, in term: Octets
    ) throws(SPFRecordError) -> SPFMacroString {
        guard let sign = argument.first else {
            throw SPFRecordError(
                .missingArgument, at: term.startIndex,
                "“\(SPFExcerpt(term))” names no domain.")
        }
        guard sign == Octet.colon else {
            throw SPFRecordError(
                .unexpectedArgument, at: argument.startIndex,
                "“\(SPFExcerpt(term))”: no prefix length may follow \(name).")
        }
        return try SPFMacroString(parsing: argument.dropFirst(), .domain)
    }

    /// `[ ":" domain-spec ] [ dual-cidr-length ]`. A domain may hold slashes, but it cannot end in
    /// one and digits, so that the lengths are found from the end.
    static func domainAndLengths(
        _ argument: Octets
    ) throws(SPFRecordError) -> (SPFMacroString?, SPFRecord.PrefixLengths) {
        var lengths = SPFRecord.PrefixLengths()
        var rest = argument
        if let slash = trailingLength(rest), slash > rest.startIndex, rest[slash - 1] == 0x2F {
            lengths.ip6 = try length(rest[(slash + 1)...], upTo: 128)
            rest = rest[..<(slash - 1)]
        }
        if let slash = trailingLength(rest) {
            lengths.ip4 = try length(rest[(slash + 1)...], upTo: 32)
            rest = rest[..<slash]
        }
        guard let sign = rest.first else { return (nil, lengths) }
        guard sign == Octet.colon else {
            throw SPFRecordError(
                .badPrefixLength, at: rest.startIndex,
                "“\(SPFExcerpt(argument))” is no prefix length.")
        }
        return (try SPFMacroString(parsing: rest.dropFirst(), .domain), lengths)
    }

    /// `":" address [ "/" length ]`.
    static func network(
        _ argument: Octets, isIPv4: Bool, in term: Octets
    ) throws(SPFRecordError) -> IPNetwork {
        guard argument.first == Octet.colon, argument.count > 1 else {
            throw SPFRecordError(
                .missingArgument, at: term.startIndex, "“\(SPFExcerpt(term))” names no address.")
        }
        var text = argument.dropFirst()
        let most = isIPv4 ? 32 : 128
        var prefix = most
        if let slash = text.lastIndex(of: 0x2F) {
            prefix = try length(text[(slash + 1)...], upTo: most)
            text = text[..<slash]
        }
        guard let address = IPAddress(utf8: text), isIPv4 != text.contains(Octet.colon) else {
            throw SPFRecordError(
                .badAddress, at: text.startIndex,
                "“\(SPFExcerpt(text))” is no \(isIPv4 ? "IPv4" : "IPv6") address.")
        }
        let network =
            !isIPv4 && address.isIPv4
            ? mappedNetwork(address, prefix)
            : IPNetwork(address: address, prefixLength: prefix)
        guard let network else {
            throw SPFRecordError(
                .badPrefixLength, at: term.startIndex,
                "“\(SPFExcerpt(term))” has a prefix length that is too long.")
        }
        return network
    }

    /// A block around an address mapped from IPv4, which `IPAddress` takes out of its wrapping.
    private static func mappedNetwork(_ address: IPAddress, _ prefix: Int) -> IPNetwork? {
        if prefix >= 96 { return IPNetwork(address: address, prefixLength: prefix - 96) }
        var bytes = [UInt8](repeating: 0, count: 16)
        // Bits 80 to 95 are ones.
        for bit in 80..<max(80, prefix) { bytes[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return IPAddress(bytes: bytes).flatMap { IPNetwork(address: $0, prefixLength: prefix) }
    }

    /// Where `/` and digits stand at the end, if they do.
    private static func trailingLength(_ octets: Octets) -> Int? {
        var index = octets.endIndex
        while index > octets.startIndex, octets[index - 1].isDigit { index -= 1 }
        guard index < octets.endIndex, index > octets.startIndex, octets[index - 1] == 0x2F
        else { return nil }
        return index - 1
    }

    /// `"0"`, or digits that do not begin with zero (RFC 7208 §5.6).
    private static func length(
        _ digits: Octets, upTo most: Int
    ) throws(SPFRecordError) -> Int {
        let isNumber =
            (1...3).contains(digits.count) && digits.allSatisfy(\.isDigit)
            && (digits.count == 1 || digits.first != 0x30)
        let value = isNumber ? digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) } : most + 1
        guard value <= most else {
            throw SPFRecordError(
                .badPrefixLength, at: digits.startIndex,
                "“\(SPFExcerpt(digits))” is no prefix length from 0 to \(most).")
        }
        return value
    }
}
