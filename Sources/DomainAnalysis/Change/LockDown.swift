public import DNS
public import Identities

/// Closes a domain that sends and takes no mail, in one change: nobody may send in its name, no key
/// signs for it, it takes no mail, and receivers refuse what is forged.
public enum LockDown {
    /// Names and types whose records have to be known first.
    public static func needed(for domain: DomainName) -> [(name: DNSName, type: RecordType)] {
        let apex = DNSName(domain)
        return [(apex, .txt), wildcardKey(apex).map { ($0, .txt) }, (apex, .mx)]
            .compactMap(\.self) + (policy(apex).map { [($0, .txt)] } ?? [])
    }

    /// Closes the domain in a draft that has been told what is there.
    ///
    /// - Parameter reportURI: where reports go when the record that is there does not say:
    ///   `mailto:…`.
    public static func apply(to draft: inout ChangeDraft, reportURI: String?) {
        let apex = DNSName(draft.domain)
        // RFC 7208 §10.1.2. Other texts at the same name stay.
        let others = draft.records(apex, .txt).filter { !isSPF($0) }
        draft.replace(apex, .txt, with: others + [.text("v=spf1 -all")])
        if let name = wildcardKey(apex) {
            // RFC 6376 §3.6.1: an empty key is a revoked one.
            draft.replace(name, .txt, with: [.text("v=DKIM1; p=")])
        }
        // RFC 7505: the null MX.
        draft.replace(apex, .mx, with: [.mx(preference: 0, exchange: .root)])
        if let name = policy(apex) {
            draft.replace(name, .txt, with: [.text(record(draft.records(name, .txt), reportURI))])
        }
    }

    /// What the person should know before closing it.
    ///
    /// - Parameters:
    ///   - legitimate: messages of the last days that were proved or look like the owner's.
    ///   - undecided: messages that nobody has decided about.
    public static func consequences(
        of draft: ChangeDraft, legitimate: Int64, undecided: Int64, days: Int
    ) -> [String] {
        var sentences: [String] = []
        let domain = draft.domain
        if legitimate > 0 {
            sentences.append(
                "\(PlanNumbers.messages(legitimate)) in the reports of "
                    + "\(PlanNumbers.days(days)) look like your own mail as \(domain): receivers "
                    + "will refuse such mail from now on.")
        }
        if undecided > 0 {
            sentences.append(
                "Nobody has decided yet about \(PlanNumbers.messages(undecided)) as \(domain): "
                    + "if some of it is yours, it is refused too.")
        }
        let hosts = draft.records(DNSName(domain), .mx).compactMap { data -> String? in
            guard case .mx(_, let host) = data, host != .root else { return nil }
            return host.spoken
        }
        if !hosts.isEmpty {
            sentences.append(
                "\(domain) takes mail at \(PlanWords.and(Array(hosts.prefix(5)))): after the change "
                    + "nobody can write to an address at \(domain) any more.")
        }
        return sentences
    }

    private static func record(_ data: [RecordData], _ reportURI: String?) -> String {
        let old = data.lazy.compactMap { text($0) }.first {
            $0.lowercased().hasPrefix("v=dmarc1")
        }
        var record = RecordText(old ?? "v=DMARC1")
        record.set("p", "reject", after: "v")
        record.set("sp", "reject", after: "p")
        record.set("np", "reject", after: "sp")
        record.remove(["t", "pct", "rf", "ri"])
        if record.value("rua") == nil, let reportURI { record.set("rua", reportURI) }
        return record.render()
    }

    private static func isSPF(_ data: RecordData) -> Bool {
        text(data).flatMap(SPFText.init) != nil
    }

    private static func text(_ data: RecordData) -> String? {
        guard case .txt(let strings) = data else { return nil }
        return String(decoding: strings.joined(), as: UTF8.self)
    }

    private static func wildcardKey(_ apex: DNSName) -> DNSName? {
        apex.adding(label: Array("_domainkey".utf8))?.adding(label: [UInt8(ascii: "*")])
    }

    private static func policy(_ apex: DNSName) -> DNSName? {
        apex.adding(label: Array("_dmarc".utf8))
    }
}
