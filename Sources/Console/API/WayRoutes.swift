public import DomainAnalysis
import HTTPTypes
import HostedDNS
import Hummingbird
import MailAuthentication
public import Identities
public import Storage

/// `/api/v1/domains/NAME/way`: where a domain stands, and proposals.
struct WayRoutes {
    let services: ConsoleServices
    let desk: WayDesk

    func register(on router: Router<ConsoleContext>) {
        router.get("/api/v1/domains/:domain/way") { request, context in
            _ = try APIQuery(request, of: .way)
            let domain = try context.ownZone()
            let survey = try await desk.survey(domain)
            let rules = try await desk.store.rules(of: domain)
            return ProgramAnswer.json(
                Way(
                    survey: survey, step: survey.step,
                    below: SubdomainNames.allCases.map { names in
                        Below(names: names, policy: survey.below.asked(of: names))
                    },
                    next: survey.moves(testing: rules?.rules.isTesting ?? false).map(\.rawValue),
                    wantsTwoPeople: try await desk.store.wantsTwoPeople(),
                    rules: rules.map { WayAnswers.Rules($0) },
                    proposals: try await desk.store.proposals(
                        of: domain, limit: Limits.wayProposals
                    ).map { WayAnswers.Proposal($0) }))
        }
        router.post("/api/v1/domains/:domain/way/propose") { request, context in
            let domain = try context.ownZone()
            _ = try APIQuery(request, of: .propose)
            let asked = try await APIBody.read(Asked.self, from: request, of: .propose)
            do {
                let proposal = try await desk.propose(
                    domain, record: asked.record, step: asked.step.flatMap(WayMove.init),
                    reason: asked.reason, days: WindowChoice.usual, by: try context.visit.actor)
                return ProgramAnswer.json(WayAnswers.Proposal(proposal))
            } catch {
                throw ConsoleError.conflict(try WayPages.sentence(error))
            }
        }
    }

    private struct Asked: Decodable {
        var record, step: String?
        var reason: String
    }

    private struct Below: Encodable {
        var names: SubdomainNames
        var policy: DMARCPolicy
    }

    private struct Way: Encodable {
        var survey: DomainSurvey
        var step: WayStep
        var below: [Below]
        var next: [String]
        var wantsTwoPeople: Bool
        var rules: WayAnswers.Rules?
        var proposals: [WayAnswers.Proposal]
    }
}

/// What programs are told; instants are seconds since 1970.
public enum WayAnswers {
    public struct Proposal: Encodable {
        public var id: Int64
        public var domain: DomainName
        public var state: WayState
        /// What is asked for: `p=reject`, or `np=reject`.
        public var tags: String
        public var record: String
        public var replaces: String?
        public var reason: String
        public var askedBy: String
        public var askedAt: Int64
        public var decidedBy: String?
        public var decidedAt: Int64?
        public var change: Int64?
        public var remark: String
        public var known: PolicyRisk
        /// What `known` comes to, in words.
        public var sentence: String
        public var confidence: [String]

        public init(_ proposal: WayProposal) {
            let draft = proposal.draft
            (id, domain, state) = (proposal.id, proposal.domain, proposal.state)
            tags = proposal.tags
            (record, replaces, reason) = (draft.record, draft.replaces, draft.reason)
            (askedBy, askedAt) = (proposal.askedBy.name, proposal.askedAt)
            (decidedBy, decidedAt) = (proposal.decidedBy, proposal.decidedAt)
            (change, remark, known) = (proposal.change, proposal.remark, draft.known)
            (sentence, confidence) = (draft.known.sentence, draft.known.coverage.sentences)
        }
    }

    public struct Rules: Encodable {
        public var rules: WayRules
        public var sentence: String
        public var agreedBy: String
        public var agreedAt: Int64
        public var stoppedAt: Int64?
        public var stepSince: Int64
        public var remark: String
        public var checkedAt: Int64?
        /// To be shown when other rules are agreed on.
        public var version: String

        public init(_ stored: StoredWayRules) {
            (rules, sentence) = (stored.rules, stored.rules.sentence)
            (agreedBy, agreedAt, stoppedAt) = (stored.agreedBy, stored.agreedAt, stored.stoppedAt)
            (stepSince, remark, checkedAt) = (stored.stepSince, stored.remark, stored.checkedAt)
            version = stored.version
        }
    }
}
