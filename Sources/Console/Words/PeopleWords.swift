import Identities
import Storage

/// Roles, tokens and the acts of the audit log, as people say them.
enum PeopleWords {
    /// `owner`; `domain owner of a.example and 3 more`.
    static func standing(_ standing: Standing) -> String {
        guard standing.role == .domainOwner else { return standing.role.words }
        let shown = standing.domains.prefix(3).map { DomainText.plain($0) }
        let others = standing.domains.count - shown.count
        return "domain owner of " + shown.joined(separator: ", ")
            + (others > 0 ? " and \(others) more" : "")
    }

    /// The choices of a role, for forms.
    static func choices(_ roles: [Role], chosen: Role?) -> Field {
        .list(
            roles.map { role in
                [
                    "roleValue": .text(role.rawValue),
                    "roleWords": .text(Numbers.capitalised(role.words)),
                    "roleMeaning": .text(role.meaning),
                    "isRoleChosen": .flag(role == chosen),
                ]
            })
    }

    /// A standing from a form's `role` and `domains`.
    static func standing(_ form: Form) throws(ConsoleError) -> Standing {
        guard let role = Role(rawValue: form["role"]) else {
            throw .badRequest("Choose a role.")
        }
        var domains: [DomainName] = []
        if role == .domainOwner {
            let words = form["domains"].split { $0.isWhitespace || $0 == "," || $0 == ";" }
            for word in words.prefix(PeopleLimits.domains + 1) {
                guard let domain = DomainName(word) else {
                    throw .badRequest(
                        "“\(ForeignText.clean(String(word), limit: 60))” is no domain. Write it as "
                            + "in example.org.")
                }
                domains.append(domain)
            }
        }
        return Standing(role, domains: domains)
    }

    /// `password and code`; `provider, or password and code`.
    static func waysIn(_ member: Member) -> String {
        let code = member.hasSecondStep ? " and code" : ""
        switch (member.hasProvider, member.hasPassword) {
        case (true, true): return "provider or password\(code.isEmpty ? "" : "," + code)"
        case (true, false): return "provider" + code
        case (false, _): return member.hasSecondStep ? "password and code" : "password alone"
        }
    }

    /// What was done, as a sentence's end: "changed a role".
    static func act(_ act: String) -> String {
        acts[act] ?? act
    }

    private static let acts: [String: String] = [
        "organisation.add": "added the organisation",
        "organisation.rename": "renamed the organisation",
        "member.join": "joined",
        "member.invite": "invited somebody",
        "member.withdraw": "withdrew an invitation",
        "member.role": "changed a role",
        "member.remove": "removed somebody",
        "member.undo": "undid a change of people",
        "account.second-step": "switched a second step on or off",
        "account.password": "changed their password",
        "account.password-link": "made a link for a new password",
        "account.password-reset": "chose a new password with a link",
        "account.password-replay": "tried a used link for a new password",
        "account.provider": "linked an account with the provider, or ended that",
        "token.make": "made a token",
        "token.revoke": "revoked a token",
        "programme.add": "took a domain into the programme",
        "programme.set": "changed a domain of the programme",
        "programme.remove": "took a domain out of the programme",
        "sender.authorise": "authorised a sender",
        "sender.reject": "rejected a sender",
        "sender.owner": "said who answers for a sender",
        "sender.note": "noted something about a sender",
        "sender.undo": "undid a decision about a sender",
        "report.bring": "brought a report in",
        "report.import": "began an import",
        "report.identify": "had all senders named anew",
        "report.retry": "had a document read again",
        "report.take": "took in a document that looked forged",
        "report.discard": "discarded a document",
        "dns.proposed": "proposed, or could not make, a change of the DNS",
        "dns.applying": "had a change of the DNS made",
        "dns.pending": "has a change of the DNS watched",
        "dns.replaced": "replaced a change of the DNS",
        "dns.undone": "took a change of the DNS back",
        "dns.dismissed": "dismissed a change of the DNS",
        "way.two-people": "changed how many people approve a policy",
        "way.propose": "proposed a policy",
        "way.approve": "approved a policy",
        "way.decline": "declined a policy",
        "way.change": "prepared the DNS change of a policy",
        "way.stuck": "could not prepare the DNS change of a policy",
        "way.agree": "agreed on rules for a domain's policy",
        "way.stop": "ended the rules for a domain's policy",
        "mail.release": "released mail",
        "mail.hold": "held mail back",
        "mail.retry": "had mail tried again",
        "mail.delete": "deleted mail",
        "mail.refused": "asked for something that was refused",
    ]

    /// A standing as the log keeps it, in words; any other text as it is.
    static func value(_ text: String, of act: String) -> String {
        guard act.hasPrefix("member."), let standing = Standing(text) else { return text }
        return self.standing(standing)
    }
}

extension Role {
    /// `an owner`.
    var withArticle: String {
        switch self {
        case .owner, .operator, .auditor: "an \(words)"
        case .domainOwner: "a \(words)"
        }
    }
}

extension PeopleError {
    /// Whether what was asked for does not exist here.
    var isAboutNothing: Bool {
        switch self {
        case .unknownMember, .unknownInvitation, .unknownToken, .linkNotValid: true
        default: false
        }
    }
}
