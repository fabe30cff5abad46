import DomainAnalysis
import FoundationEssentials
import HostedDNS
import Hummingbird
import Identities
import MailReports
import Storage

/// `/api/v1/domains/NAME/senders`: who sends, and what is decided about them.
struct SenderRoutes {
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/domains/:domain/senders") { request, context in
            let query = try APIQuery(request, of: .senders)
            let domain = try context.domain()
            guard
                let overview = try await services.rooms(context.visit).domains.overview(
                    of: domain, days: Int(query.whole("days") ?? 30), until: query.day("until"),
                    now: services.now())
            else { throw DomainPages.unknown(domain) }
            return ProgramAnswer.json(SenderList(overview))
        }
        router.post("/api/v1/domains/:domain/senders/:key") { request, context in
            do {
                return try await decide(request, context)
            } catch let error as SenderDecisionError {
                throw ConsoleError(error)
            }
        }
    }

    /// What a program asks for.
    private struct Asked: Decodable {
        /// `authorise`, `reject`, `owner`, `note` or `undo`.
        var act: String
        var owner: String?
        var note: String?
        /// For `undo`: the event that is meant; the last one without it.
        var event: Int64?
    }

    private struct Answer: Encodable {
        var sender: SenderList.Sender
        /// What was done, to be undone by; absent when it was so already.
        var event: Int64?
        /// What the DNS needs; nothing of it is changed by this address.
        var dns: SenderAuthorisation?
        /// After an undo, the proposal that takes back what was changed in the DNS.
        var back: Int64?
        /// After an undo, the change that may still be in the DNS and has no such proposal.
        var left: Left?
    }

    private struct Left: Encodable {
        var change: Int64
        var sentence: String

        init(_ left: LeftChange) {
            change = left.id
            let cure =
                left.isAtHand
                ? "Look at /api/v1/changes/\(left.id), and ask for its undo there."
                : "Look at your zone where your DNS is kept."
            sentence = "\(left.sentence) \(cure)"
        }
    }

    private func decide(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let domain = try context.domain()
        let key = PercentCoding.decode(context.parameters.get("key") ?? "")
        let query = try APIQuery(request, of: .decide)
        let (days, until) = (Int(query.whole("days") ?? 30), query.day("until"))
        let rooms = try services.rooms(context.visit)
        guard let organisation = context.visit.organisation else { throw ConsoleError.noToken }
        let asked = try await APIBody.read(Asked.self, from: request, of: .decide)
        let store = services.accounts.senders(of: organisation)
        let actor = try context.visit.actor
        let event: SenderEvent?
        var back: Int64?
        var left: Left?
        if asked.act == "undo" {
            event = try await store.undo(
                asked.event, on: key, of: domain, by: actor, now: services.now())
            let desk = services.senderDesk(organisation, acting: .token)
            if let event {
                switch await desk.takeBack(event, by: actor.name) {
                case .proposed(let change): back = change.id
                case .left(let change): left = Left(change)
                case nil, .dismissed: break
                }
            }
        } else {
            event = try await store.act(
                try await act(asked, organisation), on: key, of: domain, by: actor,
                now: services.now())
        }
        guard
            let detail = try await rooms.domains.sender(
                key, of: domain, days: days, until: until, now: services.now())
        else { throw SenderDecisionError.unknownSender }
        let needed =
            asked.act == "authorise"
            ? try await rooms.adviser.authorisation(
                of: key, for: domain, days: days, until: until, now: services.now())
            : nil
        return ProgramAnswer.json(
            Answer(
                sender: SenderList.Sender(detail.volume, domain: domain), event: event?.number,
                dns: needed, back: back, left: left))
    }

    private func act(_ asked: Asked, _ organisation: OrganisationID) async throws -> SenderAct {
        switch asked.act {
        case "authorise": return .authorise(change: nil)
        case "reject": return .reject
        case "owner":
            let name = asked.owner ?? ""
            let member = try await services.accounts.people(of: organisation).member(named: name)
            return .assign(member?.account.name ?? name, account: member?.account.id)
        case "note": return .note(asked.note ?? "")
        default:
            throw ConsoleError.badRequest(
                "The act is one of authorise, reject, owner, note and undo.")
        }
    }
}

/// A domain's senders, for programs.
struct SenderList: Encodable {
    struct Sender: Encodable {
        var key, name, group: String
        var service: String?
        /// `authorised`, `rejected`, or absent.
        var verdict: SenderVerdict?
        var decidedBy: String?
        /// Seconds since 1970.
        var decidedAt: Int64?
        var owner: String?
        var note: String?
        var needsDecision: Bool
        var messages, proved, undecided, forwarded, forged: Int64
        var dkimAligned, spfAligned: Int64
        var firstDay, lastDay: String
        /// Messages of each day of the window, the oldest first.
        var days: [Int64]
        var advice: String
        var evidence: [SenderIdentification.Evidence]

        init(_ volume: SenderVolume, domain: DomainName) {
            let counts = volume.counts
            key = volume.key
            name = volume.name
            group = volume.group.rawValue
            service = volume.serviceID
            verdict = volume.decision?.verdict
            decidedBy = volume.decision?.decidedBy
            decidedAt = volume.decision?.decidedAt
            owner = volume.decision?.owner
            note = volume.decision?.note
            needsDecision = volume.needsDecision
            messages = counts.total
            proved = counts[.proved]
            undecided = counts[.undecided]
            forwarded = counts.forwarded
            forged = counts[.forged]
            dkimAligned = volume.dkimAligned
            spfAligned = volume.spfAligned
            firstDay = volume.firstDay.description
            lastDay = volume.lastDay.description
            days = volume.days
            advice = SenderWords.advice(volume, domain: domain)
            evidence = volume.evidence
        }
    }

    var domain, first, last: String
    var senders: [Sender]
    /// Senders beyond the list.
    var others: Int

    init(_ overview: DomainOverview) {
        domain = overview.domain.text
        first = overview.window.first.description
        last = overview.window.last.description
        senders = overview.senders.map { Sender($0, domain: overview.domain) }
        others = overview.otherSenders
    }
}
