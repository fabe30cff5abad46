import Crypto
import HTTPTypes
import Hummingbird
import Mustache
import Storage

/// The pages' templates and the style sheet, carried inside the program.
struct Templates: Sendable {
    /// A file that pages refer to by an address that names its content, so that browsers may keep
    /// it for good.
    struct Asset: Sendable {
        let address: String
        let mediaType: String
        let entityTag: String
        let content: [UInt8]

        init(name: String, ending: String, mediaType: String, content: [UInt8]) {
            let digest = SHA256.hash(data: content).prefix(8)
            let tag = digest.map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
            self.address = "/assets/\(name)-\(tag).\(ending)"
            self.mediaType = mediaType
            self.entityTag = "\"\(tag)\""
            self.content = content
        }
    }

    private let library: MustacheLibrary
    let styleSheet: Asset
    let seal: Asset
    private let showsMail: Bool
    private let showsChanges: Bool
    private let showsEvidence: Bool
    private let showsWay: Bool
    private let demonstration: DemonstrationServices?

    /// - Parameters:
    ///   - showsMail: whether there are pages about messages and the queue.
    ///   - showsChanges: whether there are pages about changes of the DNS.
    ///   - showsEvidence: whether there is the page for evidence packs.
    ///   - showsWay: whether there are pages about the way to reject.
    ///   - demonstration: whose bar stands over every page.
    init(
        showsMail: Bool = false, showsChanges: Bool = false, showsEvidence: Bool = false,
        showsWay: Bool = false, demonstration: DemonstrationServices? = nil
    ) throws {
        self.demonstration = demonstration
        self.showsEvidence = showsEvidence
        self.showsMail = showsMail
        self.showsChanges = showsChanges
        self.showsWay = showsWay
        var library = MustacheLibrary()
        for (name, bytes) in Self.files {
            try library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
        styleSheet = Asset(
            name: "console", ending: "css", mediaType: "text/css; charset=utf-8",
            content: PackageResources.console_css)
        seal = Asset(
            name: "seal", ending: "svg", mediaType: "image/svg+xml",
            content: PackageResources.seal_svg)
    }

    private static let files: [(String, [UInt8])] = [
        ("account", PackageResources.account_mustache),
        ("alerts", PackageResources.alerts_mustache),
        ("audit", PackageResources.audit_mustache),
        ("authorise", PackageResources.authorise_mustache),
        ("change", PackageResources.change_mustache),
        ("changediff", PackageResources.changediff_mustache),
        ("changes", PackageResources.changes_mustache),
        ("deletemessage", PackageResources.deletemessage_mustache),
        ("deletequeue", PackageResources.deletequeue_mustache),
        ("demonstration", PackageResources.demonstration_mustache),
        ("discard", PackageResources.discard_mustache),
        ("domain", PackageResources.domain_mustache),
        ("emergency", PackageResources.emergency_mustache),
        ("error", PackageResources.error_mustache),
        ("evidence", PackageResources.evidence_mustache),
        ("fate", PackageResources.fate_mustache),
        ("figures", PackageResources.figures_mustache),
        ("foreign", PackageResources.foreign_mustache),
        ("glossary", PackageResources.glossary_mustache),
        ("heading", PackageResources.heading_mustache),
        ("identities", PackageResources.identities_mustache),
        ("instant", PackageResources.instant_mustache),
        ("intake", PackageResources.intake_mustache),
        ("join", PackageResources.join_mustache),
        ("layout", PackageResources.layout_mustache),
        ("lead", PackageResources.lead_mustache),
        ("leftchange", PackageResources.leftchange_mustache),
        ("member", PackageResources.member_mustache),
        ("message", PackageResources.message_mustache),
        ("messages", PackageResources.messages_mustache),
        ("organisations", PackageResources.organisations_mustache),
        ("ownaccount", PackageResources.ownaccount_mustache),
        ("people", PackageResources.people_mustache),
        ("peopletabs", PackageResources.peopletabs_mustache),
        ("places", PackageResources.places_mustache),
        ("plan", PackageResources.plan_mustache),
        ("portfolio", PackageResources.portfolio_mustache),
        ("programme", PackageResources.programme_mustache),
        ("proposal", PackageResources.proposal_mustache),
        ("provider", PackageResources.provider_mustache),
        ("quarantined", PackageResources.quarantined_mustache),
        ("queue", PackageResources.queue_mustache),
        ("replay", PackageResources.replay_mustache),
        ("report", PackageResources.report_mustache),
        ("reportrows", PackageResources.reportrows_mustache),
        ("reset", PackageResources.reset_mustache),
        ("results", PackageResources.results_mustache),
        ("revoketoken", PackageResources.revoketoken_mustache),
        ("risk", PackageResources.risk_mustache),
        ("roles", PackageResources.roles_mustache),
        ("search", PackageResources.search_mustache),
        ("sender", PackageResources.sender_mustache),
        ("senderacts", PackageResources.senderacts_mustache),
        ("sendernotice", PackageResources.sendernotice_mustache),
        ("setup", PackageResources.setup_mustache),
        ("states", PackageResources.states_mustache),
        ("tokens", PackageResources.tokens_mustache),
        ("way", PackageResources.way_mustache),
        ("window", PackageResources.window_mustache),
    ]

    /// Fills a page. What the page says comes from `page`, what surrounds it from `visit`.
    func response(_ page: Page, for visit: Visit) -> Response {
        var fields = page.fields
        fields["title"] = .text(page.title)
        fields["styleSheet"] = .text(styleSheet.address)
        fields["seal"] = .text(seal.address)
        fields["theme"] = .text(visit.theme.rawValue)
        fields["isThemeSystem"] = .flag(visit.theme == .system)
        fields["isThemeLight"] = .flag(visit.theme == .light)
        fields["isThemeDark"] = .flag(visit.theme == .dark)
        fields["address"] = .text(visit.address)
        let isReader = visit.isAny(of: RouteAccess.readers)
        fields["showsMail"] = .flag(showsMail && isReader && visit.organisation == .first)
        fields["showsPeople"] = .flag(isReader)
        fields["lookedAt"] =
            visit.organisations > 1
            ? visit.membership.map { ForeignText.value($0.organisation.name, limit: 24) } : nil
        fields["showsChanges"] = .flag(
            showsChanges && isReader && visit.organisation == .first)
        fields["showsEvidence"] = .flag(showsEvidence && isReader)
        fields["showsWay"] = .flag(showsWay && isReader && visit.organisation == .first)
        if let demonstration, visit.account != nil {
            fields["demonstration"] = .fields(
                DemonstrationPages.fields(
                    demonstration,
                    mayAct: visit.isAny(of: RouteAccess.workers)
                        && visit.organisation == .first))
        }
        fields["formToken"] = .text(visit.formToken)
        fields["accountName"] = visit.account.map { ForeignText.value($0.name, limit: 24) }
        for place in Page.Place.allCases {
            fields[place.flag] = .flag(place == page.place)
        }
        let text = library.render(fields, withTemplate: page.template) ?? ""
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(
            status: page.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// A page before it is drawn.
struct Page {
    /// The entry of the navigation that is marked.
    enum Place: CaseIterable {
        case domains, programme, alerts, changes, evidence, messages, queue, setup, intake
        case people, glossary, nowhere

        var flag: String {
            switch self {
            case .domains: "isAtDomains"
            case .programme: "isAtProgramme"
            case .changes: "isAtChanges"
            case .alerts: "isAtAlerts"
            case .evidence: "isAtEvidence"
            case .messages: "isAtMessages"
            case .queue: "isAtQueue"
            case .setup: "isAtSetup"
            case .intake: "isAtIntake"
            case .people: "isAtPeople"
            case .glossary: "isAtGlossary"
            case .nowhere: "isNowhere"
            }
        }
    }

    var template: String
    var title: String
    var place: Place
    var status = HTTPResponse.Status.ok
    var fields: Fields

    init(
        _ template: String, title: String, place: Place = .nowhere,
        status: HTTPResponse.Status = .ok, fields: Fields
    ) {
        self.template = template
        self.title = title
        self.place = place
        self.status = status
        self.fields = fields
    }

    /// The same page with more on it.
    func adding(_ others: Fields) -> Page {
        var page = self
        page.fields = fields.adding(others)
        return page
    }
}
