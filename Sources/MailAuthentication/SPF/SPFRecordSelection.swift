internal import DNS
internal import Identities

/// The one SPF record among the TXT records of a name (RFC 7208 §4.4 and §4.5).
enum SPFRecordSelection: Sendable {
    case none
    /// More than one, which is one too many.
    case several(Int)
    case record(Boxed<SPFRecord>)
    case faulty([UInt8], SPFRecordError)

    /// Selections by name, for evaluators to share.
    typealias Cache = TextRecordCache<SPFRecordSelection>

    static func makeCache() -> Cache {
        Cache(names: Limits.spfCachedRecords, octets: Limits.spfCachedRecordOctets)
    }

    /// Looks at the strings of each record.
    init(_ records: [[[UInt8]]]) {
        var found: [UInt8]?
        var count = 0
        for strings in records {
            // RFC 7208 §3.3: the strings belong together without a space.
            let octets = strings.count == 1 ? strings[0] : Array(strings.joined())
            guard SPFRecordParser.isRecord(octets) else { continue }
            count += 1
            if found == nil { found = octets }
        }
        guard let found else {
            self = .none
            return
        }
        guard count == 1 else {
            self = .several(count)
            return
        }
        do {
            self = .record(Boxed(try SPFRecordParser.parse(found)))
        } catch {
            self = .faulty(found, error)
        }
    }
}
