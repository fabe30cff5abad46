/// One place where a report departed from its specification and was read all the same.
///
/// Every repair is kept with the report and shown: what was seen, where, and what we made of it.
public struct Repair: Hashable, Sendable, Codable {
    /// How far a repair reaches.
    public enum Weight: String, Sendable, Codable {
        /// A departure that changed no value: read as it was sent.
        case note
        /// A value or a structure had to be changed or guessed. Such reports are counted apart.
        case repair
    }

    /// What was wrong; the raw value is stored and is never renamed.
    public enum Code: String, Sendable, Codable, CaseIterable {
        // Bytes and markup
        case byteOrderMark, invalidUTF8, otherEncoding, controlCharacter, leadingText, trailingText
        case bareAmpersand, unknownEntity, mismatchedTag, unclosedElement, truncatedDocument
        case truncatedArchive, undeclaredPrefix, strayMarkup
        // Metadata
        case missingVersion, missingNamespace, unknownNamespace, missingReporterName, missingEmail
        case missingReportID, metadataOrder, missingPeriod, invertedPeriod, periodOverOneDay
        case implausiblePeriod, fractionalTime, textualTime
        // Published policy
        case missingPolicy, repeatedPolicy, missingPolicyDomain, unknownPolicyValue, emptyValue
        case missingAlignmentMode, invalidPercentage
        // Records
        case identitiesElement, missingSourceAddress, invalidSourceAddress, missingCount
        case invalidCount, negativeCount, missingHeaderFrom, invalidHeaderFrom, skippedRecord
        case unknownDisposition, unknownEvaluation, emptyReason, unknownReason, bareReason
        case missingAuthenticationResults, missingSelector, missingScope, unknownResult
        case reinterpretedResult, emptyResult, repeatedSPFResult, letterCase, unknownElement
        case excessDropped
        // Other reports
        case missingField, wrongType, missingFeedbackPart, base64Part
    }

    public var code: Code
    public var weight: Weight
    /// Where: an element path such as `record[3]/auth_results/spf/result`, or a byte offset.
    public var location: String
    /// What was seen and what was made of it, in plain words.
    public var detail: String
    /// How often the same code was met in this report (the first place is `location`).
    public var occurrences: Int

    public init(
        _ code: Code, _ weight: Weight, at location: String, _ detail: String, occurrences: Int = 1
    ) {
        self.code = code
        self.weight = weight
        self.location = location
        self.detail = detail
        self.occurrences = occurrences
    }
}
