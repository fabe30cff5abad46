import HTTPTypes
import Hummingbird
import Logging
import MailReports
import NIOCore
import ReportConsumer
import Storage

/// `/intake`: what came in, what could not be read, and the form to bring more.
struct IntakePages {
    static let uploadAddress = "/intake/upload"

    let templates: Templates
    let services: ConsoleServices

    func register(on router: Router<ConsoleContext>) {
        router.get("/intake") { request, context in
            templates.response(
                try await page(Query(request), outcome: nil, context), for: context.visit)
        }
        router.post("/intake/upload") { request, context in
            guard !context.form.files.isEmpty else {
                throw ConsoleError.badRequest(
                    "No file was chosen. Choose one or more and send again.")
            }
            var outcome = UploadOutcome()
            for file in context.form.files {
                // A browser may send a path; its last part is the name.
                let name = file.name.split { $0 == "/" || $0 == "\\" }.last.map(String.init)
                outcome.add(
                    try await services.rooms(context.visit).door.accept(
                        file.content, name: name ?? "unnamed", door: "upload",
                        origin: ReportOrigin(.person, name: context.visit.account?.name ?? ""),
                        by: try context.visit.actor))
            }
            return templates.response(
                try await page(Query(request), outcome: outcome, context), for: context.visit)
        }
        router.get("/intake/quarantine/:id") { _, context in
            let item = try await item(context)
            let excerpt = try await services.rooms(context.visit).intake.bytes(
                of: item.id, limit: Limits.excerpt)
            return templates.response(
                QuarantinedPage.page(item, excerpt: excerpt ?? [], mayAct: context.mayWork),
                for: context.visit)
        }
        router.get("/intake/quarantine/:id/export") { _, context in
            try await export(try await item(context), context)
        }
        router.post("/intake/quarantine/:id/retry") { request, context in
            let item = try await item(context)
            var outcome = UploadOutcome()
            outcome.add(
                try await services.rooms(context.visit).door.retry(
                    item.id, by: try context.visit.actor))
            return templates.response(
                try await page(Query(request), outcome: outcome, context), for: context.visit)
        }
        router.post("/intake/quarantine/:id/take") { request, context in
            let item = try await item(context)
            var outcome = UploadOutcome()
            outcome.add(
                try await services.rooms(context.visit).door.takeIn(
                    item.id, by: try context.visit.actor))
            return templates.response(
                try await page(Query(request), outcome: outcome, context), for: context.visit)
        }
        router.get("/intake/quarantine/:id/discard") { _, context in
            let item = try await item(context)
            return templates.response(
                Page(
                    "discard", title: "Discard for good?", place: .intake,
                    fields: QuarantinedPage.fields(item)),
                for: context.visit)
        }
        router.post("/intake/quarantine/:id/discard") { _, context in
            let item = try await item(context)
            try await services.rooms(context.visit).intake.discard(
                item.id, by: try context.visit.actor, now: services.now())
            context.logger.info(
                "A quarantined document was discarded",
                metadata: [
                    "digest": "\(item.digest)", "by": "\(context.visit.account?.name ?? "")",
                ])
            return Response.redirect(to: "/intake?discarded=1#quarantine", type: .normal)
        }
    }

    private func item(_ context: ConsoleContext) async throws -> QuarantinedItem {
        let id = try context.id("item")
        guard let item = try await services.rooms(context.visit).intake.item(id) else {
            throw ConsoleError.notFound(
                "This document is not in the quarantine any more: it was read after all, or "
                    + "somebody discarded it.")
        }
        return item
    }

