/// A plan as plain text for a terminal.
public enum PlanText {
    /// Sentences wrap at `width`; records stand on lines of their own and are never broken, so
    /// that they can be copied.
    public static func render(_ plan: EnforcementPlan, width: Int = 80) -> String {
        var page = Page(width: max(40, width))
        page.paragraph(plan.headline)
        page.paragraph(plan.readiness.sentence)
        page.paragraph("Next: " + plan.milestone.sentence)
        page.blank()
        for step in plan.steps { render(step, into: &page) }
        var foot = "From \(PlanNumbers.days(plan.daysObserved)) of reports"
        foot +=
            plan.reporters == 1
            ? " by one receiver" : " by \(PlanNumbers.count(Int64(plan.reporters))) receivers"
        foot += ", \(PlanNumbers.messages(plan.totalMessages)) in all."
        page.paragraph(foot)
        return page.text
    }

    private static func render(_ step: PlanStep, into page: inout Page) {
        let isFirst = step.blocksReject && step.isWork && step.kind != .lockDown
        let mark = isFirst ? " (before p=reject)" : ""
        page.paragraph("\(step.order). \(step.title)\(mark)", indent: 0, hanging: 3)
        page.paragraph(step.why, indent: 3)
        for change in step.changes {
            page.paragraph("\(change.type) \(change.name)", indent: 3)
            for value in change.remove { page.line("- \(value)", indent: 5) }
            for value in change.add { page.line("+ \(value)", indent: 5) }
        }
        for instruction in step.instructions {
            page.paragraph("Do: " + instruction, indent: 3, hanging: 4)
        }
        for evidence in step.evidence {
            page.paragraph("Seen: " + evidence, indent: 3, hanging: 6)
        }
        page.paragraph(
            "Risk: \(step.risk.level.rawValue). \(step.risk.sentence)", indent: 3, hanging: 6)
        page.blank()
    }

    /// Lines that are being filled.
    private struct Page {
        let width: Int
        private(set) var text = ""

        init(width: Int) { self.width = width }

        mutating func blank() { text += "\n" }

        mutating func line(_ content: String, indent: Int) {
            text += String(repeating: " ", count: indent) + Self.harmless(content) + "\n"
        }

        mutating func paragraph(_ content: String, indent: Int = 0, hanging: Int = 0) {
            let words = Self.harmless(content).split(separator: " ")
            var line = String(repeating: " ", count: indent)
            var isEmpty = true
            for word in words {
                if !isEmpty, line.count + 1 + word.count > width {
                    text += line + "\n"
                    line = String(repeating: " ", count: indent + hanging)
                    isEmpty = true
                }
                line += isEmpty ? word : " " + word
                isEmpty = false
            }
            text += line + "\n"
        }

        /// Names and records come from strangers: nothing in them may steer the terminal.
        private static func harmless(_ content: String) -> String {
            String(
                content.map { character in
                    character.unicodeScalars.contains {
                        $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
                            || (0x200B...0x200F).contains($0.value)
                            || (0x202A...0x202E).contains($0.value)
                            || (0x2060...0x206F).contains($0.value) || $0.value == 0xFEFF
                    } ? "\u{FFFD}" : character
                })
        }
    }
}
