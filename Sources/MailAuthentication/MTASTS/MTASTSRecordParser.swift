/// Reads the text of a TXT record as an MTA-STS record (RFC 8461 §3.1).
public enum MTASTSRecordParser {
    /// What a TXT record turned out to be.
    public enum Parsing: Hashable, Sendable {
        case record(MTASTSRecord)
        /// It does not begin with `v=STSv1;`: something else, to be passed over. The sentence is
        /// for one that was most likely meant to be this kind.
        case notMTASTS(nearMiss: String?)
        /// It begins as one and cannot be used as one. `offset` counts octets.
        case invalid(reason: String, offset: Int)
    }

    /// Reads one record, its strings already joined.
    public static func parse(_ text: String) -> Parsing {
        switch TransportRecordFields.read(text, version: "v=STSv1") {
        case .other(let nearMiss): return .notMTASTS(nearMiss: nearMiss)
        case .invalid(let reason, let offset): return .invalid(reason: reason, offset: offset)
        case .fields(let fields, let repeated): return record(fields, repeated)
        }
    }

    private static func record(
        _ fields: [TransportRecordFields.Field], _ repeated: [String]
    ) -> Parsing {
        var record = MTASTSRecord(id: "")
        for field in fields {
            if field.name == "id" {
                guard isID(field.value) else {
                    return .invalid(
                        reason: "id must have 1 to 32 letters and digits, nothing else.",
                        offset: field.offset)
                }
                record.id = field.text
                continue
            }
            guard TransportRecordFields.isExtensionValue(field.value) else {
                return .invalid(
                    reason: "The value of \(field.name) has characters that none may have.",
                    offset: field.offset)
            }
            if record.extensions.count < Limits.transportExtensions {
                record.extensions.append(
                    MTASTSRecord.Extension(name: field.name, value: field.text))
            }
        }
        guard !record.id.isEmpty else {
            return .invalid(reason: "The record has no id.", offset: 0)
        }
        record.warnings = repeated.prefix(Limits.transportDefects).map {
            "The field \($0) is there more than once; only the first counts."
        }
        return .record(record)
    }

    private static func isID(_ value: ArraySlice<UInt8>) -> Bool {
        value.count <= 32 && value.allSatisfy { $0.isLetter || $0.isDigit }
    }
}
