import DNS
import Identities
import MailAuthentication
import Synchronization
import Testing

/// A few records in memory, `name TYPE value` on each line; `FAIL` is a failure of DNS.
final class SPFTable: DNSLookup {
    private let lines: [(name: String, type: String, value: String)]
    private let asked = Mutex<[String]>([])

    init(_ text: String) {
        lines = text.split(separator: "\n").map {
            let parts = $0.split(separator: " ", maxSplits: 2).map(String.init)
            return (parts[0], parts[1], parts.count > 2 ? parts[2] : "")
        }
    }

    /// `name TYPE` of each question, in their order.
    var questions: [String] { asked.withLock { $0 } }

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        answer(name.text, type)
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        let text = Array(name.labels.joined(separator: [UInt8(ascii: ".")]))
        return answer(String(decoding: text, as: UTF8.self), type)
    }

    private func answer(_ name: String, _ type: RecordType) -> DNSAnswer {
        asked.withLock { $0.append("\(name) \(type)") }
        let here = lines.filter { $0.name == name }
        guard !here.isEmpty else { return DNSAnswer(.nameError) }
        if here.contains(where: { $0.type == "FAIL" && ($0.value == "\(type)") }) {
            return DNSAnswer(.failure("the server does not answer"))
        }
        let records = here.filter { $0.type == "\(type)" }.compactMap { line in
            Self.data(type, line.value).map {
                ResourceRecord(name: .root, type: type, timeToLive: 60, data: $0)
            }
        }
        return records.isEmpty ? DNSAnswer(.noData) : DNSAnswer(.records, records: records)
    }

    private static func data(_ type: RecordType, _ value: String) -> RecordData? {
        switch type {
        case .txt: .text(value)
        case .a: IPAddress(value).map { .a($0) }
        case .aaaa: IPAddress(value).map { .aaaa($0) }
        case .mx:
            value == "."
                ? .mx(preference: 0, exchange: .root)
                : DNSName(value).map { .mx(preference: 10, exchange: $0) }
        case .ptr: DNSName(value).map { .ptr($0) }
        default: nil
        }
    }

    /// Checks `user@d.example` from `192.0.2.1`, or what is given.
    func check(
        from mailFrom: String = "user@d.example", client: String = "192.0.2.1",
        helo: String = "h.d.example", policy: SPFPolicy = SPFPolicy(), isHELO: Bool = false
    ) async throws -> SPFEvaluation {
        let request = SPFRequest(
            client: try #require(IPAddress(client)), helo: helo, mailFrom: mailFrom,
            receiver: "r.example", now: 1_700_000_000)
        let evaluator = SPFEvaluator(lookup: self, policy: policy)
        return isHELO ? await evaluator.evaluateHELO(request) : await evaluator.evaluate(request)
    }
}
