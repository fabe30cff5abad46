/// Reads the text of a TXT record as a DMARC Policy Record (RFC 9989 §4.7 and §4.8).
public enum DMARCRecordParser {
    /// What a TXT record turned out to be.
    public enum Parsing: Hashable, Sendable {
        case record(DMARCRecord)
        /// It does not start with `v=DMARC1`: something else, to be passed over.
        case notDMARC
        /// It starts as a DMARC record and cannot be read as one. `offset` counts octets.
        case invalid(reason: String, offset: Int)
    }

    /// Reads one record, its strings already joined.
    public static func parse(_ text: String) -> Parsing {
        let bytes = Array(text.utf8)
        guard let afterVersion = skipVersion(bytes) else { return .notDMARC }
        guard bytes.count <= Limits.dmarcRecordOctets else {
            return .invalid(
                reason: "The record is longer than \(Limits.dmarcRecordOctets) octets.",
                offset: Limits.dmarcRecordOctets)
        }
        var reading = Reading()
        if let first = bytes.first, isSpace(first) {
            reading.warn("The record begins with a blank; some receivers may pass over it.")
        }
        var start = afterVersion
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
            let element = trimmed(bytes[start..<end])
            // The empty piece after a final semicolon belongs to the syntax.
            if !element.isEmpty {
                if let refusal = reading.take(element) { return refusal }
            } else if end < bytes.count {
                reading.warn("There is an empty piece between two semicolons; it is passed over.")
            }
            start = end + 1
        }
        return .record(reading.finish())
    }

    /// The index behind `v=DMARC1` and its semicolon; nil when the record starts otherwise.
    /// RFC 9989 §4.8: the tag in any case, the value in this case only.
    private static func skipVersion(_ bytes: [UInt8]) -> Int? {
        var index = 0
        func skipSpace() { while index < bytes.count, isSpace(bytes[index]) { index += 1 } }
        skipSpace()
        guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "v") else { return nil }
        index += 1
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return nil }
        index += 1
        skipSpace()
        let version = "DMARC1".utf8
        guard bytes.count - index >= version.count,
            bytes[index..<(index + version.count)].elementsEqual(version)
        else { return nil }
        index += version.count
        skipSpace()
        guard index < bytes.count else { return index }
        return bytes[index] == UInt8(ascii: ";") ? index + 1 : nil
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = bytes
        while let first = slice.first, isSpace(first) { slice.removeFirst() }
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        return slice
    }
}

/// A record while its tags are read one by one.
private struct Reading {
    private var record = DMARCRecord()
    // Short texts of which there are few: a search is quicker than hashing.
    private var seen = ["v"]

    mutating func warn(_ sentence: String) {
        guard record.warnings.count < Limits.dmarcWarnings else { return }
        record.warnings.append(sentence)
    }

