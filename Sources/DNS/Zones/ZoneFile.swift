public import Identities

/// The text form of a zone (RFC 1035 §5).
public enum ZoneFile {
    /// Reads all records of a text; the first error ends it.
    public static func parse(
        _ text: some StringProtocol, origin: DomainName? = nil
    ) throws(ZoneFileError) -> [ResourceRecord] {
        try parse(Array(text.utf8), origin: origin.map { DNSName($0) })
    }

    /// Reads all records of a file; the first error ends it.
    public static func parse(
        _ bytes: [UInt8], origin: DNSName?, include: ZoneFileReader.Include? = nil
    ) throws(ZoneFileError) -> [ResourceRecord] {
        var reader = ZoneFileReader(bytes, origin: origin, include: include)
        var records: [ResourceRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    /// Writes records one a line, names absolute; reading it back gives the same records.
    public static func render(_ records: some Sequence<ResourceRecord>) -> String {
        var text = ""
        for record in records { text += record.description + "\n" }
        return text
    }
}
