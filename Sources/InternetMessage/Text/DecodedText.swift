/// Text made of foreign octets, and what was wrong with them.
public struct DecodedText: Hashable, Sendable {
    /// The text; octets that mean nothing in the character set are U+FFFD.
    public var text: String
    /// The character set that was used, by its usual name.
    public var charset: String
    public var defects: Set<Defect.Code>

    public init(text: String, charset: String, defects: Set<Defect.Code> = []) {
        self.text = text
        self.charset = charset
        self.defects = defects
    }
}
