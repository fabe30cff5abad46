/// Whose data a row is: every row of every table belongs to one organisation.
public struct OrganisationID: Hashable, Sendable, Codable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// The organisation that exists from the first migration on.
    public static let first = OrganisationID(rawValue: 1)
}
