import Crypto
import FoundationEssentials
import Identities
import MailReports
import Storage

/// Bytes that came in, before anything is made of them.
struct RawReport: Sendable {
    /// For people: a file name, `inbox.mbox › message 12`, a form field.
    var name: String
    /// Where it came in: `command line`, `upload`.
    var door: String
    var content: Content
    /// Who is behind it; nil for files of an import, about which nobody asks.
    var origin: ReportOrigin?

    enum Content: Sendable {
        case bytes([UInt8])
        /// Too long for memory: read from the disk, more than once.
        case file(path: String)
    }
}

/// A raw report that fits into memory, read and judged: ready to be stored.
struct PreparedReport: Sendable {
    var name: String
    var door: String
    var digest: String
    var byteCount: Int
    var encoding: RawEncoding
    var pieces: [[UInt8]]
    var documents: [PreparedDocument]
    /// Confirmed names of its sources, as DNS has them today.
    var names: [IPAddress: DomainName]
    var provenance: Provenance?

    /// What was made of the rows of its aggregate reports.
    var judgements: [[IdentifiedRecord.Judgement]] {
        documents.map { document in
            if case .aggregate(_, _, let judgements, _) = document { judgements } else { [] }
        }
    }
}

enum PreparedDocument: Sendable {
    /// Each row with the judgement at the same place.
    case aggregate(
        AggregateReport, [AggregateRecord], [IdentifiedRecord.Judgement], path: String)
    case tls(TLSReport, path: String)
    case failure(FailureReport, path: String)
    case refused(ReportRefusal)
}

/// SHA-256 in lower-case hexadecimal.
func digestText(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
