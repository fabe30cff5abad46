import DomainAnalysis
import HostedDNS
import HTTPTypes
import Hummingbird
import Identities
import Storage

/// `/domains/NAME/senders/KEY/…`: what a person decides about a sender, a click each.
struct SenderDecisionPages {
    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/domains/:domain/senders/:key/authorise") { request, context in
            let place = try await place(request, context)
            return try await show(place, context, problem: nil)
        }
        router.post("/domains/:domain/senders/:key/authorise") { request, context in
            try await authorise(request, context)
        }
        router.post("/domains/:domain/senders/:key/reject") { request, context in
            try await act(request, context) { _ in .reject }
        }
        router.post("/domains/:domain/senders/:key/owner") { request, context in
            try await act(request, context) { organisation in
                let name = context.form["owner"]
                let member = try await services.accounts.people(of: organisation)
                    .member(named: name)
                return .assign(member?.account.name ?? name, account: member?.account.id)
            }
        }
        router.post("/domains/:domain/senders/:key/note") { request, context in
            try await act(request, context) { _ in .note(context.form["note"]) }
        }
        router.post("/domains/:domain/senders/:key/undo") { request, context in
            let place = try await place(request, context)
            let event = try await decided {
                try await place.desk.decisions.undo(
                    Int64(context.form["event"]), on: place.key, of: place.domain,
                    by: try context.visit.actor, now: services.now())
            }
            // The decision stands as it did before, whatever becomes of the DNS.
            switch await place.desk.takeBack(event, by: try context.visit.actor.name) {
            case nil, .dismissed: return place.back(to: event.number)
            case .proposed(let back):
                guard context.mayChangeDNS else {
                    return place.back(to: event.number, change: back.id)
                }
                return .redirect(to: "/changes/\(back.id)?done=decision", type: .normal)
            case .left(let left):
                // Told at once: the reason is kept nowhere.
                let page = LeftChangePage(
                    place: place, left: left, mayChangeDNS: context.mayChangeDNS,
                    mayReadChanges: context.visit.isAny(of: RouteAccess.readers))
                return templates.response(page.draw(), for: context.visit)
            }
        }
    }

    /// The sender that an address names, as this visit may see it.
    struct Place {
        var domain: DomainName
        var key: String
        var choice: WindowChoice
        var detail: SenderDetail
        var organisation: OrganisationID
        var desk: SenderDesk
        /// Whether the person came from the sender's own page.
        var isOnSenderPage: Bool

        /// Back to where the person came from, with what was done and how to undo it.
        func back(to event: Int64?, change: Int64? = nil) -> Response {
            let address = origin.with("sender", event == nil ? nil : key)
                .with("event", event.map { String($0) })
                .with("change", change.map { String($0) })
            return .redirect(to: address.text, type: .normal)
        }

        /// Where the person came from.
        var origin: Link {
            let link =
                isOnSenderPage
                ? Link("domains", domain.text, "senders", key) : Link("domains", domain.text)
            return link.with(choice)
        }
    }

    private func place(_ request: Request, _ context: ConsoleContext) async throws -> Place {
        let domain = try context.domain()
        let key = PercentCoding.decode(context.parameters.get("key") ?? "")
        let query = Query(request)
        let choice = WindowChoice(query)
        guard let organisation = context.visit.organisation,
            let detail = try await services.rooms(context.visit).domains.sender(
                key, of: domain, days: choice.days, until: choice.until, now: services.now())
        else {
            throw ConsoleError.notFound(
                "No report tells of such a sender for \(DomainText.plain(domain)).")
        }
        return Place(
            domain: domain, key: key, choice: choice, detail: detail, organisation: organisation,
            desk: services.senderDesk(organisation), isOnSenderPage: query["from"] == "sender")
    }

    private func act(
        _ request: Request, _ context: ConsoleContext,
        _ act: (OrganisationID) async throws -> SenderAct
    ) async throws -> Response {
        let place = try await place(request, context)
        let what = try await act(place.organisation)
        let event = try await decided {
            try await place.desk.decisions.act(
                what, on: place.key, of: place.domain, by: try context.visit.actor,
                now: services.now())
        }
        return place.back(to: event?.number)
    }

    /// What a person can mend is said on a page.
    private func decided<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SenderDecisionError {
            throw ConsoleError(error)
        } catch let left as LeftProposal {
            throw ConsoleError(left)
        }
    }

    // MARK: Authorising

    private func authorise(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let place = try await place(request, context)
        let (_, preview) = try await prepare(place, context)
        var change: ZoneChange?
        if context.form["dns"] != "leave", case .exact(let exact) = preview {
            // What is made is what was shown, to the letter.
            guard AuthorisePage.fingerprint(exact) == context.form["shown"] else {
                return try await show(
                    place, context,
                    problem: "The zone has changed since you looked. This is what would be "
                        + "changed now; nothing was done yet.")
            }
            change = exact
        }
        let outcome = try await decided {
            try await place.desk.authorise(
                place.key, of: place.domain, with: change, by: try context.visit.actor,
                mayApply: context.mayChangeDNS, now: services.now())
        }
        return place.back(to: outcome.event?.number, change: outcome.change)
    }

    private func prepare(
        _ place: Place, _ context: ConsoleContext
    ) async throws -> (SenderAuthorisation, SenderDesk.Preview) {
        guard
            let needed = try await services.rooms(context.visit).adviser.authorisation(
                of: place.key, for: place.domain, days: place.choice.days,
                until: place.choice.until, now: services.now())
        else { throw ConsoleError(SenderDecisionError.unknownSender) }
        let preview = await place.desk.preview(
            needed, of: place.detail.volume.name, for: place.domain,
            by: try context.visit.actor.name)
        return (needed, preview)
    }

    private func show(
        _ place: Place, _ context: ConsoleContext, problem: String?
    ) async throws -> Response {
        let (needed, preview) = try await prepare(place, context)
        var page = AuthorisePage(
            place: place, needed: needed, preview: preview,
            mayChangeDNS: context.mayChangeDNS, problem: problem
        ).draw()
        if problem != nil { page.status = .unprocessableContent }
        return templates.response(page, for: context.visit)
    }
}

extension ConsoleServices {
    /// Where senders of an organisation are decided about.
    func senderDesk(
        _ organisation: OrganisationID, acting kind: AuditActor.Kind = .person
    ) -> SenderDesk {
        SenderDesk(
            decisions: accounts.senders(of: organisation),
            changes: organisation == .first ? changes?.acting(as: kind) : nil)
    }
}

extension ConsoleError {
    init(_ error: SenderDecisionError) { self.init(error, saying: error.description) }

    /// What is left is said with either kind of cause.
    init(_ left: LeftProposal) {
        if let error = left.cause as? SenderDecisionError {
            self.init(error, saying: left.description)
        } else {
            self = .unavailable(left.description)
        }
    }

    private init(_ error: SenderDecisionError, saying sentence: String) {
        switch error {
        case .unknownSender: self = .notFound(sentence)
        case .tooLong: self = .badRequest(sentence)
        case .unnamed, .nothingToUndo, .changedSince: self = .conflict(sentence)
        }
    }
}
