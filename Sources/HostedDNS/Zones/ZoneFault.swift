/// Why a zone or its records cannot be found, in a sentence for a person.
public struct ZoneFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether asking again later may help.
    public let isTemporary: Bool

    public init(_ description: String, isTemporary: Bool = false) {
        self.description = description
        self.isTemporary = isTemporary
    }
}