    /// The bytes as they came, never shown by the browser.
    private func export(
        _ item: QuarantinedItem, _ context: ConsoleContext
    ) async throws -> Response {
        guard
            let bytes = try await services.rooms(context.visit).intake.bytes(
                of: item.id, limit: Limits.export)
        else {
            throw ConsoleError.notFound("The bytes of this document are gone.")
        }
        var headers = HTTPFields()
        headers[.contentType] = "application/octet-stream"
        // The name is ours: what the sender called it is not ours to repeat in a header.
        headers[.contentDisposition] =
            "attachment; filename=\"quarantined-\(item.id)-\(item.digest.prefix(12).filter(\.isHexDigit)).bin\""
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func page(
        _ query: Query, outcome: UploadOutcome?, _ context: ConsoleContext
    ) async throws -> Page {
        let rooms = try services.rooms(context.visit)
        let statistics = try await rooms.reports.statistics()
        let before = query["before"].flatMap { Int64($0) }
        let recent = try await rooms.reports.recent(
            limit: Limits.recentReports + 1, before: before)
        let quarantineBefore = query["quarantined-before"].flatMap { Int64($0) }
        let items = try await rooms.intake.quarantined(
            limit: Limits.quarantineRows + 1, before: quarantineBefore)
        var fields: Fields = [
            "lead": .list(IntakeWords.lead(statistics)),
            "isEmpty": .flag(
                statistics.reports + statistics.tlsReports + statistics.failureReports == 0),
            "reports": .list(recent.prefix(Limits.recentReports).map(ReportRow.fields)),
            "hasReports": .flag(!recent.isEmpty),
            "items": .list(items.prefix(Limits.quarantineRows).map(QuarantinedPage.fields)),
            "hasItems": .flag(!items.isEmpty),
            "itemCount": .text(
                Numbers.counted(statistics.quarantined, "document", "documents")),
            "uploadLimit": .text(Numbers.bytes(Int64(Limits.upload))),
            "mayAct": .flag(context.mayWork),
            "isDiscarded": .flag(query["discarded"] != nil),
        ]
        if recent.count > Limits.recentReports {
            fields["olderReports"] =
                Link("intake").with("before", String(recent[Limits.recentReports - 1].id)).value
        }
        if items.count > Limits.quarantineRows {
            fields["olderItems"] =
                Link("intake").with(
                    "quarantined-before", String(items[Limits.quarantineRows - 1].id)
                ).value
        }
        let places = try await services.places(context.visit)
        fields["places"] = .list(places.prefix(Limits.intakePlaces).map(PlaceWords.fields))
        fields["hasPlaces"] = .flag(!places.isEmpty)
        fields["counts"] = .list(IntakeWords.counts(statistics))
        if let outcome { fields["outcome"] = .fields(outcome.fields) }
        return Page("intake", title: "Intake", place: .intake, fields: fields)
    }
}

/// What became of the files of one upload.
struct UploadOutcome {
    private var accepted: [ReportSummary] = []
    private var repeated = 0
    private var known = 0
    private var refused: [ReportRefusal] = []
    private var passedOver = 0

    mutating func add(_ outcome: IntakeOutcome) {
        accepted += outcome.accepted
        repeated += outcome.repeated.count
        refused += outcome.refused
        passedOver += outcome.passedOver
        if outcome.isKnown { known += 1 }
    }

    var fields: Fields {
        var sentences: [String] = []
        if !accepted.isEmpty {
            let messages = accepted.reduce(Int64(0)) { ClassCounts.sum($0, $1.messages) }
            sentences.append(
                "\(Numbers.counted(accepted.count, "report was", "reports were")) taken in, about "
                    + "\(Numbers.spoken(messages)) messages.")
        }
        if repeated > 0 {
            sentences.append(
                "\(Numbers.counted(repeated, "report was", "reports were")) here already and "
                    + "changed nothing.")
        }
        if known > 0, accepted.isEmpty {
            sentences.append(
                "\(Numbers.counted(known, "file", "files")) came in before, byte for byte; nothing "
                    + "was done.")
        }
        if !refused.isEmpty {
            sentences.append(
                "\(Numbers.counted(refused.count, "document", "documents")) could not be taken in and "
                    + "\(refused.count == 1 ? "waits" : "wait") in the quarantine.")
        }
        if passedOver > 0 {
            sentences.append(
                "\(Numbers.counted(passedOver, "failure report was", "failure reports were")) "
                    + "passed over: they tell of persons, and are switched off.")
        }
        if sentences.isEmpty { sentences.append("There was nothing to read in it.") }
        return [
            "outcomeSentence": .text(sentences.joined(separator: " ")),
            "isGood": .flag(refused.isEmpty),
            "acceptedReports": .list(accepted.prefix(20).map(ReportRow.fields)),
            "refusals": .list(
                refused.prefix(20).map { refusal in
                    [
                        "refusalPath": ForeignText.value(refusal.path),
                        "refusalReason": ForeignText.value(refusal.explanation, limit: 400),
                    ]
                }),
        ]
    }
}