    /// Takes one `tag=value`; gives the refusal that ends the reading, if there is one.
    mutating func take(_ element: ArraySlice<UInt8>) -> DMARCRecordParser.Parsing? {
        guard let equals = element.firstIndex(of: UInt8(ascii: "=")) else {
            warn("\(quoted(element)) has no equals sign; it is passed over.")
            return nil
        }
        let sentName = DMARCRecordParser.trimmed(element[..<equals])
        let value = DMARCRecordParser.trimmed(element[(equals + 1)...])
        let name = String(decoding: sentName, as: UTF8.self).asciiLowercased
        guard Self.known.contains(name) else {
            warn("The tag \(quoted(sentName)) is unknown; receivers pass over it.")
            return nil
        }
        guard !seen.contains(name) else {
            // RFC 6376 §3.2, whose syntax DMARC takes over: a repeated tag voids the whole list.
            return .invalid(reason: "The tag \(name) is there twice.", offset: element.startIndex)
        }
        seen.append(name)
        if !sentName.elementsEqual(name.utf8) {
            warn("The tag \(quoted(sentName)) should be written in lower case.")
        }
        guard value.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            warn("The value of \(name) has characters that no tag may have; it is passed over.")
            noteInvalidPolicy(name)
            return nil
        }
        take(name, String(decoding: value, as: UTF8.self))
        return nil
    }

    private static let known = [
        "v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "rua", "ruf", "fo", "pct", "rf", "ri",
    ]

    private mutating func take(_ name: String, _ value: String) {
        switch name {
        case "p": record.policy = policy(name, value)
        case "sp": record.subdomainPolicy = policy(name, value)
        case "np": record.nonexistentSubdomainPolicy = policy(name, value)
        case "psd":
            record.publicSuffixDomain =
                word(name, value, PublicSuffixFlag.self) ?? .undetermined
        case "t": record.isTesting = word(name, value, Answer.self) == .yes
        case "adkim": record.dkimAlignment = word(name, value, AlignmentMode.self) ?? .relaxed
        case "aspf": record.spfAlignment = word(name, value, AlignmentMode.self) ?? .relaxed
        case "rua": record.aggregateReportURIs = addresses(name, value)
        case "ruf": record.failureReportURIs = addresses(name, value)
        case "fo": record.failureOptions = options(value)
        case "pct": takePercentage(value)
        default: warn("The tag \(name) was removed by RFC 9989 and has no effect.")
        }
    }

    private enum Answer: String { case yes = "y", no = "n" }

    private mutating func policy(_ name: String, _ value: String) -> DMARCPolicy? {
        if let policy = DMARCPolicy(rawValue: value.asciiLowercased) { return policy }
        warn("\(name)=\(value.reasonExcerpt) is no policy: use none, quarantine or reject.")
        noteInvalidPolicy(name)
        return nil
    }

    private mutating func noteInvalidPolicy(_ name: String) {
        if let tag = PolicyTag(rawValue: name) { record.invalidPolicyTags.append(tag) }
    }

    /// RFC 9989 §4.8: a value that is none of the words gives way to the default.
    private mutating func word<Word: RawRepresentable<String>>(
        _ name: String, _ value: String, _: Word.Type
    ) -> Word? {
        if let word = Word(rawValue: value.asciiLowercased) { return word }
        warn("\(name)=\(value.reasonExcerpt) is not valid; the default counts.")
        return nil
    }

    private mutating func takePercentage(_ value: String) {
        warn("The tag pct was removed by RFC 9989; receivers that know it no more use t=y.")
        let isNumber = !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = Int(value), number <= 100 else {
            warn("pct=\(value.reasonExcerpt) is no number from 0 to 100.")
            return
        }
        record.percentage = number
    }

    /// `fo`: one of `0` and `1`, and `d` and `s`, each at most once, in any order.
    private mutating func options(_ value: String) -> [String] {
        let options = value.split(separator: ":", omittingEmptySubsequences: false).map {
            String($0).trimmedBlanks.asciiLowercased
        }
        let isValid =
            options.allSatisfy { ["0", "1", "d", "s"].contains($0) }
            && Set(options).count == options.count
            && !(options.contains("0") && options.contains("1"))
        if isValid { return options }
        warn("fo=\(value.reasonExcerpt) is not valid; the default, 0, counts.")
        return []
    }

    private mutating func addresses(_ name: String, _ value: String) -> [String] {
        var addresses: [String] = []
        for piece in value.split(separator: ",", omittingEmptySubsequences: false) {
            let text = String(piece).trimmedBlanks
            guard let address = ReportingURI(text) else {
                warn("\(name): \(text.reasonExcerpt) is no reporting address; it is passed over.")
                continue
            }
            guard addresses.count < Limits.dmarcReportURIs else {
                warn("\(name): only the first \(Limits.dmarcReportURIs) addresses are read.")
                break
            }
            if address.hadSizeLimit {
                warn("\(name): the size limit after \(address.text.reasonExcerpt) is obsolete.")
            }
            addresses.append(address.text)
        }
        return addresses
    }

    mutating func finish() -> DMARCRecord {
        if record.policy == nil, !seen.contains("p") {
            warn("There is no p tag; receivers take the record for p=none, if it has a rua tag.")
        }
        if seen.contains("fo"), record.failureReportURIs.isEmpty {
            warn("fo has no effect without ruf.")
        }
        return record
    }

    private func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        "“\(String(decoding: bytes, as: UTF8.self).reasonExcerpt)”"
    }
}

extension String {
    /// Lower case for ASCII letters only, as DNS and DMARC compare.
    fileprivate var asciiLowercased: String {
        guard utf8.contains(where: { $0 &- 0x41 < 26 }) else { return self }
        return String(decoding: utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    fileprivate var trimmedBlanks: String {
        String(decoding: DMARCRecordParser.trimmed(Array(utf8)[...]), as: UTF8.self)
    }
}
