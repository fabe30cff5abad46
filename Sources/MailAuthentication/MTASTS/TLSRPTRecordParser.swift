internal import Identities

/// Reads the text of a TXT record as a TLS-RPT record (RFC 8460 §3).
public enum TLSRPTRecordParser {
    /// What a TXT record turned out to be.
    public enum Parsing: Hashable, Sendable {
        case record(TLSRPTRecord)
        /// It does not begin with `v=TLSRPTv1;`: something else, to be passed over. The sentence is
        /// for one that was most likely meant to be this kind.
        case notTLSRPT(nearMiss: String?)
        /// It begins as one and cannot be used as one. `offset` counts octets.
        case invalid(reason: String, offset: Int)
    }

    /// Reads one record, its strings already joined.
    public static func parse(_ text: String) -> Parsing {
        switch TransportRecordFields.read(text, version: "v=TLSRPTv1") {
        case .other(let nearMiss): return .notTLSRPT(nearMiss: nearMiss)
        case .invalid(let reason, let offset): return .invalid(reason: reason, offset: offset)
        case .fields(let fields, let repeated): return record(fields, repeated)
        }
    }

    private static func record(
        _ fields: [TransportRecordFields.Field], _ repeated: [String]
    ) -> Parsing {
        var record = TLSRPTRecord(reportURIs: [])
        record.warnings = repeated.prefix(Limits.transportDefects).map {
            "The field \($0) is there more than once; only the first counts."
        }
        guard let rua = fields.first(where: { $0.name == "rua" }) else {
            return .invalid(reason: "The record has no rua.", offset: 0)
        }
        read(rua.value, into: &record)
        guard !record.reportURIs.isEmpty else {
            return .invalid(
                reason: "rua has no address to which a report could be sent.", offset: rua.offset)
        }
        for field in fields where field.name != "rua" {
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
        return .record(record)
    }

    private static func read(_ value: ArraySlice<UInt8>, into record: inout TLSRPTRecord) {
        for piece in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let address = TransportRecordFields.trimmed(piece)
            guard record.reportURIs.count < Limits.tlsReportURIs else {
                record.warnings.append(
                    "Only the first \(Limits.tlsReportURIs) addresses of rua are read.")
                return
            }
            if let destination = destination(address) {
                record.reportURIs.append(
                    TLSRPTRecord.ReportURI(
                        text: String(decoding: address, as: UTF8.self), destination: destination))
            } else if record.warnings.count < Limits.transportDefects {
                record.warnings.append(
                    "rua: “\(TransportRecordFields.excerpt(address))” is no address that starts "
                        + "with mailto: or https://; it is passed over.")
            }
        }
    }

    private static func destination(_ address: ArraySlice<UInt8>) -> TLSRPTRecord.Destination? {
        // `!`, `,` and `;` of a URI are encoded (§3).
        guard address.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "!") }),
            let colon = address.firstIndex(of: Octet.colon)
        else { return nil }
        let rest = address[(colon + 1)...]
        switch String(decoding: address[..<colon].map(\.lowercased), as: UTF8.self) {
        case "mailto":
            guard let plain = decoded(rest.prefix { $0 != UInt8(ascii: "?") }),
                let mailbox = EmailAddress(plain)
            else { return nil }
            return .mail(mailbox)
        case "https":
            guard rest.starts(with: "//".utf8) else { return nil }
            let authority = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
            guard !authority.contains(UInt8(ascii: "@")) else { return nil }
            let host = authority.prefix { $0 != Octet.colon }
            return DomainName(utf8: host).map { .web(host: $0) }
        default: return nil
        }
    }

    /// Percent encoding taken out; nil when it is none.
    private static func decoded(_ octets: ArraySlice<UInt8>) -> String? {
        var plain: [UInt8] = []
        var index = octets.startIndex
        while index < octets.endIndex {
            guard octets[index] == UInt8(ascii: "%") else {
                plain.append(octets[index])
                index += 1
                continue
            }
            guard index + 2 < octets.endIndex, let high = hexValue(octets[index + 1]),
                let low = hexValue(octets[index + 2])
            else { return nil }
            plain.append(high << 4 | low)
            index += 3
        }
        return String(validating: plain, as: UTF8.self)
    }

    private static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet.isDigit { return octet &- 0x30 }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
    }
}
