import DomainAnalysis
import HostedDNS
import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/changes`: changes of the DNS, for programs.
struct ChangeRoutes {
    let services: ConsoleServices
    private let desk: ChangeDesk

    init(services: ConsoleServices, desk: ChangeDesk) {
        self.services = services
        self.desk = desk.acting(as: .token)
    }

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/changes") { request, context in
            let query = try APIQuery(request, of: .changes)
            try context.checkZones()
            let limit = Int(query.whole("limit") ?? 50)
            let found = try await desk.store.list(limit: limit + 1, before: query.whole("before"))
            return ProgramAnswer.json(
                List(
                    changes: found.prefix(limit).map { ChangeAnswer($0) },
                    next: found.count > limit ? found[limit - 1].id : nil))
        }
        router.get("/api/v1/changes/:id") { request, context in
            _ = try APIQuery(request, of: .change)
            return ProgramAnswer.json(try await answer(try await find(context).id))
        }
        router.get("/api/v1/changes/:id/export/:form") { request, context in
            _ = try APIQuery(request, of: .exportChange)
            let stored = try await find(context)
            guard let form = context.parameters.get("form").flatMap({ ChangeExport(rawValue: $0) })
            else { throw ConsoleError.notFound("A change has no form of this name.") }
            return ProgramAnswer.file(
                Array(try ChangePage.text(stored, form).utf8),
                mediaType: "text/plain; charset=utf-8",
                name: "change-\(stored.id)-\(form.rawValue).\(form.ending)")
        }
        router.post("/api/v1/domains/:domain/plan/propose") { request, context in
            try await takeStep(request, context)
        }
        router.post("/api/v1/domains/:domain/lock-down") { request, context in
            struct Asked: Decodable { var days: Int? }
            _ = try APIQuery(request, of: .lockDown)
            let domain = try context.ownZone()
            let asked = try await APIBody.read(Asked.self, from: request, of: .lockDown)
            return try await ask(context) { requests, person, rooms in
                try await requests.lockDown(
                    domain, .init(days: asked.days ?? WindowChoice.usual), by: person, in: rooms)
            }
        }
        router.post("/api/v1/changes/:id/apply") { request, context in
            struct Asked: Decodable { var domain: String? }
            _ = try APIQuery(request, of: .applyChange)
            let id = try await find(context).id
            let asked = try await APIBody.read(Asked.self, from: request, of: .applyChange)
            return try await act(context, id) {
                try await desk.apply(id, by: $0, typed: asked.domain)
            }
        }
        router.post("/api/v1/changes/:id/made") { request, context in
            _ = try APIQuery(request, of: .changeMade)
            let id = try await find(context).id
            return try await act(context, id) { try await desk.madeByHand(id, by: $0) }
        }
        router.post("/api/v1/changes/:id/dismiss") { request, context in
            _ = try APIQuery(request, of: .dismissChange)
            let id = try await find(context).id
            return try await act(context, id) { try await desk.dismiss(id, by: $0) }
        }
        router.post("/api/v1/changes/:id/undo") { request, context in
            _ = try APIQuery(request, of: .undoChange)
            let id = try await find(context).id
            do {
                let back = try await desk.proposeUndo(of: id, by: try context.visit.actor.name)
                return ProgramAnswer.json(try await answer(back.id))
            } catch let fault as ZoneFault {
                throw ConsoleError.conflict(ForeignText.clean(fault.description, limit: 900))
            }
        }
    }

    private func takeStep(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        struct Asked: Decodable {
            var step: Int
            var kind: String
            var days: Int?
            var until: String?
        }
        _ = try APIQuery(request, of: .takeStep)
        let domain = try context.ownZone()
        let asked = try await APIBody.read(Asked.self, from: request, of: .takeStep)
        let window = ChangeRequests.Window(
            days: asked.days ?? WindowChoice.usual, until: asked.until.flatMap { UTCDay($0) })
        return try await ask(context) { requests, person, rooms in
            try await requests.take(
                step: asked.step, kind: asked.kind, of: domain, window, by: person, in: rooms)
        }
    }

    private func ask(
        _ context: ConsoleContext,
        _ propose: (ChangeRequests, String, OrganisationServices) async throws -> StoredChange
    ) async throws -> Response {
        do {
            let stored = try await propose(
                ChangeRequests(services: services, desk: desk), try context.visit.actor.name,
                try services.rooms(context.visit))
            return ProgramAnswer.json(try await answer(stored.id))
        } catch let refusal as ChangeRequests.Refusal {
            switch refusal {
            case .unknown(let domain): throw DomainPages.unknown(domain)
            case .otherPlan:
                throw ConsoleError.conflict(
                    "The plan has no such step any more, or the DNS is not changed for it. Look "
                        + "at the plan again.")
            case .zone(let sentence): throw ConsoleError.conflict(sentence)
            }
        }
    }

    private struct List: Encodable {
        var changes: [ChangeAnswer]
        var next: Int64?
    }

    private struct Done: Encodable {
        var change: ChangeAnswer
        var sentence: String
    }

    private func find(_ context: ConsoleContext) async throws -> StoredChange {
        try context.checkZones()
        guard let stored = try await desk.store.change(try context.id("change")) else {
            throw ConsoleError.notFound("No change has this number.")
        }
        return stored
    }

    private func answer(_ id: Int64) async throws -> ChangeAnswer {
        guard let stored = try await desk.store.change(id) else {
            throw ConsoleError.notFound("No change has this number.")
        }
        return ChangeAnswer(stored, events: try await desk.store.events(of: id))
    }

    private func act(
        _ context: ConsoleContext, _ id: Int64,
        _ act: (String) async throws -> ChangeDesk.Outcome
    ) async throws -> Response {
        switch try await act(try context.visit.actor.name) {
        case .done(let sentence):
            return ProgramAnswer.json(Done(change: try await answer(id), sentence: sentence))
        case .refused(let sentence):
            throw ConsoleError.conflict(ForeignText.clean(sentence, limit: 900))
        }
    }
}

/// A change of the DNS, for programs; instants are seconds since 1970.
struct ChangeAnswer: Encodable {
    struct Event: Encodable {
        var at: Int64
        var state, person, remark: String
    }

    var id: Int64
    var domain, state, reason, askedBy: String
    var consequences: [String]
    /// The exact difference, set by set: what is there before and after.
    var sets: [RecordSetChange]
    var zone, server: String?
    var createdAt: Int64
    var appliedAt, dueAt, checkedAt, undoOf: Int64?
    var remark: String
    /// Only where one change was asked for.
    var history: [Event]?

    init(_ stored: StoredChange, events: [ChangeEvent]? = nil) {
        let change = stored.change
        (id, domain, state) = (stored.id, change.domain.text, stored.state.rawValue)
        (reason, askedBy) = (change.reason, change.askedBy)
        (consequences, sets) = (change.consequences, change.sets)
        (zone, server, createdAt) = (stored.zone, stored.server, stored.createdAt)
        (appliedAt, dueAt, checkedAt) = (stored.appliedAt, stored.dueAt, stored.checkedAt)
        (undoOf, remark) = (stored.undoOf, stored.remark)
        history = events?.map {
            Event(at: $0.happenedAt, state: $0.state.rawValue, person: $0.person, remark: $0.remark)
        }
    }
}
