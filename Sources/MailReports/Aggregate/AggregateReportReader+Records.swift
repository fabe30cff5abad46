import Identities

/// The rows of a report: each element's value, and the record when it ends.
extension AggregateReportReader {
    /// Takes the value of an element that was closed.
    @inline(__always)
    mutating func take(_ closed: AggregateContext, _ manner: XMLClosing) {
        switch closed {
        case .sourceIP: takeSource()
        case .count:
            count = withText { _, bytes in bytes.isEmpty ? nil : ForeignNumber(bytes) }
        case .disposition: takeDisposition()
        case .evaluatedDKIM:
            guard let word = evaluation(closed) else { return }
            record.dkimEvaluated = word
            hasEvaluatedDKIM = true
        case .evaluatedSPF:
            guard let word = evaluation(closed) else { return }
            record.spfEvaluated = word
            hasEvaluatedSPF = true
        case .headerFrom: takeHeaderFrom()
        case .envelopeFrom: record.envelopeFrom = string(closed)
        case .envelopeTo: record.envelopeTo = optionalString(closed)
        case .dkimDomain, .spfDomain: domain = string(closed)
        case .dkimSelector: qualifier = optionalString(closed)
        case .spfScope: qualifier = optionalWord(closed)
        case .dkimResult, .spfResult: result = takeResult(closed)
        case .dkimHumanResult, .spfHumanResult: humanResult = optionalString(closed)
        case .dkim: finishDKIM()
        case .spf: finishSPF()
        case .reasonType: reasonType = word(closed)
        case .reasonComment: reasonComment = optionalString(closed)
        case .reason: finishReason()
        case .record: finishRecord(manner)
        case .document, .feedback, .metadata, .dateRange, .policy, .row, .evaluated, .identifiers,
            .authResults, .unknown, .extension:
            break
        default: takeHeading(closed)
        }
    }

    @inline(__always)
    private mutating func optionalString(_ context: AggregateContext) -> String? {
        let text = string(context)
        return text.isEmpty ? nil : text
    }

    private mutating func takeSource() {
        let (address, text) = withText { (self, bytes) in
            let address = IPAddress(utf8: bytes)
            // The bytes of an address are ASCII.
            return (
                address,
                address == nil ? self.string(.sourceIP) : String(decoding: bytes, as: UTF8.self)
            )
        }
        record.source = address
        record.sourceText = text
        if address == nil, !text.isEmpty {
            note(
                .invalidSourceAddress, .repair, at: .sourceIP,
                "“\(Self.shown(text))” is no address; the record was kept without one.")
        }
    }

    private mutating func takeDisposition() {
        let known = knownWord(.disposition)
        if let known, known.isPolicy || known == .pass {
            record.disposition = known.rawValue
            hasDisposition = true
            return
        }
        let word = word(.disposition)
        guard !word.isEmpty else { return }
        record.disposition = word
        hasDisposition = true
        note(
            .unknownDisposition, at: .disposition,
            "“\(Self.shown(word))” is no disposition; it was kept as sent.")
    }

    /// A word of `policy_evaluated`; nil when there is none.
    private mutating func evaluation(_ context: AggregateContext) -> String? {
        let known = knownWord(context)
        if known == .pass { return "pass" }
        if known == .fail { return "fail" }
        let word = word(context)
        if word.isEmpty { return nil }
        note(
            .unknownEvaluation, at: context,
            "“\(Self.shown(word))” is neither pass nor fail; it was kept and is not a pass.")
        return word
    }

    private mutating func takeHeaderFrom() {
        if let name = withText({ (self, bytes) in self.names.name(bytes) }) {
            record.headerFrom = name
            return
        }
        let text = string(.headerFrom)
        record.headerFrom = text
        if text.isEmpty { return }
        note(
            .invalidHeaderFrom, at: .headerFrom,
            "“\(Self.shown(text))” is no domain name; it was kept as sent.")
    }

    /// A word that reports know, in lower case; nil for another or none.
    @inline(__always)
    mutating func knownWord(_ context: AggregateContext) -> AggregateWord? {
        if let known = withText({ _, bytes in AggregateWord(bytes) }) { return known }
        guard let known = AggregateWord(rawValue: string(context).lowercased()) else { return nil }
        noteLetterCase(context)
        return known
    }

