/// Who somebody is at the provider of identities: the pair is given to nobody else.
public struct ProviderIdentity: Hashable, Sendable {
    public var issuer: String
    public var subject: String

    public init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}

/// Why somebody is on the way to the provider.
public enum ProviderPurpose: Hashable, Sendable {
    case signIn
    /// To take the place that an invitation made, with an account of their own.
    case join(invitation: SecretToken)
    /// To sign in there from now on, as this account.
    case link(account: Int64, organisation: OrganisationID)
}

/// What is remembered of who is on the way, once they are back.
public struct ProviderVisit: Hashable, Sendable {
    public enum Errand: Hashable, Sendable {
        case signIn
        case join(InvitationDigest)
        case link(account: Int64, organisation: OrganisationID)
    }

    public var errand: Errand
    /// Path of the page that the person wanted.
    public var next: String
}

/// An invitation that somebody showed, of which the database keeps no more than this.
public struct InvitationDigest: Hashable, Sendable {
    let text: String
}
