/// The record at `_mta-sts` that says a domain has an MTA-STS policy, and which one (RFC 8461
/// §3.1).
public struct MTASTSRecord: Hashable, Sendable {
    /// A field that this version does not know.
    public struct Extension: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `id`: 1 to 32 letters and digits; another one means that the policy has changed.
    public var id: String
    /// Unknown fields, in order.
    public var extensions: [Extension]
    /// What a person who looks after the record should know, in plain words.
    public var warnings: [String]

    public init(id: String, extensions: [Extension] = [], warnings: [String] = []) {
        self.id = id
        self.extensions = extensions
        self.warnings = warnings
    }

    /// The record as text.
    public func render() -> String {
        (["v=STSv1", "id=\(id)"] + extensions.map { "\($0.name)=\($0.value)" })
            .joined(separator: "; ") + ";"
    }
}
