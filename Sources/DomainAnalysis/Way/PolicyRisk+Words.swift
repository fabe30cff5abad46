extension PolicyRisk {
    /// Whether less than so many hundredths of a percent of the legitimate mail is at risk; what is
    /// not known counts as at risk.
    public func isBelow(hundredths: Int) -> Bool {
        let doubtful = Double(PlanNumbers.sum([atRisk, undetermined]))
        return doubtful * 10_000 < Double(legitimate) * Double(hundredths)
            || (doubtful == 0 && (legitimate > 0 || (names != nil && hasReports)))
    }

    /// Whether there is anything to go by: for names below a domain also that they send nothing.
    public var hasReports: Bool { names == nil ? messages > 0 : coverage.messages > 0 }

    public var share: Double { PlanNumbers.share(atRisk, of: legitimate) }

    /// The figure with its denominator, in a sentence.
    public var sentence: String {
        let names = names.map { SubdomainNames.words($0, below: domain) }
        let source = names.map { " from \($0)" } ?? ""
        if messages == 0, names != nil, hasReports {
            return "None of the \(PlanNumbers.messages(coverage.messages)) that were reported came"
                + "\(source): nothing would be lost."
        }
        guard messages > 0 else {
            return "No mail was reported, so nothing can be said about what would be lost."
        }
        guard legitimate > 0 else {
            return
                "All \(PlanNumbers.messages(messages)) that were reported\(source) are forged: none of "
                + "yours was seen."
        }
        let whole =
            "\(PlanNumbers.messages(legitimate)) that are or may be yours"
            + (names.map { " and came from \($0)" } ?? "")
        guard atRisk > 0 else {
            return "Of the \(whole), none would have been put aside or refused."
        }
        let affected = senders.filter { $0.atRisk > 0 }.count
        return "Of the \(whole), \(PlanNumbers.count(atRisk)) (\(PlanNumbers.percent(share))) "
            + "would have been put aside or refused, from "
            + (affected == 1 ? "one sender." : "\(affected) senders.")
    }

    /// What the stored mail does not tell about names below a domain.
    func subdomainRemarks(nameless: Int64) -> [String] {
        guard let names else { return [] }
        var remarks: [String] = []
        if names.contains(.missing) {
            remarks.append(
                "Nobody can answer mail from a name that does not exist, so it is hardly ever "
                    + "honest: if a sender here is yours, give its name a record in the DNS first.")
            remarks.append(
                "Reports do not say whether a name existed: the DNS was asked now, not on the days "
                    + "of the mail. Receivers that do not follow RFC 9989 yet do not know np, and "
                    + "go by sp.")
        }
        if names.contains(.existing) {
            remarks.append(
                "Which names have a DMARC record of their own was asked of the DNS now, not on the "
                    + "days of the mail.")
        }
        if nameless > 0 {
            remarks.append(
                "Of \(PlanNumbers.messages(nameless)) the reports do not tell the From domain, so "
                    + "they may be from names below \(domain) as well; they are not counted.")
        }
        return remarks
    }
}
