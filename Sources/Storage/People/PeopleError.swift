/// Why something about people was not done; the description is said to the person.
public enum PeopleError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownMember
    case alreadyMember
    case lastOwner
    /// Of a link for a new password.
    case belongsElsewhere
    case tooManySignIns
    /// An identity at the provider is somebody else's.
    case identityTaken
    /// Without the provider, nobody could sign in with this account.
    case noOtherWay
    case noDomain
    case tooManyDomains
    case tooManyInvitations
    case tooManyPeople
    case tooManyOrganisations
    case unknownInvitation
    case linkNotValid
    case cannotBeUndone
    case organisationName
    case organisationNameTaken
    case tokenName
    case noScope
    case tokenRole
    case tokenLife
    case tooManyTokens
    case unknownToken

    public var description: String {
        switch self {
        case .unknownMember: "Nobody of this name belongs to this organisation."
        case .alreadyMember: "You belong to this organisation already."
        case .lastOwner:
            "This is the last owner: without one, nobody could say who may do what. Make somebody "
                + "else an owner first."
        case .belongsElsewhere:
            "This person belongs to other organisations too, of which you are no owner, and one "
                + "password opens them all. Whoever runs Sealgate can make the link: sealgate "
                + "people reset NAME."
        case .tooManySignIns: "Too many people sign in just now. Try again in a few minutes."
        case .identityTaken:
            "This sign-in belongs to another account here, or this account has another one. End "
                + "that first, on the page of the account."
        case .noOtherWay:
            "You have no password, so nobody could sign in with this account any more. Ask an "
                + "owner for a link for a password first."
        case .noDomain: "Name at least one domain, as in example.org."
        case .tooManyDomains: "At most \(PeopleLimits.domains) domains can be named for one person."
        case .tooManyInvitations:
            "\(PeopleLimits.invitations) invitations wait already. Withdraw some first."
        case .tooManyPeople:
            "An organisation has room for \(PeopleLimits.members) people; remove some first."
        case .tooManyOrganisations:
            "There is room for \(PeopleLimits.organisations) organisations, and there are as many."
        case .unknownInvitation: "This invitation is gone: it was used, withdrawn, or is too old."
        case .linkNotValid:
            "This link does not work any more: it was used already, it was withdrawn, or it is too "
                + "old. Ask for a new one."
        case .cannotBeUndone: "This was changed again since then, and cannot be undone any more."
        case .organisationName:
            "An organisation needs a name of 1 to \(PeopleLimits.organisationName) letters."
        case .organisationNameTaken: "There is an organisation of this name already."
        case .tokenName: "A token needs a name of 1 to \(PeopleLimits.tokenName) letters."
        case .noScope: "Choose what the token may do."
        case .tokenRole: "A token can be an owner's, an operator's or an auditor's."
        case .tokenLife:
            "A token may live between 1 and \(PeopleLimits.tokenDays) days."
        case .tooManyTokens:
            "\(PeopleLimits.tokens) tokens are in use already. Revoke some first."
        case .unknownToken: "There is no such token, or it was revoked already."
        }
    }
}
