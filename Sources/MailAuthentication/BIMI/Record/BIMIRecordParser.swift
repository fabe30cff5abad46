/// Reads the text of a BIMI Assertion Record.
public enum BIMIRecordParser {
    /// What a text is.
    public enum Outcome: Hashable, Sendable {
        case record(BIMIRecord)
        /// It does not begin with `v=BIMI1`: it is passed over.
        case otherText
        /// It is a BIMI record that cannot be used, because of what the sentence says.
        case invalid(String)
    }

    /// Reads one TXT record, its strings joined. Nothing is repaired: the draft forbids it (§4.3).
    public static func parse(_ text: String) -> Outcome {
        let octets = Array(text.utf8)
        guard beginsWithVersion(octets) else { return .otherText }
        guard octets.count <= Limits.bimiRecordOctets else {
            return .invalid(
                "The BIMI record is longer than \(Limits.bimiRecordOctets) characters.")
        }
        do {
            return .record(try record(TagList(parsing: octets[...])))
        } catch let error as TagListError {
            return .invalid("The BIMI record is not valid: " + error.reason)
        } catch let error as Mistake {
            return .invalid(error.reason)
        } catch {
            return .invalid("The BIMI record is not valid.")
        }
    }

    private struct Mistake: Error {
        let reason: String
    }

    /// The first tag must be `v` with exactly this value.
    private static func beginsWithVersion(_ octets: [UInt8]) -> Bool {
        let first = octets.prefix { $0 != Octet.semicolon }
        guard let equals = first.firstIndex(of: Octet.equals) else { return false }
        return TagList.trimmed(first[..<equals]).elementsEqual("v".utf8)
            && TagList.trimmed(first[(equals + 1)...]).elementsEqual("BIMI1".utf8)
    }

    private static let knownTags: Set<String> = ["v", "l", "a", "avp", "lps"]

    private static func record(_ list: TagList) throws -> BIMIRecord {
        var record = BIMIRecord()
        guard let location = list["l"] else {
            throw Mistake(reason: "The BIMI record has no l= tag, which says where the logo is.")
        }
        record.location = try address("l", location)
        if let type = record.location?.fileType, Self.otherImages.contains(type) {
            throw Mistake(
                reason: "The BIMI record names a logo of type .\(type); only SVG is allowed.")
        }
        if let evidence = list["a"] { record.evidence = try address("a", evidence) }
        if let prefixes = list["lps"] { record.localPartPrefixes = try self.prefixes(prefixes) }
        if let preference = list["avp"] {
            if let value = BIMIRecord.AvatarPreference(rawValue: preference.text) {
                record.avatarPreference = value
            } else {
                record.warnings.append(
                    "avp=\(preference.text.reasonExcerpt) is neither brand nor personal; brand"
                        + " counts.")
            }
        }
        for name in list.names where !Self.knownTags.contains(name) {
            record.warnings.append(
                "The tag \(name.reasonExcerpt)= is unknown and has no effect.")
        }
        if record.location == nil, record.evidence != nil {
            record.warnings.append("l= is empty, so that no logo is shown, in spite of a=.")
        }
        return record
    }

    /// §4.3.2: SVG and compressed SVG only.
    private static let otherImages: Set<String> = [
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "tif", "tiff", "avif", "heic", "pdf",
        "eps", "ai",
    ]

    private static func address(_ name: String, _ tag: TagList.Tag) throws -> BIMILocation? {
        guard !tag.value.isEmpty else { return nil }
        do throws(BIMILocation.Refusal) {
            return try BIMILocation(tag.text)
        } catch {
            throw Mistake(
                reason: "\(name)= of the BIMI record \(error.reason)"
                    + " (“\(tag.text.reasonExcerpt)”).")
        }
    }

    private static func prefixes(_ tag: TagList.Tag) throws -> [String] {
        guard !tag.value.isEmpty else { return [] }
        let parts = tag.value.split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count <= Limits.bimiPrefixes else {
            throw Mistake(
                reason: "lps= of the BIMI record has more than \(Limits.bimiPrefixes) prefixes.")
        }
        return try parts.map { part in
            let prefix = TagList.trimmed(part)
            guard (1...63).contains(prefix.count), prefix.allSatisfy(\.isSelectorOctet) else {
                throw Mistake(
                    reason: "lps= of the BIMI record holds something other than letters, digits and"
                        + " hyphens.")
            }
            return String(decoding: prefix, as: UTF8.self)
        }
    }
}

extension UInt8 {
    /// Letter, digit or hyphen.
    var isSelectorOctet: Bool { isLetter || isDigit || self == UInt8(ascii: "-") }
}