    /// A word in lower case, known or not; empty when there is none.
    @inline(__always)
    mutating func word(_ context: AggregateContext) -> String {
        if let known = knownWord(context) { return known.rawValue }
        let text = string(context)
        let lower = text.lowercased()
        if lower != text { noteLetterCase(context) }
        return lower
    }

    private mutating func noteLetterCase(_ context: AggregateContext) {
        note(.letterCase, at: context, "Capital letters were read as small ones.")
    }

    private mutating func optionalWord(_ context: AggregateContext) -> String? {
        let word = word(context)
        return word.isEmpty ? nil : word
    }

    // MARK: Results

    private mutating func takeResult(_ context: AggregateContext) -> String {
        guard let known = knownWord(context) else {
            let word = word(context)
            if !word.isEmpty {
                note(
                    .unknownResult, at: context,
                    "“\(Self.shown(word))” is no result; it was kept as sent.")
            }
            return word
        }
        if known.isResult { return known.rawValue }
        switch known {
        case .hardfail:
            note(
                .reinterpretedResult, .repair, at: context,
                "“hardfail” is no result; it was read as fail.")
            return "fail"
        case .error:
            note(
                .reinterpretedResult, .repair, at: context,
                "“error” is no result; it was read as permerror.")
            return "permerror"
        default:
            note(
                .unknownResult, at: context,
                "“\(known.rawValue)” is no result; it was kept as sent.")
            return known.rawValue
        }
    }

    private mutating func finishDKIM() {
        defer { forgetResult() }
        if domain.isEmpty, qualifier == nil, (result ?? "").isEmpty {
            return note(.emptyResult, at: .dkim, "An empty DKIM result was left out.")
        }
        if qualifier == nil {
            note(.missingSelector, at: .dkimSelector, "A DKIM result names no selector.")
        }
        noteMissingResult(.dkimResult)
        guard dkim.count < limits.resultsPerRecord else { return noteExcess(.dkim) }
        var finished = AggregateRecord.DKIMAuthenticationResult(domain: "", result: result ?? "")
        swap(&finished.domain, &domain)
        swap(&finished.selector, &qualifier)
        swap(&finished.humanResult, &humanResult)
        dkim.append(finished)
    }

    private mutating func finishSPF() {
        defer { forgetResult() }
        if domain.isEmpty, (result ?? "").isEmpty {
            return note(.emptyResult, at: .spf, "An empty SPF result was left out.")
        }
        if qualifier == nil, namespaces.kind != .rfc9990 {
            note(
                .missingScope, at: .spfScope, "An SPF result does not say which identity it is of.")
        }
        noteMissingResult(.spfResult)
        if spf.count == 1 {
            note(
                .repeatedSPFResult, at: .spf, "A record has more than one SPF result; all are kept."
            )
        }
        guard spf.count < limits.resultsPerRecord else { return noteExcess(.spf) }
        var finished = AggregateRecord.SPFAuthenticationResult(domain: "", result: result ?? "")
        swap(&finished.domain, &domain)
        swap(&finished.scope, &qualifier)
        swap(&finished.humanResult, &humanResult)
        spf.append(finished)
    }

    private mutating func noteMissingResult(_ context: AggregateContext) {
        if (result ?? "").isEmpty {
            note(.emptyResult, at: context, "A result is empty; it was kept so.")
        }
    }

    private mutating func noteExcess(_ context: AggregateContext) {
        note(
            .excessDropped, .repair, at: context,
            "A record has more of these than we keep; the rest was left out.")
    }

    private mutating func forgetResult() {
        domain = ""
        qualifier = nil
        result = nil
        humanResult = nil
    }

