import Hummingbird
import MailReports

/// The bar over every page of a demonstration, and the button in it.
struct DemonstrationPages {
    let demonstration: DemonstrationServices

    func register(on router: Router<ConsoleContext>) {
        router.post("/demonstration/days") { _, context in
            guard try await demonstration.letPass() != nil else {
                throw ConsoleError.unavailable(
                    "Seven days are passing just now. Look again in some seconds.")
            }
            return Response.redirect(
                to: LocalAddress.checked(context.form["back"]), type: .normal)
        }
    }

    /// Fields for the template `demonstration`.
    static func fields(_ demonstration: DemonstrationServices, mayAct: Bool) -> Fields {
        let state = demonstration.state()
        var fields: Fields = [
            "demoDay": .text(Dates.day(state.today)),
            "demoMissing": .optional(demonstration.missing),
            "demoMayAct": .flag(mayAct),
        ]
        guard let week = state.lastWeek else { return fields }
        fields["demoAhead"] = .text(
            Numbers.counted(state.daysAhead, "day", "days"))
        fields["demoWeek"] = .text(
            "\(Dates.shortDay(week.first)) to \(Dates.shortDay(week.last))")
        fields["demoReports"] = .text(Numbers.counted(week.reports, "report", "reports"))
        fields["demoMessages"] = .text(
            Numbers.counted(week.messages, "message", "messages"))
        // The month before anything could be changed, and the days since.
        let start = week.last.advanced(by: 1 - state.daysAhead)
        fields["demoEvidence"] =
            Link("evidence").with("from", week.first.description)
            .with("to", week.last.description)
            .with("before", start.advanced(by: -WindowChoice.usual).description)
            .with("beforeto", start.advanced(by: -1).description).value
        return fields
    }
}
