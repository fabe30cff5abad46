/// The certificates of a PEM file (RFC 7468): each as DER, in the order of the file.
enum CertificateText {
    enum Refusal: Error {
        case tooLarge
        case unreadable(index: Int)
        case tooMany
    }

    private static let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
    private static let end = Array("-----END CERTIFICATE-----".utf8)
    private static let dashes = Array("-----".utf8)

    /// What stands around the certificates is passed over, as RFC 7468 §2 allows.
    static func certificates(
        in octets: [UInt8], limit: Int
    ) throws(Refusal) -> [[UInt8]] {
        guard octets.count <= Limits.markEvidenceOctets else { throw .tooLarge }
        var found: [[UInt8]] = []
        var start: Int?
        for line in octets.split(whereSeparator: {
            $0 == Octet.lineFeed || $0 == Octet.carriageReturn
        }) {
            let line = TagList.trimmed(line)
            guard line.starts(with: dashes) else { continue }
            if line.elementsEqual(begin) {
                guard start == nil else { throw .unreadable(index: found.count) }
                start = line.endIndex
            } else if line.elementsEqual(end), let first = start {
                guard found.count < limit else { throw .tooMany }
                guard let der = Base64.decode(octets[first..<line.startIndex]), !der.isEmpty else {
                    throw .unreadable(index: found.count)
                }
                found.append(der)
                start = nil
            }
        }
        guard start == nil else { throw .unreadable(index: found.count) }
        return found
    }
}