    private mutating func finishReason() {
        defer {
            reasonType = nil
            reasonComment = nil
        }
        if reasonType == nil, reasonComment == nil {
            // The text is the reason's own only when no element was inside.
            let bare = word(.reason)
            guard !bare.isEmpty else {
                return note(.emptyReason, at: .reason, "An empty reason was left out.")
            }
            note(.bareReason, .repair, at: .reason, "A reason's text was read as its type.")
            reasonType = bare
        }
        let type = reasonType ?? ""
        if type.isEmpty, reasonComment == nil {
            return note(.emptyReason, at: .reason, "An empty reason was left out.")
        }
        if type.isEmpty {
            note(.emptyReason, at: .reasonType, "A reason has a comment and no type.")
        } else if AggregateWord(rawValue: type)?.isReason != true {
            note(
                .unknownReason, at: .reasonType,
                "“\(Self.shown(type))” is no type of reason; it was kept as sent.")
        }
        guard record.reasons.count < limits.reasonsPerRecord else { return noteExcess(.reason) }
        record.reasons.append(.init(type: type, comment: reasonComment))
    }

    static func shown(_ text: String) -> String { SafeText.line(text, limit: 40) }

    // MARK: The record

    private mutating func finishRecord(_ manner: XMLClosing) {
        defer { forgetRecord() }
        if case .endOfDocument = manner {
            return skip("The last record stops in its middle")
        }
        guard let messages = messages() else { return }
        if !hasDisposition {
            note(
                .unknownDisposition, .repair, at: .disposition,
                "A record does not say what was done; none was taken.")
        }
        if !hasEvaluatedDKIM || !hasEvaluatedSPF {
            note(
                .unknownEvaluation, .repair, at: .evaluated,
                "A record does not say whether DKIM and SPF passed; fail was taken.")
        }
        if record.sourceText.isEmpty {
            if record.headerFrom.isEmpty, dkim.isEmpty, spf.isEmpty {
                note(.missingSourceAddress, .repair, at: .sourceIP, "A record has no address.")
                return skip("A record has neither an address nor identifiers")
            }
            note(
                .missingSourceAddress, .repair, at: .sourceIP,
                "A record has no source address; it was kept without one.")
        }
        if record.headerFrom.isEmpty {
            record.headerFrom = report.policy.domain
            note(
                .missingHeaderFrom, .repair, at: .headerFrom,
                "A record has no From domain; the domain of the policy was taken.")
        }
        if dkim.isEmpty, spf.isEmpty {
            note(
                .missingAuthenticationResults, at: .authResults,
                "A record has no DKIM and no SPF result.")
        }
        record.count = messages
        swap(&record.dkim, &dkim)
        swap(&record.spf, &spf)
        if commonHeaderFrom == nil {
            commonHeaderFrom = record.headerFrom
        } else if commonHeaderFrom != record.headerFrom {
            commonHeaderFrom = ""
        }
        report.recordCount += 1
        let (sum, overflow) = report.messageCount.addingReportingOverflow(messages)
        report.messageCount = overflow ? .max : sum
        var finished = AggregateRecord()
        swap(&finished, &record)
        pending.append(finished)
    }

    /// The messages of the record; nil when it cannot count.
    private mutating func messages() -> Int64? {
        switch count {
        case .whole(let number) where number <= limits.messagesPerRecord: return number
        case .decimal(let number, let isExact) where number <= limits.messagesPerRecord:
            note(
                .invalidCount, isExact ? .note : .repair, at: .count,
                "A count is written as a decimal number; its whole part was taken.")
            return number
        case .negative:
            note(.negativeCount, .repair, at: .count, "A count is below zero.")
            skip("A record counts fewer than no messages")
        case .whole, .decimal, .tooLarge:
            note(.invalidCount, .repair, at: .count, "A count is beyond belief.")
            skip("A record counts more messages than can be")
        case .invalid:
            note(.invalidCount, .repair, at: .count, "A count is no number.")
            skip("A record's count is no number")
        case nil:
            note(.missingCount, .repair, at: .count, "A record has no count.")
            skip("A record has no count")
        }
        return nil
    }

    private mutating func skip(_ reason: String) {
        skippedRecords += 1
        note(.skippedRecord, .repair, at: .record, reason + "; it was left out.")
    }

    private mutating func forgetRecord() {
        record = AggregateRecord()
        count = nil
        hasDisposition = false
        hasEvaluatedDKIM = false
        hasEvaluatedSPF = false
        dkim.removeAll(keepingCapacity: true)
        spf.removeAll(keepingCapacity: true)
    }
}
