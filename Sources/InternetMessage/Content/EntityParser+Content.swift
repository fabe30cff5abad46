/// The fields that say what a part holds.
extension EntityParser {
    mutating func readContentFields(of part: inout OpenPart, inDigest: Bool) {
        part.contentType = inDigest ? .embeddedMessage : .plainText
        if let field = part.headers.first(named: "Content-Type") {
            var defects: Set<Defect.Code> = []
            let bytes = field.unfoldedBytes(limit: Limits.structuredFieldBytes)
            let type = ContentType(bytes, parameterLimit: parameterLimit, defects: &defects)
            if let type { part.contentType = type }
            charge(type?.parameters ?? [], defects: defects, at: field.nameRange.lowerBound)
        }
        if let field = part.headers.first(named: "Content-Disposition") {
            var defects: Set<Defect.Code> = []
            let bytes = field.unfoldedBytes(limit: Limits.structuredFieldBytes)
            let disposition = ContentDisposition(
                bytes, parameterLimit: parameterLimit, defects: &defects)
            part.disposition = disposition
            charge(disposition.parameters, defects: defects, at: field.nameRange.lowerBound)
        }
        if let field = part.headers.first(named: "Content-Transfer-Encoding") {
            part.transferEncoding = TransferEncoding(parsing: field.unfoldedBytes(limit: 256))
            if case .unknown = part.transferEncoding {
                note(.unknownTransferEncoding, at: field.nameRange.lowerBound)
            }
        }
    }

    private var parameterLimit: Int { min(Limits.parametersPerField, budget.parameters) }

    private mutating func charge(
        _ parameters: [Parameter], defects: Set<Defect.Code>, at offset: Int
    ) {
        _ = budget.charge(\.parameters, parameters.count)
        for code in defects.sorted(by: { $0.rawValue < $1.rawValue }) { note(code, at: offset) }
    }
}
