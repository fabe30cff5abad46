/// What a report says about itself and about the policy it saw.
extension AggregateReportReader {
    mutating func takeHeading(_ closed: AggregateContext) {
        switch closed {
        case .version: report.version = first(report.version, closed)
        case .orgName: report.reporter = first(report.reporter, closed) ?? ""
        case .email: report.email = first(report.email, closed) ?? ""
        case .extraContact: report.extraContact = first(report.extraContact, closed)
        case .reportID: report.reportID = first(report.reportID, closed) ?? ""
        case .generator:
            has9990Element = true
            report.generator = first(report.generator, closed)
        case .begin: begin = begin ?? time(closed)
        case .end: end = end ?? time(closed)
        case .error: takeError()
        default: takePolicy(closed)
        }
    }

    /// The value that is there already, or the one that was just read; nil for an empty one.
    private mutating func first(_ known: String?, _ context: AggregateContext) -> String? {
        if let known, !known.isEmpty { return known }
        let text = string(context)
        return text.isEmpty ? nil : text
    }

    private mutating func takeError() {
        let text = string(.error)
        guard !text.isEmpty else { return }
        guard report.errors.count < limits.reasonsPerRecord else {
            return note(
                .excessDropped, .repair, at: .error, "The report has more errors than we keep.")
        }
        report.errors.append(text)
    }

    /// RFC 7489 Appendix C puts the period after the names; a report with another order was made
    /// by other rules.
    mutating func checkMetadataOrder() {
        if report.reporter.isEmpty, report.reportID.isEmpty {
            note(
                .metadataOrder, .repair, at: .dateRange,
                "The period comes before the reporter's name and the report's identifier.")
        }
    }

    // MARK: Times

    private mutating func time(_ context: AggregateContext) -> Int64? {
        switch withText({ _, bytes in ForeignNumber(bytes) }) {
        case .whole(let seconds): return seconds
        case .decimal(let seconds, let isExact):
            note(
                .fractionalTime, isExact ? .note : .repair, at: context,
                "A time is written as a decimal number; whole seconds were taken.")
            return seconds
        case .negative: return -1
        case .tooLarge: return .max
        case .invalid: return textualTime(context)
        }
    }

    /// `2024-03-01`, with or without `T12:34:56` behind it.
    private mutating func textualTime(_ context: AggregateContext) -> Int64? {
        let text = string(context)
        guard let day = UTCDay(text.prefix(10)) else { return nil }
        var seconds = day.firstSecond
        let clock = text.dropFirst(11).prefix(8).split(separator: ":")
        if text.count > 10 {
            let parts = clock.compactMap { Int64($0) }
            guard parts.count == clock.count, parts.count >= 2, (0..<24).contains(parts[0]),
                parts[1...].allSatisfy({ (0...60).contains($0) })
            else { return nil }
            seconds += parts[0] * 3_600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0)
        }
        note(
            .textualTime, .repair, at: context,
            "A time is written as a date; it was read as UTC.")
        return seconds
    }

    // MARK: Published policy

    private mutating func takePolicy(_ closed: AggregateContext) {
        if closed == .testing || closed == .discoveryMethod { has9990Element = true }
        // Of several policies the first counts.
        if policyCount > 1 { return }
        switch closed {
        case .policyDomain: takePolicyDomain()
        case .p: report.policy.policy = policyWord(closed)
        case .sp: report.policy.subdomainPolicy = policyWord(closed)
        case .np: report.policy.nonexistentSubdomainPolicy = policyWord(closed)
        case .adkim: report.policy.dkimAlignment = choice(closed, ["r", "s"])
        case .aspf: report.policy.spfAlignment = choice(closed, ["r", "s"])
        case .pct: takePercentage()
        case .fo: report.policy.failureOptions = first(nil, closed)
        case .testing: report.policy.testing = choice(closed, ["n", "y"]).map { $0 == "y" }
        case .discoveryMethod:
            report.policy.discoveryMethod = choice(closed, ["psl", "treewalk"])
        default: break
        }
    }

    private mutating func takePolicyDomain() {
        guard report.policy.domain.isEmpty else { return }
        let name = withText { (self, bytes) in self.names.name(bytes) }
        report.policy.domain = name ?? string(.policyDomain)
    }

    private mutating func policyWord(_ context: AggregateContext) -> String? {
        if let known = knownWord(context), known.isPolicy { return known.rawValue }
        noteRefusedWord(word(context), context)
        return nil
    }

    private mutating func choice(_ context: AggregateContext, _ words: [String]) -> String? {
        let word = word(context)
        if words.contains(word) { return word }
        noteRefusedWord(word, context)
        return nil
    }

    private mutating func noteRefusedWord(_ word: String, _ context: AggregateContext) {
        if word.isEmpty {
            note(.emptyValue, at: context, "An element is empty; it was taken as not sent.")
        } else {
            note(
                .unknownPolicyValue, .repair, at: context,
                "“\(Self.shown(word))” is none of the words allowed here; it was left out.")
        }
    }

    private mutating func takePercentage() {
        switch withText({ _, bytes in bytes.isEmpty ? nil : ForeignNumber(bytes) }) {
        case .whole(let number) where number <= 100: report.policy.percentage = Int(number)
        case nil: noteRefusedWord("", .pct)
        default:
            note(
                .invalidPercentage, .repair, at: .pct,
                "A percentage is not a number from 0 to 100; it was left out.")
        }
    }
}
