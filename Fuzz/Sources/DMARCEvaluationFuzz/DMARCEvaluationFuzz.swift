// Evaluates DMARC for arbitrary header sections under arbitrary records.
// The input, cut at NUL: a header section, then the text of each record in the DNS: the first one
// at every name below `_dmarc`, the second at every other name.
// Seeds: ../shared/conformance/dmarc-rspamd/dmarc. Longest input: 8,192 octets. Crashers:
// Tests/MailAuthenticationTests/Fixtures/FailCases/DMARCEvaluationFuzz/.
import DNS
import Identities
import MailAuthentication

private struct FuzzDNS: DNSLookup {
    let records: [String]

    func lookUp(_ name: DomainName, _ type: RecordType) async -> DNSAnswer {
        // A few names fail and a few do not exist, whichever they are.
        switch name.text.utf8.count % 7 {
        case 0: return DNSAnswer(.failure("time-out"))
        case 1: return DNSAnswer(.nameError)
        default: break
        }
        let texts = name.text.hasPrefix("_dmarc.") ? records.prefix(1) : records.dropFirst()
        guard !texts.isEmpty else { return DNSAnswer(.noData) }
        return DNSAnswer(
            .records,
            records: texts.map {
                ResourceRecord(
                    name: DNSName(name), type: .txt, timeToLive: 300, data: .text($0))
            })
    }
}

private let suffixes = PublicSuffixList.system

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDMARCEvaluation(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: size > 0 ? data : nil, count: size).split(
        separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    let header = parts.first.map { Array($0) } ?? []
    let dns = FuzzDNS(records: parts.dropFirst().map { String(decoding: $0, as: UTF8.self) })
    var isDone = false
    let isDoneHere = withUnsafeMutablePointer(to: &isDone) { done in
        let flag = Flag(done)
        // Every answer is at hand, so the task ends before this call does.
        Task.immediate {
            await evaluate(RawMessage(header), dns)
            flag.raise()
        }
        return done.pointee
    }
    precondition(isDoneHere, "the evaluation waits for something")
    return 0
}

/// Unchecked: it is raised before the call that made it returns.
private struct Flag: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Bool>
    init(_ pointer: UnsafeMutablePointer<Bool>) { self.pointer = pointer }
    func raise() { pointer.pointee = true }
}

private func evaluate(_ message: RawMessage, _ dns: FuzzDNS) async {
    let authors = AuthorDomains(message)
    precondition(authors.domains.count <= Limits.authorDomains)
    precondition(Set(authors.domains).count == authors.domains.count)
    precondition(authors.canPass || authors.problem != nil)
    let sender = authors.domains.last?.parent ?? authors.domains.first
    let spf = sender.map { SPFEvaluation(.pass, domain: $0, reason: "") }
    let dkim = authors.domains.prefix(2).compactMap { $0.adding(label: "mail") }.map {
        DKIMVerification(.pass, domain: $0, selector: "s", reason: "")
    }
    let evaluator = DMARCEvaluator(lookup: dns, suffixes: suffixes)
    let found = await evaluator.evaluate(message, spf: spf, dkim: dkim)
    precondition(!found.reason.isEmpty)
    precondition(found.result == .fail || found.disposition == .none)
    precondition(found.result != .pass || (found.alignment.isAligned && authors.canPass))
    precondition(found.result != .fail || found.policy != nil)
    if let record = found.record, let domain = found.recordDomain {
        let verifier = ReportDestinationVerifier(lookup: dns, suffixes: suffixes)
        for kind in [ReportDestinationVerifier.Kind.aggregate, .failure] {
            for destination in await verifier.verify(kind, of: record, at: domain) {
                // Whatever a record says, reports go to the host that was asked, or nowhere.
                let isAllowed = [.own, .authorized].contains(destination.verdict)
                precondition(destination.mailboxes.isEmpty != isAllowed)
                precondition(destination.mailboxes.allSatisfy { $0.domain == destination.host })
            }
        }
    }
}
