/// A person's place in one organisation.
public struct Membership: Hashable, Sendable {
    public var organisation: Organisation
    public var standing: Standing

    public init(organisation: Organisation, standing: Standing) {
        self.organisation = organisation
        self.standing = standing
    }

    public var role: Role { standing.role }
}

/// A person among an organisation's people.
public struct Member: Hashable, Sendable {
    public var account: Account
    public var standing: Standing
    /// Seconds since 1970-01-01T00:00:00Z.
    public var since: Int64
    /// Whether a second step is asked for when they sign in.
    public var hasSecondStep: Bool
    /// False for somebody who signs in at the provider of identities alone.
    public var hasPassword: Bool
    /// Whether they sign in at a provider of identities.
    public var hasProvider: Bool
}

/// A place that waits for somebody: whoever opens its link first takes it.
public struct Invitation: Hashable, Sendable {
    public var id: Int64
    public var organisation: Organisation
    /// For whom it is, in the words of who made it.
    public var remark: String
    public var standing: Standing
    public var madeBy: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public var madeAt: Int64
    public var expiresAt: Int64
}
