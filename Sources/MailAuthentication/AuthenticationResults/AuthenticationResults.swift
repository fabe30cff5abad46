/// What a host says it found when it authenticated a message: the content of an
/// Authentication-Results field (RFC 8601 §2.2).
///
/// Anyone can write such a field. Only those that our own hosts wrote, and that
/// `AuthenticationResultsFilter` has kept others from forging, say anything.
public struct AuthenticationResults: Hashable, Sendable {
    /// What is not as RFC 8601 §2.2 has it; the rest was read all the same.
    public enum Defect: String, Sendable, Codable, CaseIterable {
        /// The field begins with a result, not with the name of who wrote it.
        case missingIdentifier = "missing-identifier"
        /// The name cannot be read for certain: something follows that is no version, or it holds
        /// control characters. Whose field it is, nobody can say.
        case unreadableIdentifier = "unreadable-identifier"
        /// A version above 1, whose grammar nobody knows (§2.2).
        case unsupportedVersion = "unsupported-version"
        /// There is neither a result nor `none`.
        case missingResults = "missing-results"
        /// Nothing stands between two semicolons, or behind the last.
        case emptyResult = "empty-result"
        /// A piece is no `method=result`; it was passed over.
        case malformedResult = "malformed-result"
        /// `none` stands beside results.
        case noneBesideResults = "none-beside-results"
        /// A property has no type before a dot; it was passed over.
        case propertyWithoutType = "property-without-type"
        /// A word behind a result is no property; it was passed over.
        case malformedProperty = "malformed-property"
        /// A value has characters that need quotation marks.
        case unquotedValue = "unquoted-value"
        case unterminatedComment = "unterminated-comment"
        case unterminatedQuote = "unterminated-quote"
        /// A control character stands in a word.
        case controlCharacter = "control-character"
        /// The end was not read: `Limits.authenticationResultsOctets`, `…Methods`, `…Properties`.
        case tooLong = "too-long"
    }

    /// The name of who authenticated (authserv-id), mostly a domain name; empty when missing.
    public var authservID: String
    /// As written; nil when the field has none, which means 1.
    public var version: Int?
    /// In the order of the field; empty for `none`.
    public var methods: [MethodResult]
    /// The comment behind `none`; it is written only where there are no methods.
    public var comment: String?
    /// Each at most once, in the order in which they were met.
    public var defects: [Defect]

    public init(
        authservID: String, version: Int? = nil, methods: [MethodResult] = [],
        comment: String? = nil, defects: [Defect] = []
    ) {
        self.authservID = authservID
        self.version = version
        self.methods = methods
        self.comment = comment
        self.defects = defects
    }

    /// The results of one method, by its name in lower case.
    public func results(of method: String) -> [MethodResult] {
        methods.filter { $0.method == method }
    }
}
