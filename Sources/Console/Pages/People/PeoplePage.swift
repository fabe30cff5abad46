import HTTPTypes
import Identities
import Storage

/// The people of an organisation, drawn.
struct PeoplePage {
    let organisation: String
    let members: [Member]
    let invitations: [Invitation]
    let mayAct: Bool
    /// The link of an invitation that was just made, shown this once.
    var link: String?
    var problem: String?
    /// What was just changed, as the log tells it.
    var changed: AuditEntry?

    func draw() -> Page {
        var fields = PeopleTabs.fields(.people)
        fields["lead"] = .list(lead)
        fields["problem"] = .optional(problem)
        fields["inviteLink"] = .optional(link)
        fields["mayAct"] = .flag(mayAct)
        fields["members"] = .list(members.map(row))
        fields["invitations"] = .list(invitations.map(row))
        fields["hasInvitations"] = .flag(!invitations.isEmpty)
        fields["roles"] = PeopleWords.choices(
            [.owner, .operator, .auditor, .domainOwner], chosen: .auditor)
        if mayAct, let changed,
            changed.change.act == "member.role" || changed.change.act == "member.remove"
        {
            fields["undoEntry"] = .text(String(changed.sequence))
            fields["undoSentence"] = .text(Self.sentence(changed))
        }
        return Page(
            "people", title: "People", place: .people,
            status: problem == nil ? .ok : .unprocessableContent, fields: fields)
    }

    private var lead: [Fields] {
        let owners = members.filter { $0.standing.role == .owner }.count
        let without = members.filter { $0.hasPassword && !$0.hasSecondStep }.count
        var pieces = [
            Words.piece(
                Numbers.counted(members.count, "person belongs", "people belong"), strong: true),
            Words.piece(
                " to \(ForeignText.clean(organisation, limit: 60)); "
                    + Numbers.counted(owners, "is an owner. ", "are owners. ")),
        ]
        pieces.append(
            Words.piece(
                without == 0
                    ? "Nobody signs in with a password alone."
                    : "\(Numbers.capitalised(Numbers.counted(without, "person signs", "people sign"))) "
                        + "in with a password alone."))
        return pieces
    }

    private func row(_ member: Member) -> Fields {
        [
            "memberName": ForeignText.value(member.account.name, limit: 60),
            "memberStanding": .text(PeopleWords.standing(member.standing)),
            "memberMeaning": .text(member.standing.role.meaning),
            "memberSince": Dates.fields(member.since),
            "memberStep": .text(PeopleWords.waysIn(member)),
            "memberLink": .text("/people/\(member.account.id)"),
            "mayAct": .flag(mayAct),
        ]
    }

    private func row(_ invitation: Invitation) -> Fields {
        [
            "inviteRemark": ForeignText.value(
                invitation.remark.isEmpty ? "somebody" : invitation.remark, limit: 60),
            "inviteStanding": .text(PeopleWords.standing(invitation.standing)),
            "inviteBy": ForeignText.value(invitation.madeBy, limit: 40),
            "inviteUntil": Dates.fields(invitation.expiresAt),
            "withdrawLink": .text("/people/invitations/\(invitation.id)/withdraw"),
            "mayAct": .flag(mayAct),
        ]
    }

    private static func sentence(_ entry: AuditEntry) -> String {
        let name = ForeignText.clean(
            entry.change.subject.split(separator: " (account ").first.map(String.init) ?? "")
        func words(_ text: String?) -> String {
            text.map { PeopleWords.value($0, of: entry.change.act) } ?? "nobody here"
        }
        return entry.change.after == nil
            ? "\(name) was \(words(entry.change.before)) and belongs to this organisation no more."
            : "\(name) was \(words(entry.change.before)) and is now \(words(entry.change.after))."
    }
}

/// One person, with what may be changed.
struct MemberPage {
    let member: Member
    var problem: String?
    /// The link for a new password that was just made, shown this once.
    var link: String?

    func draw() -> Page {
        let name = ForeignText.clean(member.account.name, limit: 60)
        let standing = member.standing
        return Page(
            "member", title: name, place: .people,
            status: problem == nil ? .ok : .unprocessableContent,
            fields: [
                "memberName": ForeignText.value(member.account.name, limit: 60),
                "memberStanding": .text(PeopleWords.standing(standing)),
                "memberMeaning": .text(standing.role.meaning),
                "problem": .optional(problem),
                "roleAction": .text("/people/\(member.account.id)/role"),
                "removeAction": .text("/people/\(member.account.id)/remove"),
                "resetAction": .text("/people/\(member.account.id)/password-link"),
                "resetLink": .optional(link),
                "roles": PeopleWords.choices(Role.allCases, chosen: standing.role),
                "domainsInput": .text(standing.domains.map(\.text).joined(separator: " ")),
            ])
    }
}

/// The three pages about who may do what, and what was done.
enum PeopleTabs: CaseIterable {
    case people, tokens, audit

    static func fields(_ tab: PeopleTabs) -> Fields {
        [
            "isPeople": .flag(tab == .people), "isTokens": .flag(tab == .tokens),
            "isAudit": .flag(tab == .audit),
        ]
    }
}
