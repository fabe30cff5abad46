import CMaxMindDB

/// What one entry of an MMDB file says, in the fields that the usual makers of such files use.
struct NetworkEntry: Hashable, Sendable {
    /// Number of the autonomous system.
    var number: Int?
    var organisation: String?
    /// ISO 3166-1 alpha-2.
    var country: String?

    var isEmpty: Bool { number == nil && organisation == nil && country == nil }

    /// Reads an entry; nil when its bytes make no sense.
    init?(_ entry: inout MMDB_entry_s, limits: NetworkLimits) {
        do {
            for field in NetworkField.numbers where number == nil {
                number = try field.number(&entry)
            }
            for field in NetworkField.organisations where organisation == nil {
                organisation = try field.text(&entry, limit: limits.textLength)
            }
            for field in NetworkField.countries where country == nil {
                country = try field.text(&entry, limit: limits.textLength)
                    .flatMap(Self.countryCode)
            }
        } catch {
            return nil
        }
    }

    /// Two capital letters; a country's whole name stands in the same field of some files.
    private static func countryCode(_ text: String) -> String? {
        let isCode = text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) }
        return isCode ? text : nil
    }
}

/// Where a value lies inside an entry: the names of the maps on the way.
// @unchecked: the strings are made once, by the static tables below, and never written or freed.
struct NetworkField: @unchecked Sendable {
    struct Damaged: Error {}

    private let path: UnsafePointer<UnsafePointer<CChar>?>

    private init(_ names: StaticString...) {
        let path = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: names.count + 1)
        for (index, name) in names.enumerated() {
            path[index] = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        path[names.count] = nil
        self.path = UnsafePointer(path)
    }

    /// GeoLite2, GeoIP2 and DB-IP; GeoIP2 Enterprise; IPinfo ("AS64500").
    static let numbers = [
        NetworkField("autonomous_system_number"),
        NetworkField("traits", "autonomous_system_number"), NetworkField("asn"),
    ]
    static let organisations = [
        NetworkField("autonomous_system_organization"),
        NetworkField("traits", "autonomous_system_organization"), NetworkField("as_name"),
        NetworkField("isp"), NetworkField("organization"),
    ]
    static let countries = [
        NetworkField("country", "iso_code"), NetworkField("country_code"),
        NetworkField("country"), NetworkField("registered_country", "iso_code"),
    ]

    func number(_ entry: inout MMDB_entry_s) throws(Damaged) -> Int? {
        guard let data = try value(&entry) else { return nil }
        let number: Int
        switch Int32(data.type) {
        case MMDB_DATA_TYPE_UINT16: number = Int(data.uint16)
        case MMDB_DATA_TYPE_UINT32: number = Int(data.uint32)
        case MMDB_DATA_TYPE_UTF8_STRING:
            let text = Self.text(data, limit: 16)
            guard let read = UInt32(text.hasPrefix("AS") ? text.dropFirst(2) : text[...]) else {
                return nil
            }
            number = Int(read)
        default: return nil
        }
        // AS 0 is reserved and names nobody (RFC 7607 §2).
        return number == 0 ? nil : number
    }

    func text(_ entry: inout MMDB_entry_s, limit: Int) throws(Damaged) -> String? {
        guard let data = try value(&entry), data.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING) else {
            return nil
        }
        let text = Self.text(data, limit: limit)
        return text.isEmpty ? nil : text
    }

    /// A text cut to a number of characters.
    static func text(_ whole: String, limit: Int) -> String { String(whole.prefix(limit)) }

    private static func text(_ data: MMDB_entry_data_s, limit: Int) -> String {
        // A character has at most 4 octets in all but odd cases, which are cut a little early.
        let count = min(Int(data.data_size), limit * 4)
        guard count > 0, let start = data.utf8_string else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return text(String(decoding: bytes, as: UTF8.self), limit: limit)
    }

    private func value(_ entry: inout MMDB_entry_s) throws(Damaged) -> MMDB_entry_data_s? {
        var data = MMDB_entry_data_s()
        switch MMDB_aget_value(&entry, &data, path) {
        case MMDB_SUCCESS: return data.has_data ? data : nil
        // The entry has no such field, or another kind of value on the way to it.
        case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR: return nil
        default: throw Damaged()
        }
    }
}
