public import DNS
public import Identities

/// Verifies that the addresses of a DMARC record may be sent its reports (RFC 9990 §4).
public struct ReportDestinationVerifier: Sendable {
    /// Which reports the addresses are for.
    public enum Kind: String, Sendable, Codable {
        /// `rua`.
        case aggregate
        /// `ruf`.
        case failure
    }

    private let lookup: any DNSLookup
    private let discovery: PolicyDiscovery

    public init(
        lookup: any DNSLookup, suffixes: PublicSuffixList, method: DiscoveryMethod = .treeWalk
    ) {
        self.lookup = lookup
        discovery = PolicyDiscovery(method: method, lookup: lookup, suffixes: suffixes)
    }

    /// Verifies each address of a record, in its order. `recordDomain` is the domain below whose
    /// `_dmarc` the record was found.
    public func verify(
        _ kind: Kind, of record: DMARCRecord, at recordDomain: DomainName
    ) async -> [ExternalReportDestination] {
        let uris =
            switch kind {
            case .aggregate: record.aggregateReportURIs
            case .failure: record.failureReportURIs
            }
        // RFC 9991 §3: failure reports would show a whole top-level domain's mail to its operator.
        if kind == .failure, record.publicSuffixDomain == .yes {
            return uris.map {
                ExternalReportDestination(
                    uri: $0, verdict: .refused,
                    reason: "A public suffix (psd=y) is sent no failure reports.")
            }
        }
        var answers = RecordAnswers()
        var consents: [DomainName: Consent] = [:]
        var destinations: [ExternalReportDestination] = []
        for uri in uris {
            guard let mailbox = ReportMailbox(uri) else {
                destinations.append(
                    ExternalReportDestination(
                        uri: uri, verdict: .unusable,
                        reason: "\(uri.reasonExcerpt) is no plain mail address."))
                continue
            }
            let host = mailbox.address.domain
            var consent = consents[host]
            if consent == nil {
                consent =
                    consents.count < Limits.externalReportHosts
                    ? await ask(host, for: recordDomain, kind, &answers)
                    : Consent(
                        .refused,
                        reason: "The record names more than \(Limits.externalReportHosts) domains.")
                consents[host] = consent
            }
            if let consent { destinations.append(consent.destination(uri, mailbox.address)) }
        }
        return destinations
    }

    /// What one host says, for all addresses at it.
    private struct Consent {
        let verdict: ExternalReportDestination.Verdict
        let name: String?
        let override: [EmailAddress]
        let reason: String

        init(
            _ verdict: ExternalReportDestination.Verdict, name: String? = nil,
            override: [EmailAddress] = [], reason: String
        ) {
            self.verdict = verdict
            self.name = name
            self.override = override
            self.reason = reason
        }

        func destination(_ uri: String, _ address: EmailAddress) -> ExternalReportDestination {
            let isAllowed = verdict == .own || verdict == .authorized
            return ExternalReportDestination(
                uri: uri, host: address.domain, verdict: verdict,
                mailboxes: isAllowed ? (override.isEmpty ? [address] : override) : [],
                consentName: name, reason: reason)
        }
    }

    private func ask(
        _ host: DomainName, for recordDomain: DomainName, _ kind: Kind,
        _ answers: inout RecordAnswers
    ) async -> Consent {
        if await isOwn(host, recordDomain, &answers) {
            return Consent(.own, reason: "\(host) and \(recordDomain) are the same organisation.")
        }
        // Step 4: a name that is too long cannot be asked for.
        guard let name = DomainName("\(recordDomain)._report._dmarc.\(host)") else {
            return Consent(
                .refused, reason: "The name in which \(host) would give its consent is too long.")
        }
        let answer = await lookup.lookUp(name, .txt)
        switch answer.outcome {
        case .failure(let failure):
            return Consent(
                .unknown, name: name.text, reason: "The look-up of \(name) failed: \(failure)")
        case .noData, .nameError:
            return Consent(
                .refused, name: name.text,
                reason: "\(host) has not agreed to be sent reports: there is no record at \(name).")
        case .records: return read(answer.texts, name: name, host: host, kind)
        }
    }

    private func read(
        _ texts: [String], name: DomainName, host: DomainName, _ kind: Kind
    ) -> Consent {
        let records = texts.compactMap { text -> DMARCRecord? in
            guard case .record(let record) = DMARCRecordParser.parse(text) else { return nil }
            return record
        }
        guard !records.isEmpty else {
            return Consent(
                .refused, name: name.text,
                reason: "\(host) has not agreed to be sent reports: \(name) has no DMARC record.")
        }
        let uris = records.flatMap {
            kind == .aggregate ? $0.aggregateReportURIs : $0.failureReportURIs
        }
        guard !uris.isEmpty else {
            return Consent(
                .authorized, name: name.text, reason: "\(host) agreed to be sent reports.")
        }
        // Step 9: an override stays at its host, else reports would go in circles or to a victim.
        let override = uris.prefix(Limits.dmarcReportURIs).compactMap { ReportMailbox($0)?.address }
        guard override.count == uris.count, override.allSatisfy({ $0.domain == host }) else {
            return Consent(
                .refused, name: name.text,
                reason: "\(host) wants the reports sent on to another domain, which is not allowed."
            )
        }
        return Consent(
            .authorized, name: name.text, override: override,
            reason: "\(host) agreed, and names the addresses to send to.")
    }

    /// RFC 9990 §4: the same Organizational Domain needs no consent. Where the DNS fails, the
    /// consent is asked for.
    private func isOwn(
        _ host: DomainName, _ recordDomain: DomainName, _ answers: inout RecordAnswers
    ) async -> Bool {
        if host == recordDomain { return true }
        let ours = await discovery.organizationalDomain(of: recordDomain, answers: &answers)
        guard ours.failure == nil, host.isEqualOrBelow(ours.name) else { return false }
        let theirs = await discovery.organizationalDomain(of: host, answers: &answers)
        return theirs.failure == nil && theirs.name == ours.name
    }
}

/// The one address of a `mailto:` URI (RFC 6068), from which nothing else can be read.
struct ReportMailbox {
    let address: EmailAddress

    /// Nil for another scheme, and for an address that decodes to several: `a%2Cb%40victim@host`
    /// would show one host to the check and send to another.
    init?(_ uri: String) {
        let bytes = Array(uri.utf8)
        let scheme = Array("mailto:".utf8)
        guard bytes.count > scheme.count,
            zip(bytes, scheme).allSatisfy({ $0.0.lowercased == $0.1 })
        else { return nil }
        // Header fields behind `?` could name further recipients: they are left out.
        let path = bytes[scheme.count...].prefix { $0 != UInt8(ascii: "?") }
        guard let decoded = Self.decode(path),
            let text = String(validating: decoded, as: UTF8.self),
            decoded.count(where: { $0 == UInt8(ascii: "@") }) == 1,
            !decoded.contains(where: { ",;<>\"\\()[]:".utf8.contains($0) }),
            let address = EmailAddress(text)
        else { return nil }
        self.address = address
    }

    private static func decode(_ octets: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        var index = octets.startIndex
        while index < octets.endIndex {
            guard octets[index] == UInt8(ascii: "%") else {
                decoded.append(octets[index])
                index += 1
                continue
            }
            guard index + 2 < octets.endIndex, let high = value(octets[index + 1]),
                let low = value(octets[index + 2])
            else { return nil }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        if digit.isDigit { return digit &- 0x30 }
        let letter = digit.lowercased &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}
