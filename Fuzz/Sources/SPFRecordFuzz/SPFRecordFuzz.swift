// Seeds: the records of Tests/MailAuthenticationTests/Fixtures/FailCases/SPFRecordFuzz/; `-dict`
// with the names of mechanisms helps. Crashers go there too.
import DNS
import Identities
import MailAuthentication

/// Reads the input as an SPF record, and evaluates it in a zone where every name has that record,
/// so that it leads on to itself wherever it leads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSPFRecord(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: data, count: size))
    readBack(octets)
    readBack(Array("v=spf1 ".utf8) + octets)
    return 0
}

private func readBack(_ octets: [UInt8]) {
    do {
        let record = try SPFRecordParser.parse(octets)
        precondition(record.octets == octets)
        var place = 0
        for term in record.terms {
            precondition(term.place.lowerBound >= place && !term.place.isEmpty)
            precondition(!record.text(of: term).contains(" "))
            place = term.place.upperBound
        }
        // What is read is read alike a second time, from the terms alone.
        let again = try SPFRecordParser.parse(
            "v=spf1 " + record.terms.map { record.text(of: $0) }.joined(separator: " "))
        precondition(again.terms.map(\.kind) == record.terms.map(\.kind))
    } catch {
        precondition((0...octets.count).contains(error.offset), error.description)
        precondition(!error.reason.isEmpty)
    }
    check(octets)
}

private func check(_ record: [UInt8]) {
    for client in [IPAddress(ipv4: 0xC000_0201), IPAddress(bytes: Array(0..<16))] {
        guard let client else { continue }
        let evaluator = SPFEvaluator(lookup: Everywhere(record: record))
        let request = SPFRequest(client: client, helo: "h.d.example", mailFrom: "a-b@d.example")
        let found = finished { await evaluator.evaluate(request) }
        precondition(!found.reason.isEmpty)
        precondition(found.lookups <= Limits.spfTerms + 1)
        precondition(found.voidLookups <= Limits.spfVoidTerms + 1)
        precondition(found.trace?.result == found.result)
        precondition((found.explanation ?? "").utf8.count <= Limits.spfExplanationOctets)
    }
}

/// Every name has the record; some have an address, an exchanger or a name of the client.
private struct Everywhere: DNSLookup {
    let record: [UInt8]

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        await lookUp(DNSName(name), type)
    }

    func lookUp(_ name: DNSName, _ type: RecordType) async -> DNSAnswer {
        let data: RecordData
        switch (type, name.wire.count % 7) {
        case (_, 0): return DNSAnswer(.nameError)
        case (.txt, _):
            data = .txt(
                stride(from: 0, to: record.count, by: 255).map {
                    Array(record[$0..<min($0 + 255, record.count)])
                })
        case (.a, 1), (.a, 2): data = .a(IPAddress(ipv4: 0xC633_6401))
        case (.mx, _): data = .mx(preference: 1, exchange: name)
        case (.ptr, _): data = .ptr(name)
        case (_, 3): return DNSAnswer(.failure("none"))
        default: return DNSAnswer(.noData)
        }
        return DNSAnswer(
            .records, records: [ResourceRecord(name: name, type: type, timeToLive: 0, data: data)])
    }
}

/// The value of work that never waits, for libFuzzer calls a plain function.
private func finished(_ work: @escaping @Sendable () async -> SPFEvaluation) -> SPFEvaluation {
    let box = Box()
    Task.immediate { box.value = await work() }
    guard let value = box.value else {
        preconditionFailure("A check waited, although every answer was there.")
    }
    return value
}

/// Written before it is read, on the same thread.
private final class Box: @unchecked Sendable {
    var value: SPFEvaluation?
}
