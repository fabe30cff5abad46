import Identities
import MailReports
import Storage

/// The board, drawn: one sentence about the whole, then a column for each stage.
struct ProgrammePage {
    let whole: ProgrammeBoard
    let filter: ProgrammeFilter
    let mayWork: Bool
    var done: String?
    var problem: String?
    var faults: ProgrammeCSV.Reading?

    func draw() -> Page {
        let board = whole.filtered(filter.shows)
        var fields: Fields = [
            "isEmpty": .flag(whole.rows.isEmpty), "mayWork": .flag(mayWork),
            "forecast": .text(Self.forecast(board)),
            "isFiltered": .flag(!filter.isEmpty),
            "programmeProblem": problem.map { ForeignText.value($0, limit: 400) },
            "programmeDone": .optional(notice),
            "header": .text(ProgrammeCSV.header),
            "exportLink": Link("programme", "export").with("tranche", filter.tranche)
                .with("owner", filter.owner).value,
        ]
        fields["columns"] = .list(
            ProgrammeStage.allCases.map { stage in
                let rows = board.rows.filter { $0.stage == stage }.sorted(by: Self.isFirst)
                return [
                    "columnTitle": .text(Self.title(stage)),
                    "columnCount": .text(Numbers.counted(rows.count, "domain", "domains")),
                    "cards": .list(rows.prefix(Limits.boardCards).map(card)),
                    "moreCards": rows.count > Limits.boardCards
                        ? .text(Numbers.grouped(Int64(rows.count - Limits.boardCards))) : nil,
                ]
            })
        let tranches = Self.values(whole.rows.map(\.entry.tranche))
        let owners = Self.values(whole.rows.map(\.entry.owner))
        fields["tranches"] = Self.choices(tranches, chosen: filter.tranche)
        fields["owners"] = Self.choices(owners, chosen: filter.owner)
        fields["cutChoices"] = .list(
            [("tranches", tranches.count), ("owners", owners.count)]
                .filter { $0.1 > Limits.boardChoices }
                .map { ["cutChoice": .text(Self.cut($0.0, count: $0.1))] })
        if let faults {
            fields["faults"] = .fields([
                "faultList": .list(
                    faults.faults.map { fault in
                        [
                            "faultLine": .text(String(fault.line)),
                            "faultSentence": ForeignText.value(fault.sentence, limit: 300),
                        ]
                    }),
                "otherFaults": faults.otherFaults > 0
                    ? .text(Numbers.counted(faults.otherFaults, "more line", "more lines")) : nil,
            ])
        }
        return Page("programme", title: "Programme", place: .programme, fields: fields)
    }

    /// One sentence about the whole.
    static func forecast(_ board: ProgrammeBoard) -> String {
        let (all, done) = (board.rows.count, board.count(.reject))
        guard all > 0 else { return "No domain is in the programme yet." }
        let domains = Numbers.counted(all, "domain", "domains")
        if done == all { return "All of the \(domains) are at p=reject." }
        let date = Dates.day(board.date)
        guard board.reachedLately > 0 else {
            return
                "\(Numbers.grouped(Int64(done))) of \(domains) at p=reject now; none was seen to "
                + "reach it in the last \(ProgrammeLimits.paceDays) days, so at this pace it is "
                + "still \(Numbers.grouped(Int64(done))) on \(date)."
        }
        return "\(Numbers.grouped(Int64(board.forecast))) of \(domains) will be at p=reject on "
            + "\(date) at today's pace (\(Numbers.grouped(Int64(done))) are now, and "
            + "\(Numbers.grouped(Int64(board.reachedLately))) reached it in the last "
            + "\(ProgrammeLimits.paceDays) days)."
    }

    /// Late ones first, then by target and name.
    private static func isFirst(_ left: ProgrammeBoard.Row, _ right: ProgrammeBoard.Row) -> Bool {
        let order: [ProgrammeBoard.Outlook] = [.late, .blocked, .onTrack, .noTarget, .done]
        let (a, b) = (order.firstIndex(of: left.outlook), order.firstIndex(of: right.outlook))
        if a != b { return (a ?? 0) < (b ?? 0) }
        let (x, y) = (left.entry.target, right.entry.target)
        if x != y {
            guard let x else { return false }
            return y.map { x < $0 } ?? true
        }
        return left.entry.domain < right.entry.domain
    }

