import DNS
import MailAuthentication

/// What a change may cost, in sentences, read from the records alone and from what the reports say
/// about the domain's mail.
public enum ChangeConsequences {
    /// Mail of the owner in the last days, as far as reports tell.
    public struct Mail: Hashable, Sendable {
        public var days: Int
        /// Messages of the owner's that fail DMARC today, as by a plan's replay.
        public var failing: Int64

        public init(days: Int, failing: Int64) {
            self.days = days
            self.failing = failing
        }
    }

    /// Nothing is told twice, and harmless changes have no consequences.
    public static func of(_ sets: [RecordSetChange], mail: Mail? = nil) -> [String] {
        var sentences: [String] = []
        for set in sets where set.changesSomething {
            switch set.type {
            case .mx: sentences += mailExchange(set)
            case .ns: sentences.append("Other servers will answer for \(set.name.spoken).")
            case .txt:
                sentences += policy(set, mail) + senders(set) + keys(set)
            case .cname, .a, .aaaa, .dname:
                if set.after == nil {
                    sentences.append("\(set.name.spoken) will lead nowhere any more (\(set.type)).")
                }
            default: break
            }
        }
        return Array(sentences.prefix(ChangeLimits.consequences))
    }

    private static func mailExchange(_ set: RecordSetChange) -> [String] {
        let before = hosts(set.before)
        let after = hosts(set.after)
        guard !before.isEmpty, before != after else { return [] }
        guard !after.isEmpty else {
            return ["\(set.name.spoken) takes mail today, and will take none any more."]
        }
        let gone = before.subtracting(after).sorted()
        guard !gone.isEmpty else { return [] }
        return ["Mail for \(set.name.spoken) will not go to \(PlanWords.and(gone)) any more."]
    }

    private static func hosts(_ set: RecordSet?) -> Set<String> {
        Set(
            (set?.data ?? []).compactMap { data in
                guard case .mx(_, let host) = data, host != .root else { return nil }
                return host.lowercased.spoken
            })
    }

    // MARK: DMARC

    private static func policy(_ set: RecordSetChange, _ mail: Mail?) -> [String] {
        guard
            set.name.labels.first.map({ String(decoding: $0, as: UTF8.self).lowercased() })
                == "_dmarc"
        else { return [] }
        let (before, after) = (strength(set.before), strength(set.after))
        if set.after == nil {
            return [
                "Without a record at \(set.name.spoken), receivers apply no policy of this domain's, and "
                    + "send no reports."
            ]
        }
        if after > before, after > 0 {
            let act = after == 2 ? "refuse" : "put aside as suspicious"
            guard let mail, mail.failing > 0 else {
                return mail == nil
                    ? [
                        "Receivers will \(act) mail that fails DMARC; no reports tell how much of it "
                            + "is yours."
                    ] : []
            }
            return [
                "Receivers will \(act) mail that fails DMARC: "
                    + "\(PlanNumbers.messages(mail.failing)) of yours in "
                    + "\(PlanNumbers.days(mail.days)) of reports."
            ]
        }
        if after < before {
            return ["Forged mail that receivers stop today will reach people again."]
        }
        return below(set, mail)
    }

    /// Where the domain's own policy stays, what becomes of names below it.
    private static func below(_ set: RecordSetChange, _ mail: Mail?) -> [String] {
        let (before, after) = (policies(set.before), policies(set.after))
        let names = DNSName(labels: Array(set.name.labels.dropFirst()))?.spoken ?? ""
        if SubdomainNames.allCases.contains(where: { after.asked(of: $0) < before.asked(of: $0) }) {
            return [
                "Mail forged in the names below \(names) that receivers stop today will reach people "
                    + "again."
            ]
        }
        let raised = SubdomainNames.allCases.filter { after.asked(of: $0) > before.asked(of: $0) }
        guard !raised.isEmpty else { return [] }
        let act =
            raised.contains { after.asked(of: $0) == .reject }
            ? "refuse" : "put aside as suspicious"
        let start = "Receivers will \(act) mail from names below \(names) that fails DMARC"
        guard let mail else { return [start + "; no reports tell how much of it is yours."] }
        guard mail.failing > 0 else { return [] }
        return [
            start + ": \(PlanNumbers.messages(mail.failing)) of yours in "
                + "\(PlanNumbers.days(mail.days)) of reports."
        ]
    }

    private static func policies(_ set: RecordSet?) -> SubdomainPolicies {
        let texts = (set?.texts ?? []).filter { text in
            if case .notDMARC = DMARCRecordParser.parse(text) { return false }
            return true
        }
        return SubdomainPolicies(record: texts.count == 1 ? texts[0] : nil)
    }

    private static func strength(_ set: RecordSet?) -> Int {
        let records = (set?.texts ?? []).compactMap { text -> DMARCRecord? in
            guard case .record(let record) = DMARCRecordParser.parse(text) else { return nil }
            return record
        }
        guard records.count == 1 else { return 0 }
        switch records[0].appliedPolicy(isSubdomain: false, authorExists: nil)?.policy {
        case nil, .some(.none): return 0
        case .quarantine: return 1
        case .reject: return 2
        }
    }

    // MARK: SPF and DKIM

    private static func senders(_ set: RecordSetChange) -> [String] {
        let before = terms(set.before)
        let after = terms(set.after)
        let isAllowed: (String) -> Bool = { $0.first != "-" && $0.first != "~" && $0.first != "?" }
        let gone = before.filter { isAllowed($0) && !after.contains($0) && $0 != "+all" }
        guard !gone.isEmpty else { return [] }
        return [
            "Servers named by \(PlanWords.and(Array(gone.prefix(5)))) may not send as "
                + "\(set.name.spoken) any more."
        ]
    }

    private static func terms(_ set: RecordSet?) -> [String] {
        for text in set?.texts ?? [] {
            guard let spf = SPFText(text) else { continue }
            return spf.terms.dropFirst().map { $0.lowercased() }
        }
        return []
    }

    private static func keys(_ set: RecordSetChange) -> [String] {
        guard
            set.name.labels.contains(where: {
                String(decoding: $0, as: UTF8.self).lowercased() == "_domainkey"
            })
        else { return [] }
        let hadKey = (set.before?.texts ?? []).contains { hasKey($0) }
        guard hadKey, !set.removed.isEmpty else { return [] }
        return ["Mail signed with the key at \(set.name.spoken) cannot be proved by it any more."]
    }

    private static func hasKey(_ text: String) -> Bool {
        RecordText(text).value("p").map { !$0.isEmpty } ?? false
    }
}

extension ChangeConsequences.Mail {
    /// As a plan tells it.
    public init(of plan: EnforcementPlan) {
        let readiness = plan.readiness
        self.init(
            days: plan.daysObserved,
            failing: max(0, readiness.legitimateMessages - readiness.survivingMessages))
    }
}
