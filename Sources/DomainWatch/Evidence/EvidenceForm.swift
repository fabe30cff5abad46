import FoundationEssentials
import MailReports
import Storage

/// The forms in which an evidence pack is handed over.
public enum EvidenceForm: String, CaseIterable, Sendable {
    case pdf, csv, json

    public var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/json"
        }
    }

    /// A name for the file: it tells the day on which the figures end.
    public func fileName(_ pack: EvidencePack) -> String {
        "evidence-\(pack.now.days.last).\(rawValue)"
    }

    /// The whole file.
    ///
    /// - Parameters:
    ///   - pages: of a PDF; what does not fit is left out, which its last page tells.
    ///   - octets: of a PDF.
    /// - Throws: `PDFError` where this machine cannot draw a PDF, or it grows too large.
    public func render(
        _ pack: EvidencePack, pages: Int = Limits.pages, octets: Int = Limits.document
    ) throws -> [UInt8] {
        switch self {
        case .pdf: return try EvidenceDocument(pack, pages: pages, octets: octets).render()
        case .csv: return Array(EvidenceSheet.render(pack).utf8)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(pack)) + [0x0A]
        }
    }
}
