import Identities
public import InternetMessage

/// Reads a failure report out of a mail: the feedback part of RFC 5965 with the fields of RFC 6591
/// and RFC 9991, or the plain text that some mail servers send instead.
public struct FailureReportParser: Sendable {
    public init() {}

    /// The first failure report in a mail, or nil when there is none.
    public func parse(_ message: ParsedMessage) -> FailureReport? {
        message.allParts.lazy.compactMap { parse(part: $0) }.first
    }

    /// The failure report that this part is: a multipart with a feedback part among its parts, a
    /// feedback part on its own, or a text that says so.
    func parse(part: BodyPart) -> FailureReport? {
        if let index = part.children.firstIndex(where: Self.isFeedback) {
            return report(
                feedback: part.children[index], others: part.children[(index + 1)...])
        }
        if part.children.isEmpty, part.message == nil {
            if Self.isFeedback(part) { return report(feedback: part, others: []) }
            return FailureNotice.report(in: part)
        }
        return nil
    }

    // MARK: Feedback parts

    static func isFeedback(_ part: BodyPart) -> Bool {
        guard part.children.isEmpty, part.message == nil else { return false }
        if part.contentType.mediaType == "message/feedback-report" { return true }
        return part.decodedBody(limit: 64).prefix(14).map { $0 | 0x20 }
            .elementsEqual("feedback-type:".utf8.map { $0 | 0x20 })
    }

    private func report(feedback: BodyPart, others: ArraySlice<BodyPart>) -> FailureReport {
        var report = FailureReport()
        var repairs = RepairTally()
        if feedback.transferEncoding == .base64 {
            // RFC 5965 §2: the part is 7bit; NetEase encodes it.
            repairs.add(
                .base64Part, .note, at: "message/feedback-report",
                "The feedback part was sent as base64.")
        }
        let body = feedback.decodedBody(limit: FailureLimits.feedbackBytes)
        let fields = MessageParser().parse(FailureFields.withoutLeadingBlanks(body)).headers
        FailureFields.read(fields, into: &report, &repairs)
        if let copy = others.lazy.compactMap(Self.reportedHeaders).first {
            FailureFields.describe(copy, in: &report)
        }
        FailureFields.complete(&report, &repairs)
        report.repairs = repairs.repairs
        return report
    }

    /// The header of the message that is reported, from a whole copy or from its header alone.
    private static func reportedHeaders(_ part: BodyPart) -> [HeaderField]? {
        if let message = part.message { return message.headers }
        let type = part.contentType
        guard
            type.mediaType == "text/rfc822-headers" || type.mediaType == "message/rfc822"
                || type.mediaType == "text/rfc822"
        else { return nil }
        return MessageParser().parse(part.decodedBody(limit: FailureLimits.copyBytes)).headers
    }
}

/// How much of a failure report is kept.
enum FailureLimits {
    /// Bytes of the feedback part that are read.
    static let feedbackBytes = 1 << 20
    /// Bytes of the copy's header that are read.
    static let copyBytes = 1 << 20
    /// Fields that have no place of their own and are kept.
    static let otherFields = 64
    /// Results that are kept.
    static let results = 16
    /// Characters of one value that are kept.
    static let valueLength = 8_192
}
