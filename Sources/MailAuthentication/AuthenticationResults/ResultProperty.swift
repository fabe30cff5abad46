/// One thing that a method looked at, and the value it had: `propspec` of RFC 8601 §2.2.
public struct ResultProperty: Hashable, Sendable {
    public var name: PropertyName
    /// Without quotation marks; a quoted local part before an at sign keeps its own.
    public var value: String
    /// The comment behind the value, without its brackets.
    public var comment: String?

    public init(_ name: PropertyName, _ value: String, comment: String? = nil) {
        self.name = name
        self.value = value
        self.comment = comment
    }
}
