import DNS
import Identities

/// Asks for DMARC records; a proposed record stands in for what the DNS has at that domain.
final class RecordQuery: Sendable {
    let lookup: any DNSLookup
    let proposals: [DomainName: String]
    /// Answers that were read before, for look-ups to share.
    let cache: Cache

    typealias Cache = TextRecordCache<ReadRecord>

    init(
        lookup: any DNSLookup, proposals: [DomainName: String],
        cache: Cache = RecordQuery.makeCache()
    ) {
        self.lookup = lookup
        self.proposals = proposals
        self.cache = cache
    }

    static func makeCache() -> Cache {
        Cache(names: Limits.dmarcCachedNames, octets: Limits.dmarcCachedRecordOctets)
    }

    /// The one valid record of a domain, if it has exactly one (RFC 9989 §4.10, steps 1 and 2).
    /// The same answer of the DNS gives the same object.
    func record(of domain: DomainName) async -> ReadRecord {
        if !proposals.isEmpty, let proposal = proposals[domain] {
            return sift([proposal], domain: domain, shown: "_dmarc.\(domain)")
        }
        guard let name = domain.adding(label: "_dmarc") else {
            return ReadRecord(
                step: WalkStep(
                    domain: domain, name: "_dmarc.\(domain)", outcome: .noRecord,
                    text: "The name is too long to have a DMARC record."))
        }
        let found = await lookup.lookUp(name, .txt)
        if case .failure(let reason) = found.outcome {
            return ReadRecord(
                step: WalkStep(
                    domain: domain, name: name.text, outcome: .failure,
                    text: "The DNS did not answer: \(reason)"),
                failure: "The look-up of \(name.text) failed: \(reason)")
        }
        return cache.reading(of: name, in: found) { records in
            read(records, found.outcome, domain: domain, shown: name.text)
        }
    }

    private func read(
        _ records: [[[UInt8]]], _ outcome: DNSAnswer.Outcome, domain: DomainName, shown: String
    ) -> ReadRecord {
        switch outcome {
        case .noData, .failure: noRecord("There is no TXT record at this name.", domain, shown)
        case .nameError: noRecord("The name does not exist.", domain, shown)
        case .records:
            sift(
                records.map { String(decoding: $0.joined(), as: UTF8.self) }, domain: domain,
                shown: shown)
        }
    }

    private func noRecord(_ text: String, _ domain: DomainName, _ shown: String) -> ReadRecord {
        ReadRecord(step: WalkStep(domain: domain, name: shown, outcome: .noRecord, text: text))
    }

    private func sift(_ texts: [String], domain: DomainName, shown: String) -> ReadRecord {
        func answer(
            _ outcome: WalkStep.Outcome, _ text: String, _ record: DMARCRecord? = nil
        ) -> ReadRecord {
            ReadRecord(
                step: WalkStep(domain: domain, name: shown, outcome: outcome, text: text),
                record: record)
        }
        let candidates = texts.map { (text: $0, parsing: DMARCRecordParser.parse($0)) }.filter {
            $0.parsing != .notDMARC
        }
        guard let only = candidates.first else {
            return texts.isEmpty
                ? answer(.noRecord, "There is no TXT record at this name.")
                : answer(.otherRecords, "The TXT records at this name are no DMARC records.")
        }
        guard candidates.count == 1 else {
            return answer(
                .severalRecords,
                "There are \(candidates.count) DMARC records at this name, so none counts.")
        }
        switch only.parsing {
        case .record(let record):
            let isEnd = record.publicSuffixDomain != .undetermined
            return answer(isEnd ? .stop : .record, only.text, record)
        case .invalid(let reason, _): return answer(.invalidRecord, reason)
        case .notDMARC: return answer(.otherRecords, only.text)
        }
    }
}

/// The DNS Tree Walk from one domain upwards (RFC 9989 §4.10).
struct TreeWalk: Sendable {
    /// A valid record on the way.
    struct Found: Sendable {
        let domain: DomainName
        let publicSuffix: PublicSuffixFlag
        let answer: ReadRecord
    }

    let start: DomainName
    /// Valid records, from the longest name to the shortest.
    private(set) var found: [Found] = []
    private(set) var steps: [WalkStep] = []
    private(set) var failure: String?

    init(
        from start: DomainName, asking query: RecordQuery, answers: inout RecordAnswers
    ) async {
        self.start = start
        var target: DomainName? = start
        while let domain = target, steps.count < Limits.treeWalkQueries {
            let answer = await answers.record(of: domain, asking: query)
            steps.append(answer.step)
            if let reason = answer.failure {
                failure = reason
                return
            }
            if let flag = answer.publicSuffix {
                found.append(Found(domain: domain, publicSuffix: flag, answer: answer))
                if flag != .undetermined { return }
            }
            target = Self.next(after: domain, isStart: domain == start)
        }
    }

    /// Steps 4 and 7: from a long name the first step goes down to seven labels at once.
    private static func next(after domain: DomainName, isStart: Bool) -> DomainName? {
        if isStart, domain.labelCount >= Limits.treeWalkQueries {
            return domain.suffix(labels: Limits.treeWalkQueries - 1)
        }
        return domain.parent
    }

    /// The selection of RFC 9989 §4.10.2, from the longest name to the shortest.
    var organizationalDomain: OrganizationalDomain {
        func result(_ name: DomainName, _ basis: OrganizationalDomain.Basis) -> OrganizationalDomain
        {
            OrganizationalDomain(name: name, basis: basis, steps: steps)
        }
        if let failure {
            return OrganizationalDomain(
                name: start, basis: .undetermined, steps: steps, failure: failure)
        }
        for one in found {
            switch one.publicSuffix {
            case .no: return result(one.domain, .notPublicSuffix)
            case .yes where one.domain != start:
                guard let below = start.suffix(labels: one.domain.labelCount + 1) else { break }
                return result(below, .belowPublicSuffix)
            case .yes, .undetermined: continue
            }
        }
        guard let highest = found.last else { return result(start, .itself) }
        return result(highest.domain, .highestRecord)
    }

    /// The record that applies to mail from the domain where the walk began (§4.10.1): its own,
    /// else the Organizational Domain's, else the public suffix's.
    func appliedRecord(_ organization: DomainName) -> Found? {
        if let first = found.first, first.domain == start { return first }
        guard failure == nil else { return nil }
        return found.first { $0.domain == organization }
            ?? found.first { $0.publicSuffix == .yes }
    }
}