    private static func title(_ stage: ProgrammeStage) -> String {
        switch stage {
        case .monitor: "Monitor"
        case .quarantine: "Quarantine"
        case .reject: "Reject"
        }
    }

    private func card(_ row: ProgrammeBoard.Row) -> Fields {
        let entry = row.entry
        var fields = DomainText.fields(entry.domain)
        fields["planLink"] =
            row.hasReports
            ? Link("domains", entry.domain.text, "plan").value : nil
        fields["cardOwner"] = entry.owner.isEmpty ? nil : ForeignText.value(entry.owner, limit: 40)
        fields["cardTranche"] =
            entry.tranche.isEmpty ? nil : ForeignText.value(entry.tranche, limit: 40)
        fields["cardPurpose"] = .optional(entry.purpose?.rawValue)
        fields["cardBlock"] = row.block.isEmpty ? nil : ForeignText.value(row.block, limit: 200)
        fields["cardOutlook"] = .text(outlook(row))
        fields["outlookSign"] = .text(Self.sign(row.outlook))
        fields["isLate"] = .flag(row.outlook == .late)
        fields["mayWork"] = .flag(mayWork)
        fields["domainValue"] = .text(entry.domain.text)
        fields["ownerValue"] = .text(ForeignText.clean(entry.owner, limit: ProgrammeLimits.field))
        fields["trancheValue"] = .text(
            ForeignText.clean(entry.tranche, limit: ProgrammeLimits.field))
        fields["targetValue"] = .text(entry.target?.description ?? "")
        fields["purposes"] = .list(Self.purposes(entry.purpose))
        return fields
    }

    private static func purposes(_ chosen: DomainPurpose?) -> [Fields] {
        [["purposeValue": "", "purposeWords": "not said", "isChosen": .flag(chosen == nil)]]
            + DomainPurpose.allCases.map {
                [
                    "purposeValue": .text($0.rawValue), "purposeWords": .text($0.rawValue),
                    "isChosen": .flag($0 == chosen),
                ]
            }
    }

    private func outlook(_ row: ProgrammeBoard.Row) -> String {
        let target = row.entry.target.map { Dates.day($0) }
        let earliest = row.earliest.map { Dates.day($0) } ?? ""
        switch row.outlook {
        case .done: return target.map { "There; the target was \($0)." } ?? "There."
        case .late: return "Not before \(earliest); the target is \(target ?? "")."
        case .onTrack: return "From \(earliest), in time for \(target ?? "")."
        case .blocked:
            return "From \(earliest) at the earliest"
                + (target.map { "; the target is \($0)." } ?? "; no target.")
        case .noTarget: return "From \(earliest); no target."
        }
    }

    private static func sign(_ outlook: ProgrammeBoard.Outlook) -> String {
        switch outlook {
        case .done: "●"
        case .onTrack: "→"
        case .blocked: "◐"
        case .late: "!"
        case .noTarget: "○"
        }
    }

    private static func values(_ values: [String]) -> [String] {
        Set(values).filter { !$0.isEmpty }.sorted()
    }

    /// The first of them; what is chosen is among them wherever it stands.
    private static func choices(_ values: [String], chosen: String?) -> Field {
        var shown = Array(values.prefix(Limits.boardChoices))
        if let chosen, !shown.contains(chosen), values.contains(chosen) { shown.append(chosen) }
        return .list(
            shown.map { value in
                [
                    "choiceValue": .text(ForeignText.clean(value, limit: ProgrammeLimits.field)),
                    "isChosen": .flag(value == chosen),
                ]
            })
    }

    private static func cut(_ what: String, count: Int) -> String {
        "Of \(Numbers.grouped(Int64(count))) \(what), the first "
            + "\(Numbers.grouped(Int64(Limits.boardChoices))) can be chosen here; the download has "
            + "all of them."
    }

    private var notice: String? {
        guard let done else { return nil }
        if done == "set" { return "Kept." }
        if done == "removed" { return "The domain is out of the programme; its reports stay." }
        let parts = done.split(separator: "-")
        guard parts.count == 2, let count = Int64(parts[1]), count >= 0 else { return nil }
        let domains = Numbers.counted(count, "domain", "domains")
        switch parts[0] {
        case "file": return "\(domains) changed by the file."
        case "found":
            return count == 0 ? "Nothing new was found." : "\(domains) found and taken in."
        default: return nil
        }
    }
}
