import Crypto
import MailReports

/// Rows that agree in everything but their count have the same 128 bits of SHA-256.
///
/// Every value goes in with its length, so that no two rows read alike.
struct ReportObservationDigest {
    private var octets: [UInt8] = []

    init(_ record: AggregateRecord) {
        octets.reserveCapacity(256)
        add(record.sourceText)
        add(record.disposition)
        add(record.dkimEvaluated)
        add(record.spfEvaluated)
        add(record.headerFrom)
        add(record.envelopeFrom)
        add(record.envelopeTo)
        for reason in record.reasons {
            octets.append(1)
            add(reason.type)
            add(reason.comment)
        }
        for result in record.dkim {
            octets.append(2)
            add(result.domain)
            add(result.selector)
            add(result.result)
            add(result.humanResult)
        }
        for result in record.spf {
            octets.append(3)
            add(result.domain)
            add(result.scope)
            add(result.result)
            add(result.humanResult)
        }
    }

    init(_ texts: [String?]) {
        for text in texts { add(text) }
    }

    /// 16 octets.
    var value: [UInt8] { Array(SHA256.hash(data: octets).prefix(16)) }

    private mutating func add(_ text: String?) {
        guard let text else {
            octets.append(0xFF)
            return
        }
        octets.append(0)
        withUnsafeBytes(of: UInt32(clamping: text.utf8.count).littleEndian) {
            octets.append(contentsOf: $0)
        }
        octets.append(contentsOf: text.utf8)
    }
}
