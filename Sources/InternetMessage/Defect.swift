/// One departure of a message from its specification: evidence for those who judge the message,
/// never an error of the parser.
public struct Defect: Hashable, Sendable, Codable {
    /// What was wrong.
    public enum Code: String, Sendable, Codable, CaseIterable {
        // Lines
        case bareLineFeed, bareCarriageReturn, mixedLineEndings, overlongLine, nulOctet
        // Header sections
        case mboxFromLine, malformedHeaderLine, missingHeaderSeparator, continuationWithoutField
        case blankContinuationLine, spaceBeforeColon, nonASCIIFieldName, nonASCIIFieldValue
        case duplicateField, headerWithoutEnd
        // Content fields
        case malformedContentType, unknownTransferEncoding, encodedComposite
        case malformedParameter, duplicateParameter, conflictingParameter, unquotedParameter
        case unclosedQuote, missingParameterSection, unknownCharset, invalidCharsetOctets
        case malformedEncodedWord
        // Multipart structure
        case missingBoundary, overlongBoundary, boundaryNeverUsed, missingEndBoundary
        case repeatedBoundary, nestedSameBoundary, ambiguousBoundaryLine, delimiterAfterEnd
        case partialMessage, externalBody
        // Transfer encodings
        case base64Junk, base64MissingPadding, base64DataAfterPadding, base64Truncated
        case quotedPrintableMalformed, uuencodeMalformed
        // Limits
        case tooManyParts, tooDeep, tooManyNestedMessages, tooManyHeaderFields, tooManyHeaderBytes
        case tooManyParameters, tooManyDecodedBytes, encodedTooDeep, tooManyAddresses

        /// Whether the code says that a limit was met, so that parts of the message were not read.
        public var isLimit: Bool {
            switch self {
            case .tooManyParts, .tooDeep, .tooManyNestedMessages, .tooManyHeaderFields,
                .tooManyHeaderBytes, .tooManyParameters, .tooManyDecodedBytes, .encodedTooDeep,
                .tooManyAddresses:
                true
            default: false
            }
        }
    }

    public var code: Code
    /// Where in `ParsedMessage.bytes`; inside a part that had to be decoded first, where its body
    /// begins there.
    public var offset: Int
    /// How often; more than one only when `Limits.defectsPerCode` was met.
    public var occurrences: Int

    public init(_ code: Code, at offset: Int, occurrences: Int = 1) {
        self.code = code
        self.offset = offset
        self.occurrences = occurrences
    }
}

/// Collects defects in bounded space.
struct DefectLog {
    private(set) var defects: [Defect] = []
    private var counts: [Defect.Code: (kept: Int, last: Int)] = [:]

    mutating func add(_ code: Defect.Code, at offset: Int) {
        let (kept, last) = counts[code] ?? (0, 0)
        if kept < Limits.defectsPerCode {
            counts[code] = (kept + 1, defects.count)
            defects.append(Defect(code, at: offset))
        } else {
            defects[last].occurrences &+= 1
        }
    }

    mutating func add(_ codes: Set<Defect.Code>, at offset: Int) {
        for code in codes.sorted(by: { $0.rawValue < $1.rawValue }) { add(code, at: offset) }
    }
}
