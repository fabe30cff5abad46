/// What one authentication method said, with what it looked at: `resinfo` of RFC 8601 §2.2.
public struct MethodResult: Hashable, Sendable {
    /// In lower case: `spf`, `dkim`, `dmarc`, `arc`.
    public var method: String
    /// The method's version; nil means 1.
    public var version: Int?
    /// In lower case: `pass`, `fail` and the method's other words (§2.7).
    public var result: String
    /// The comment behind the result, without its brackets.
    public var comment: String?
    /// Why the result is as it is, for people (`reason=`).
    public var reason: String?
    /// What was looked at, in the order of the field.
    public var properties: [ResultProperty]

    public init(
        _ method: String, _ result: String, version: Int? = nil, comment: String? = nil,
        reason: String? = nil, properties: [ResultProperty] = []
    ) {
        self.method = method
        self.version = version
        self.result = result
        self.comment = comment
        self.reason = reason
        self.properties = properties
    }

    /// The value of the first property of this name.
    public subscript(_ name: PropertyName) -> String? {
        properties.first { $0.name == name }?.value
    }
}
