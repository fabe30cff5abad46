/// Whose data a row is: every row of every table belongs to one organisation.
public struct OrganisationID: Hashable, Sendable, Codable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// The organisation that exists from the first migration on.
    public static let first = OrganisationID(rawValue: 1)
}

/// An organisation: whose domains, reports, people and log are kept apart from all others'.
public struct Organisation: Hashable, Sendable, Codable {
    public var id: OrganisationID
    public var name: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public var createdAt: Int64

    public init(id: OrganisationID, name: String, createdAt: Int64) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}
