internal import Identities

/// Reads the octets of a TXT record as an SPF record (RFC 7208 §4.5, §4.6 and §12).
public enum SPFRecordParser {
    /// Whether a TXT record says that it is an SPF record: `v=spf1` in any case, and then a space
    /// or the end (RFC 7208 §4.5).
    public static func isRecord(_ octets: [UInt8]) -> Bool {
        guard octets.count >= version.count else { return false }
        for index in version.indices where octets[index].lowercased != version[index] {
            return false
        }
        return octets.count == version.count || octets[version.count] == Octet.space
    }

    private static let version: [UInt8] = Array("v=spf1".utf8)

    /// Reads one record, its strings already joined.
    public static func parse(_ text: some StringProtocol) throws(SPFRecordError) -> SPFRecord {
        try parse(Array(text.utf8))
    }

    /// Reads one record, its strings already joined. A fault anywhere refuses all of it, even
    /// behind a term that would match (RFC 7208 §4.6).
    public static func parse(_ octets: [UInt8]) throws(SPFRecordError) -> SPFRecord {
        guard isRecord(octets) else {
            throw SPFRecordError(.notSPF, at: 0, "It does not begin with v=spf1 and a space.")
        }
        guard octets.count <= Limits.spfRecordOctets else {
            throw SPFRecordError(
                .recordTooLong, at: Limits.spfRecordOctets,
                "It is longer than \(Limits.spfRecordOctets) octets.")
        }
        let terms = try octets.withUnsafeBufferPointer { (buffer) throws(SPFRecordError) in
            try Self.terms(buffer)
        }
        return SPFRecord(octets: octets, terms: terms)
    }

    /// A part of the record, with the record's places as its indices.
    typealias Octets = Slice<UnsafeBufferPointer<UInt8>>

    private static func terms(
        _ octets: UnsafeBufferPointer<UInt8>
    ) throws(SPFRecordError) -> [SPFRecord.Term] {
        var terms: [SPFRecord.Term] = []
        // The shortest terms in use are `mx` and `a`, nearly all others have 15 octets and more.
        terms.reserveCapacity(octets.count / 12 + 2)
        var hasRedirect = false
        var hasExplanation = false
        var index = version.count
        while true {
            // Only spaces part the terms; a tab or a line end is a fault (RFC 7208 §4.6.1).
            while index < octets.count, octets[index] == Octet.space { index += 1 }
            guard index < octets.count else { break }
            let start = index
            while index < octets.count, octets[index] != Octet.space { index += 1 }
            let kind = try term(octets[start..<index])
            switch kind {
            case .redirect:
                guard !hasRedirect else { throw repeated("redirect", at: start) }
                hasRedirect = true
            case .explanation:
                guard !hasExplanation else { throw repeated("exp", at: start) }
                hasExplanation = true
            default: break
            }
            terms.append(SPFRecord.Term(kind: kind, place: start..<index))
        }
        return terms
    }

    /// RFC 7208 §6: redirect and exp may each be there once.
    private static func repeated(_ name: String, at offset: Int) -> SPFRecordError {
        SPFRecordError(.repeatedModifier, at: offset, "It has \(name)= twice.")
    }

    /// One term (RFC 7208 §4.6.1): a name and `=` is a modifier, all else must be a mechanism.
    private static func term(
        _ octets: Octets
    ) throws(SPFRecordError) -> SPFRecord.Term.Kind {
        var index = octets.startIndex
        if octets[index].isLetter {
            while index < octets.endIndex, isName(octets[index]) { index += 1 }
            if index < octets.endIndex, octets[index] == Octet.equals {
                return try modifier(octets[..<index], octets[(index + 1)...])
            }
        }
        var rest = octets
        var qualifier = SPFRecord.Qualifier.pass
        if let named = SPFRecord.Qualifier(rawValue: octets[octets.startIndex]) {
            qualifier = named
            rest = rest.dropFirst()
        }
        return .directive(qualifier, try mechanism(rest, in: octets))
    }

    private static func isName(_ octet: UInt8) -> Bool {
        octet.isLetter || octet.isDigit || octet == 0x2D || octet == 0x5F || octet == 0x2E
    }

    private static func modifier(
        _ name: Octets, _ value: Octets
    ) throws(SPFRecordError) -> SPFRecord.Term.Kind {
        if equal(name, "redirect") { return .redirect(try SPFMacroString(parsing: value, .domain)) }
        if equal(name, "exp") { return .explanation(try SPFMacroString(parsing: value, .domain)) }
        _ = try SPFMacroString(parsing: value, .modifier)
        return .unknownModifier(name: String(decoding: name, as: UTF8.self))
    }

    private static func mechanism(
        _ octets: Octets, in term: Octets
    ) throws(SPFRecordError) -> SPFRecord.Mechanism {
        var end = octets.startIndex
        while end < octets.endIndex, octets[end] != Octet.colon, octets[end] != 0x2F { end += 1 }
        let name = octets[..<end]
        // Nil when no sign follows, and empty when nothing follows the sign.
        let argument = octets[end...]
        if equal(name, "include") {
            return .include(try domain(argument, of: "include", in: term))
        }
        if equal(name, "a") {
            let (domain, lengths) = try domainAndLengths(argument)
            return .a(domain, lengths)
        }
        if equal(name, "mx") {
            let (domain, lengths) = try domainAndLengths(argument)
            return .mx(domain, lengths)
        }
        if equal(name, "ip4") { return .ip4(try network(argument, isIPv4: true, in: term)) }
        if equal(name, "ip6") { return .ip6(try network(argument, isIPv4: false, in: term)) }
        if equal(name, "exists") {
            return .exists(try domain(argument, of: "exists", in: term))
        }
        if equal(name, "all") {
            guard argument.isEmpty else {
                throw SPFRecordError(
                    .unexpectedArgument, at: argument.startIndex,
                    "“\(SPFExcerpt(term))”: nothing may follow all.")
            }
            return .all
        }
        if equal(name, "ptr") {
            if argument.isEmpty { return .ptr(nil) }
            return .ptr(try domain(argument, of: "ptr", in: term))
        }
        throw SPFRecordError(
            .unknownMechanism, at: term.startIndex,
            "“\(SPFExcerpt(term))” is no mechanism that SPF knows.")
    }

    /// Compares with a name in lower case.
    private static func equal(_ octets: Octets, _ name: StaticString) -> Bool {
        guard octets.count == name.utf8CodeUnitCount else { return false }
        var index = octets.startIndex
        for place in 0..<name.utf8CodeUnitCount {
            guard octets[index].lowercased == name.utf8Start[place] else { return false }
            index += 1
        }
        return true
    }
}
